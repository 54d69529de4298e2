"""From a seed to a world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tui.sandbox.identifiers import Identifiers
from tui.sandbox.organization import (
    OWNER,
    Alias,
    Branch,
    Clock,
    Limits,
    Network,
    Organization,
    Person,
    Role,
    Stack,
    Stamps,
    TokenKind,
    World,
)
from tui.sandbox.seed import (
    Seed,
    SeedError,
    SeedOrganization,
    SeedStack,
    SeedUser,
)
from tui.sandbox.token_building import TokenBuilder, check_unique, environment
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
        self._check_places()
        self._bind_bearers()
        return self._world

    def _add_people(self) -> None:
        check_unique((user.email.casefold() for user in self._users), "users", "email")
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

    def _add_organizations(self) -> None:
        seeded = self._seed.organizations or [SeedOrganization(name="Acme")]
        check_unique((each.name for each in seeded), "organizations", "name")
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
        roles = self._roles(seeded, name, api_key)
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
            stamps=Stamps(owner_uid, owner_uid, self._start - _STACK_AGE, self._start - _STACK_AGE),
            branches_enabled=bool(seeded.branches),
            live_preview=seeded.live_preview,
            roles=roles,
            limits=Limits(
                seeded.limits.delivery_tokens, seeded.limits.management_tokens, seeded.limits.evict_oldest
            ),
            network=Network(seeded.network.lag, seeded.network.memory),
        )
        organization.owner_uid = organization.owner_uid or owner_uid
        organization.member_uids.update(stack.member_uids())
        self._world.stacks[api_key] = stack
        self._add_structure(stack, seeded, path)
        TokenBuilder(self._world, stack, self._start).add_all(seeded, path)

    def _roles(self, seeded: SeedStack, name: str, api_key: str) -> dict[str, Role]:
        """The stack's roles with their users; `Owner` is among them, though the API keeps it apart."""
        rights: dict[str, frozenset[TokenKind]] = {OWNER: frozenset(), **SYSTEM_ROLES}
        rights |= {role: frozenset(kinds) for role, kinds in seeded.custom_roles.items()}
        roles = {
            role: Role(uid=self._world.identifiers.uid(), name=role, token_rights=kinds)
            for role, kinds in rights.items()
        }
        for number, (user, person) in enumerate(self._logins()):
            for place in sorted(user.roles.keys() & {seeded.name, name, api_key, _EVERY_STACK}):
                given = user.roles[place]
                for role in [given] if isinstance(given, str) else given:
                    if role not in roles:
                        raise SeedError(f"users[{number}].roles.{place}: there is no role {role!r}")
                    if person.uid not in roles[role].users:
                        roles[role].users.append(person.uid)
        return roles

    def _check_places(self) -> None:
        """Every place where a user has a role must be there."""
        places = {_EVERY_STACK, *(stack.name for stack in self._seed.stacks), *self._world.stacks}
        places |= {stack.name for stack in self._world.stacks.values()}
        for number, user in enumerate(self._users):
            for place in sorted(user.roles.keys() - places):
                raise SeedError(f"users[{number}].roles: there is no stack {place!r}")

    def _bind_bearers(self) -> None:
        first = next(iter(self._world.organizations))
        for person in self._world.people.values():
            own = (uid for uid, each in self._world.organizations.items() if person.uid in each.member_uids)
            person.bearer_organization = next(own, first)
        for organization in self._world.organizations.values():
            organization.owner_uid = organization.owner_uid or next(iter(self._world.people))
            organization.member_uids.add(organization.owner_uid)

    def _add_structure(self, stack: Stack, seeded: SeedStack, path: str) -> None:
        check_unique(seeded.environments, f"{path}.environments")
        check_unique(seeded.branches, f"{path}.branches")
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
            stack.environments[name] = environment(self._world, name, stamps)


def _check_secret(secret: str, path: str) -> None:
    try:
        code_at(secret, 0)
    except ValueError:
        raise SeedError(f"{path}: expected a base32 secret") from None
