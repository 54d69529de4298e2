"""From a seed to a world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tui.sandbox.access import expiry_moment
from tui.sandbox.identifiers import Identifiers
from tui.sandbox.organization import (
    EVERYTHING,
    OWNER,
    Alias,
    Branch,
    Clock,
    Environment,
    Limits,
    Organization,
    Person,
    Role,
    ScopeItem,
    Stack,
    Stamps,
    Token,
    TokenKind,
    World,
)
from tui.sandbox.seed import (
    Seed,
    SeedDeliveryToken,
    SeedError,
    SeedManagementToken,
    SeedOrganization,
    SeedStack,
    SeedToken,
    SeedUser,
)
from tui.sandbox.totp import code_at

SYSTEM_ROLES: dict[str, frozenset[TokenKind]] = {
    "Admin": frozenset({"delivery", "management"}),
    "Developer": frozenset({"delivery"}),
    "Content Manager": frozenset(),
}
_EVERY_STACK = "*"
_STACK_AGE = timedelta(days=400)
_FOREVER = timedelta(days=36500)
_DEFAULT_USER = SeedUser(
    email="owner@example.com", first_name="Owen", last_name="Berg", roles={_EVERY_STACK: OWNER}
)


def build_world(seed: Seed, now: Clock, name: str = "sandbox") -> World:
    """Make everything that a seed describes.

    Args:
        seed: what to make.
        now: the clock; ages and expiry dates are counted from its present moment.
        name: the same seed under the same name gets the same identifiers.

    Raises:
        SeedError: if two things share a name, or one refers to another that is not there.
    """
    return _Builder(seed, World(now, Identifiers(name))).build()


class _Builder:
    def __init__(self, seed: Seed, world: World) -> None:
        self._seed = seed
        self._world = world
        self._users: Sequence[SeedUser] = seed.users or [_DEFAULT_USER]
        self._start = world.now()

    def build(self) -> World:
        self._add_people()
        self._add_organizations()
        for number, stack in enumerate(self._seed.stacks):
            for copy in range(stack.copies):
                name = f"{stack.name} {copy + 1:03d}" if stack.copies > 1 else stack.name
                self._add_stack(stack, name, f"stacks[{number}]")
        self._check_role_names()
        self._bind_bearers()
        return self._world

    def _add_people(self) -> None:
        _check_unique((user.email.casefold() for user in self._users), "users", "email")
        identifiers = self._world.identifiers
        for number, user in enumerate(self._users):
            if user.tfa_secret is not None:
                _check_secret(user.tfa_secret, f"users[{number}].tfa_secret")
            uid = identifiers.uid()
            self._world.people[uid] = Person(
                uid=uid,
                email=user.email,
                password=user.password,
                first_name=user.first_name,
                last_name=user.last_name,
                created_at=self._start - _STACK_AGE,
                tfa_secret=user.tfa_secret,
                sms_code=user.sms_code or f"{int(identifiers.uid()[3:], 16) % 1_000_000:06d}",
                standing_session=user.authtoken or identifiers.uid(),
                bearer=user.bearer or identifiers.value(),
                locked_until=self._start + _FOREVER if user.locked else None,
                sso_exempt=user.sso_exempt,
            )

    def _logins(self) -> Iterable[tuple[SeedUser, Person]]:
        return zip(self._users, self._world.people.values(), strict=True)

    def _uid_of(self, email: str | None, default: str, path: str) -> str:
        if email is None:
            return default
        person = self._world.person_by_email(email)
        if person is None:
            raise SeedError(f"{path}: no user has the e-mail address {email!r}")
        return person.uid

    def _add_organizations(self) -> None:
        seeded = self._seed.organizations or [SeedOrganization(name="Acme")]
        _check_unique((each.name for each in seeded), "organizations", "name")
        for each in seeded:
            uid = each.uid or self._world.identifiers.uid()
            self._world.organizations[uid] = Organization(
                uid=uid,
                name=each.name,
                owner_uid="",
                created_at=self._start - _STACK_AGE,
                sso=each.sso,
                preview_tokens_in_plan=each.preview_tokens,
            )
        for number, (user, person) in enumerate(self._logins()):
            for name, part in user.organizations.items():
                organization = self._organization(name, f"users[{number}].organizations")
                organization.member_uids.add(person.uid)
                if part == "owner":
                    organization.owner_uid = person.uid
                elif part == "admin":
                    organization.admin_uids.add(person.uid)

    def _organization(self, name: str, path: str) -> Organization:
        found = next((each for each in self._world.organizations.values() if each.name == name), None)
        if found is None:
            raise SeedError(f"{path}: there is no organization {name!r}")
        return found

    def _add_stack(self, seeded: SeedStack, name: str, path: str) -> None:
        identifiers = self._world.identifiers
        organization = next(iter(self._world.organizations.values()))
        if seeded.organization is not None:
            organization = self._organization(seeded.organization, f"{path}.organization")
        api_key = seeded.api_key or identifiers.uid()
        if api_key in self._world.stacks:
            raise SeedError(f"{path}.api_key: another stack has it already")
        roles = self._roles(seeded, api_key)
        owners = roles.pop(OWNER).users
        if len(owners) > 1:
            raise SeedError(f"{path}: more than one user is its Owner")
        owner_uid = (owners or [organization.owner_uid or next(iter(self._world.people))])[0]
        stack = Stack(
            uid=identifiers.uid(),
            api_key=api_key,
            name=name,
            description=seeded.description,
            organization=organization,
            owner_uid=owner_uid,
            stamps=self._stamps(owner_uid, _STACK_AGE),
            branches_enabled=bool(seeded.branches),
            live_preview=seeded.live_preview,
            roles=roles,
            limits=Limits(
                seeded.limits.delivery_tokens, seeded.limits.management_tokens, seeded.limits.evict_oldest
            ),
        )
        organization.owner_uid = organization.owner_uid or owner_uid
        organization.member_uids.update(stack.member_uids())
        self._world.stacks[api_key] = stack
        self._add_structure(stack, seeded, path)
        self._add_tokens(stack, seeded, path)

    def _roles(self, seeded: SeedStack, api_key: str) -> dict[str, Role]:
        """The stack's roles with their users; `Owner` is among them, though the API keeps it apart."""
        rights: dict[str, frozenset[TokenKind]] = {OWNER: frozenset(), **SYSTEM_ROLES}
        rights |= {name: frozenset(kinds) for name, kinds in seeded.custom_roles.items()}
        roles = {
            name: Role(uid=self._world.identifiers.uid(), name=name, token_rights=kinds)
            for name, kinds in rights.items()
        }
        for user, person in self._logins():
            for place, names in user.roles.items():
                if place in (seeded.name, api_key, _EVERY_STACK):
                    for name in [names] if isinstance(names, str) else names:
                        if name in roles:
                            roles[name].users.append(person.uid)
        return roles

    def _check_role_names(self) -> None:
        stacks = self._world.stacks.values()
        places = {_EVERY_STACK, *(stack.name for stack in stacks), *self._world.stacks}
        names = {OWNER, *(name for stack in stacks for name in stack.roles)}
        for number, user in enumerate(self._users):
            for place, role in user.roles.items():
                if place not in places:
                    raise SeedError(f"users[{number}].roles: there is no stack {place!r}")
                for name in [role] if isinstance(role, str) else role:
                    if name not in names and stacks:
                        raise SeedError(f"users[{number}].roles.{place}: there is no role {name!r}")

    def _bind_bearers(self) -> None:
        first = next(iter(self._world.organizations))
        for person in self._world.people.values():
            own = (uid for uid, each in self._world.organizations.items() if person.uid in each.member_uids)
            person.bearer_organization = next(own, first)
        for organization in self._world.organizations.values():
            organization.owner_uid = organization.owner_uid or next(iter(self._world.people))
            organization.member_uids.add(organization.owner_uid)

    def _add_structure(self, stack: Stack, seeded: SeedStack, path: str) -> None:
        _check_unique(seeded.environments, f"{path}.environments")
        _check_unique(seeded.branches, f"{path}.branches")
        stamps = stack.stamps
        for uid in seeded.branches:
            stack.branches[uid] = Branch(
                uid=uid, source="" if uid == seeded.branches[0] else seeded.branches[0], stamps=stamps
            )
        for uid, branch in seeded.aliases.items():
            if branch not in stack.branches:
                raise SeedError(f"{path}.aliases.{uid}: there is no branch {branch!r}")
            if uid in stack.branches:
                raise SeedError(f"{path}.aliases.{uid}: a branch has that name already")
            stack.aliases[uid] = Alias(uid=uid, branch=branch, stamps=stamps)
        for name in seeded.environments:
            stack.environments[name] = self._environment(name, stamps)

    def _environment(self, name: str, stamps: Stamps) -> Environment:
        url = {"url": f"https://{name}.example.com", "locale": "en-us"}
        return Environment(uid=self._world.identifiers.uid(), name=name, urls=[url], stamps=stamps)

    def _add_tokens(self, stack: Stack, seeded: SeedStack, path: str) -> None:
        gone = {name: self._environment(name, stack.stamps) for name in seeded.gone}
        _check_unique((each.name for each in seeded.delivery_tokens), f"{path}.delivery_tokens", "name")
        _check_unique((each.name for each in seeded.management_tokens), f"{path}.management_tokens", "name")
        for number, delivery in enumerate(seeded.delivery_tokens):
            where = f"{path}.delivery_tokens[{number}]"
            environments = {**gone, **stack.environments}
            _check_known(delivery.environments, environments, f"{where}.environments")
            scope = [
                self._item("environment", environments=[environments[name] for name in delivery.environments])
            ]
            scope += self._branch_items(stack, delivery, gone, where)
            self._add_token(stack, "delivery", delivery, scope, where)
        for number, management in enumerate(seeded.management_tokens):
            where = f"{path}.management_tokens[{number}]"
            write = management.access == "read+write"
            scope = [self._item(module, write=write) for module in management.modules]
            scope += self._branch_items(stack, management, gone, where)
            self._add_token(stack, "management", management, scope, where)
        self._fill(stack, seeded)

    def _fill(self, stack: Stack, seeded: SeedStack) -> None:
        """Make up as many tokens as the seed asks for, over all environments in turn."""
        environments = list(stack.environments.values())
        for number in range(seeded.fill_delivery_tokens if environments else 0):
            environment = environments[number % len(environments)]
            made_up = SeedToken(name=f"{environment.name}-{number:05d}", created_days_ago=number % 365)
            scope = [self._item("environment", environments=[environment])]
            self._add_token(stack, "delivery", made_up, scope + self._first_branch(stack), "")
        for number in range(seeded.fill_management_tokens):
            made_up = SeedToken(name=f"job-{number:05d}", created_days_ago=number % 365)
            scope = [self._item(EVERYTHING)]
            self._add_token(stack, "management", made_up, scope + self._first_branch(stack), "")

    def _first_branch(self, stack: Stack) -> list[ScopeItem]:
        return [self._item("branch", names=[branch]) for branch in list(stack.branches)[:1]]

    def _branch_items(
        self, stack: Stack, seeded: SeedToken, gone: Iterable[str], where: str
    ) -> list[ScopeItem]:
        _check_known(seeded.branches, {*stack.branches, *gone, EVERYTHING}, f"{where}.branches")
        _check_known(seeded.aliases, {*stack.aliases, *gone, EVERYTHING}, f"{where}.aliases")
        items = [("branch", seeded.branches), ("branch_alias", seeded.aliases)]
        scoped = [self._item(module, names=list(names)) for module, names in items if names]
        if stack.branches_enabled and not scoped:
            raise SeedError(f"{where}.branches: a branch or an alias is required")
        return scoped

    def _item(
        self,
        module: str,
        *,
        names: list[str] | None = None,
        environments: list[Environment] | None = None,
        write: bool = False,
    ) -> ScopeItem:
        acl = {"read": True, "write": True} if write else {"read": True}
        return ScopeItem(module, acl, names or [], environments or [], self._world.identifiers.metadata())

    def _add_token(
        self, stack: Stack, kind: TokenKind, seeded: SeedToken, scope: list[ScopeItem], where: str
    ) -> None:
        identifiers = self._world.identifiers
        created = seeded.created_days_ago
        updated = created if seeded.updated_days_ago is None else seeded.updated_days_ago
        author = self._uid_of(seeded.created_by, stack.owner_uid, f"{where}.created_by")
        token = Token(
            kind=kind,
            uid=seeded.uid or identifiers.uid(),
            name=seeded.name,
            description=seeded.description,
            scope=scope,
            stamps=self._stamps(author, timedelta(days=created), timedelta(days=updated)),
            value=seeded.token or identifiers.value(),
        )
        if isinstance(seeded, SeedDeliveryToken) and (seeded.preview or seeded.preview_token):
            token.preview = seeded.preview_token or identifiers.value()
        if isinstance(seeded, SeedManagementToken):
            self._add_expiry(token, seeded, where)
        if token.uid in stack.tokens(kind):
            raise SeedError(f"{where}.uid: another token has it already")
        stack.tokens(kind)[token.uid] = token

    def _add_expiry(self, token: Token, seeded: SeedManagementToken, where: str) -> None:
        token.expires_on = seeded.expires_on
        if seeded.expires_in_days is not None:
            token.expires_on = (self._start + timedelta(days=seeded.expires_in_days)).date().isoformat()
        elif seeded.expires_on is not None:
            try:
                expiry_moment(seeded.expires_on)
            except (ValueError, OverflowError):
                raise SeedError(f"{where}.expires_on: expected a date such as 2030-01-31") from None
        token.email_notice = seeded.email_notice
        token.extra = {"rate_limit_enabled": True} if seeded.rate_limit_enabled else {}

    def _stamps(self, person_uid: str, created: timedelta, updated: timedelta | None = None) -> Stamps:
        changed = created if updated is None else updated
        return Stamps(person_uid, person_uid, self._start - created, self._start - changed)


def _check_unique(values: Iterable[str], path: str, field: str = "") -> None:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise SeedError(f"{path}[{number}]{f'.{field}' if field else ''}: {value!r} is there twice")
        seen.add(value)


def _check_known(names: Sequence[str], known: Iterable[str], path: str) -> None:
    for number, name in enumerate(names):
        if name not in set(known):
            raise SeedError(f"{path}[{number}]: the stack has no {name!r}")


def _check_secret(secret: str, path: str) -> None:
    try:
        code_at(secret, 0)
    except ValueError:
        raise SeedError(f"{path}: expected a base32 secret") from None
