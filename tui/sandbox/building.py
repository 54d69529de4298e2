"""From a seed to a world."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any, TypeAlias

import msgspec

from tui.sandbox.answers import Json
from tui.sandbox.organization import (
    EVERYTHING,
    MANAGEMENT_MODULES,
    OWNER,
    Clock,
    Kind,
    OddRow,
    OrganizationRecord,
    PersonRecord,
    StackRecord,
    Stamps,
    TokenRecord,
    World,
    expiry_moment,
    scope_item,
)
from tui.sandbox.seed import (
    Seed,
    SeedDeliveryToken,
    SeedError,
    SeedManagementToken,
    SeedOrganization,
    SeedRow,
    SeedStack,
    SeedUser,
)
from tui.sandbox.totp import code_at

SYSTEM_ROLES: dict[str, list[Kind]] = {
    "Admin": ["delivery", "management"],
    "Developer": ["delivery"],
    "Content Manager": [],
}
SeededToken: TypeAlias = SeedDeliveryToken | SeedManagementToken

_EVERY_STACK = "*"
_READ = {"read": True}
_YEAR = 365
_FOREVER = timedelta(days=36500)
_DEFAULT_USER = SeedUser(
    email="owner@example.com",
    first_name="Owen",
    last_name="Berg",
    roles={_EVERY_STACK: OWNER},
)


def build_world(seed: Seed, now: Clock) -> World:
    """Make everything that a seed describes, dated from now.

    A SeedError says what can't be made.
    """
    world = World(now)
    _add_people(world, seed.users or [_DEFAULT_USER])
    _add_organizations(world, seed.organizations or [SeedOrganization(name="Acme")])
    for number, stack in enumerate(seed.stacks):
        for copy in range(stack.copies):
            name = f"{stack.name} {copy + 1:03d}" if stack.copies > 1 else stack.name
            _add_stack(world, stack, name, f"stacks[{number}]")
    _check_places(world, {stack.name for stack in seed.stacks})
    _add_rows(world, seed.rows)
    for organization in world.organizations.values():
        organization.owner_uid = organization.owner_uid or next(iter(world.people))
        organization.member_uids.add(organization.owner_uid)
    return world


def _add_people(world: World, users: list[SeedUser]) -> None:
    _check_unique((user.email.casefold() for user in users), "users", "email")
    for number, user in enumerate(users):
        try:
            code_at(user.tfa_secret or "", 0)
        except ValueError:
            raise SeedError(
                f"users[{number}].tfa_secret: expected a base32 secret"
            ) from None
        known = msgspec.structs.asdict(user) | {"uid": world.uid()}
        known["sms_code"] = (
            user.sms_code or f"{int(world.uid()[3:], 16) % 1_000_000:06d}"
        )
        known["authtoken"] = user.authtoken or world.uid()
        known["bearer"] = user.bearer or world.value()
        known["locked_until"] = world.start + _FOREVER if user.locked else None
        world.people[known["uid"]] = PersonRecord(**known)


def _add_organizations(world: World, seeded: list[SeedOrganization]) -> None:
    _check_unique((each.name for each in seeded), "organizations", "name")
    for each in seeded:
        uid = each.uid or world.uid()
        world.organizations[uid] = OrganizationRecord(
            **msgspec.structs.asdict(each) | {"uid": uid}
        )
    for number, person in enumerate(world.people.values()):
        for name, part in person.organizations.items():
            organization = _organization(world, name, f"users[{number}].organizations")
            organization.member_uids.add(person.uid)
            if part == "owner":
                organization.owner_uid = person.uid
            elif part == "admin":
                organization.admin_uids.add(person.uid)


def _organization(world: World, name: str, path: str) -> OrganizationRecord:
    found = next(
        (each for each in world.organizations.values() if each.name == name), None
    )
    if found is None:
        raise SeedError(f"{path}: there is no organization {name!r}")
    return found


def _add_stack(world: World, seeded: SeedStack, name: str, path: str) -> None:
    organization = next(iter(world.organizations.values()))
    if seeded.organization is not None:
        organization = _organization(world, seeded.organization, f"{path}.organization")
    api_key = seeded.api_key or world.uid()
    if api_key in world.stacks:
        raise SeedError(f"{path}.api_key: another stack has it already")
    rights: dict[str, list[Kind]] = {
        OWNER: [],
        **SYSTEM_ROLES,
        **seeded.custom_roles,
    }
    uids = {role: world.uid() for role in rights}
    users = _users_by_role(world, rights, {seeded.name, name, api_key, _EVERY_STACK})
    # The API keeps the owner apart from the roles.
    owners = users.pop(OWNER)
    if len(owners) > 1:
        raise SeedError(f"{path}: more than one user is its Owner")
    owner_uid = (owners or [organization.owner_uid or next(iter(world.people))])[0]
    stack = StackRecord(
        uid=world.uid(),
        api_key=api_key,
        name=name,
        seed=seeded,
        organization=organization,
        owner_uid=owner_uid,
        stamps=Stamps(owner_uid, owner_uid, world.founded, world.founded),
        modules=set(MANAGEMENT_MODULES),
    )
    reference = {
        "name": name,
        "uid": stack.uid,
        "api_key": api_key,
        "owner_uid": owner_uid,
    }
    for role, listed in users.items():
        shown = {
            "uid": uids[role],
            "name": role,
            "description": "",
            "users": listed,
            "rules": [],
        }
        stack.roles[uids[role]] = {**shown, "stack": reference}
        stack.token_rights[uids[role]] = rights[role]
    for uid in stack.member_uids():
        person = world.people[uid]
        person.role = person.role or (
            OWNER if uid == owner_uid else stack.roles_of(uid)[0]["name"]
        )
    organization.owner_uid = organization.owner_uid or owner_uid
    organization.member_uids.update(stack.member_uids())
    world.stacks[api_key] = stack
    _add_structure(world, stack, path)
    _add_tokens(world, stack, path)


def _users_by_role(
    world: World, roles: Iterable[str], places: set[str]
) -> dict[str, list[str]]:
    """The uids of those who have each role in a stack, which is known by several names."""
    users: dict[str, list[str]] = {role: [] for role in roles}
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() & places):
            given = person.roles[place]
            for role in [given] if isinstance(given, str) else given:
                if role not in users:
                    raise SeedError(
                        f"users[{number}].roles.{place}: there is no role {role!r}"
                    )
                if person.uid not in users[role]:
                    users[role].append(person.uid)
    return users


def _check_places(world: World, names: set[str]) -> None:
    """Every place where a user has a role must be there."""
    places = {
        _EVERY_STACK,
        *names,
        *world.stacks,
        *(stack.name for stack in world.stacks.values()),
    }
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() - places):
            raise SeedError(f"users[{number}].roles: there is no stack {place!r}")


def _add_rows(world: World, rows: list[SeedRow]) -> None:
    """Put the odd rows of a seed into their lists."""
    for number, each in enumerate(rows):
        row = each.row
        if each.json is not None:
            try:
                row = msgspec.json.decode(each.json)
            except (msgspec.DecodeError, RecursionError) as error:
                raise SeedError(f"rows[{number}].json: {error}") from None
        keys: list[str | None] = [
            key
            for key, stack in world.stacks.items()
            if each.stack in (key, stack.name, stack.seed.name)
        ]
        if each.stack is not None and not keys:
            raise SeedError(f"rows[{number}].stack: there is no stack {each.stack!r}")
        for api_key in keys or [None]:
            world.odd_rows.append(OddRow(each.list, row, api_key, each.at))


def _add_structure(world: World, stack: StackRecord, path: str) -> None:
    branches, aliases = stack.seed.branches, stack.seed.aliases
    _check_unique(stack.seed.environments, f"{path}.environments")
    _check_unique(branches, f"{path}.branches")
    sources = {
        uid: branches[0] if number else "" for number, uid in enumerate(branches)
    }
    for uid in branches:
        own = [{"uid": alias} for alias, branch in aliases.items() if branch == uid]
        stack.branches[uid] = _branch(stack, uid, sources[uid], own)
    for alias, branch in aliases.items():
        if branch not in stack.branches:
            raise SeedError(f"{path}.aliases.{alias}: there is no branch {branch!r}")
        if alias in stack.branches:
            raise SeedError(f"{path}.aliases.{alias}: a branch has that name already")
        # In the list of aliases `uid` is the branch, and `alias` the uid of the alias.
        stack.aliases[alias] = _branch(stack, branch, sources[branch], alias)
    for name in stack.seed.environments:
        stack.environments[name] = _environment(world, stack, name)


def _branch(stack: StackRecord, uid: str, source: str, alias: str | list[Json]) -> Json:
    return {
        "uid": uid,
        "source": source,
        **stack.stamps.shown(),
        "deleted_at": False,
        "alias": alias,
    }


def _environment(world: World, stack: StackRecord, name: str) -> Json:
    """An environment with a URL of its own, as answers and the scopes of tokens show it."""
    urls = [{"url": f"https://{name}.example.com", "locale": "en-us"}]
    return {
        "urls": urls,
        "name": name,
        "uid": world.uid(),
        **stack.stamps.shown(),
        "ACL": [],
        "_version": 1,
    }


def _add_tokens(world: World, stack: StackRecord, path: str) -> None:
    """Add the tokens that a stack's seed describes, or raise a SeedError.

    `path` is where that seed lies.
    """
    seeded, names, branches = (
        stack.seed,
        list(stack.environments),
        list(stack.branches)[:1],
    )
    gone = {name: _environment(world, stack, name) for name in seeded.gone}
    web = [
        SeedDeliveryToken(
            name=f"{name}-{number:05d}",
            environments=[name],
            branches=branches,
            created_days_ago=number % _YEAR,
        )
        for number, name in zip(
            range(seeded.fill_delivery_tokens), cycle(names), strict=False
        )
    ]
    jobs = [
        SeedManagementToken(
            name=f"job-{number:05d}", branches=branches, created_days_ago=number % _YEAR
        )
        for number in range(seeded.fill_management_tokens)
    ]
    lists: dict[Kind, Sequence[SeededToken]] = {
        "delivery": [*seeded.delivery_tokens, *web],
        "management": [*seeded.management_tokens, *jobs],
    }
    for kind, tokens in lists.items():
        where = f"{path}.{kind}_tokens"
        _check_unique((each.name for each in tokens), where, "name")
        for number, each in enumerate(tokens):
            _add_token(world, stack, kind, each, gone, f"{where}[{number}]")


def _add_token(
    world: World,
    stack: StackRecord,
    kind: Kind,
    seeded: SeededToken,
    gone: dict[str, Json],
    where: str,
) -> None:
    tokens = stack.tokens(kind)
    scope = _scope(world, stack, seeded, gone, where)
    token = TokenRecord(
        kind=kind,
        uid=seeded.uid or world.uid(),
        name=seeded.name,
        description=seeded.description,
        scope=scope,
        stamps=_stamps(world, stack, seeded, where),
        value=seeded.token or world.value(),
    )
    if isinstance(seeded, SeedManagementToken):
        token.expires_on = _expiry(world, seeded, where)
        token.email_notice = seeded.email_notice
        token.extra = {"rate_limit_enabled": True} if seeded.rate_limit_enabled else {}
        if seeded.is_never_expires is not None:
            token.extra["is_never_expires"] = seeded.is_never_expires
        stack.modules |= _modules_in(scope)
    elif seeded.preview or seeded.preview_token:
        token.preview = seeded.preview_token or world.value()
    if token.uid in tokens:
        raise SeedError(f"{where}.uid: another token has it already")
    tokens[token.uid] = token


def _scope(
    world: World,
    stack: StackRecord,
    seeded: SeededToken,
    gone: dict[str, Json],
    where: str,
) -> list[Json]:
    environments = {**gone, **stack.environments}
    if seeded.scope is not None:
        scope = [_with_environments(item, environments) for item in seeded.scope]
    elif isinstance(seeded, SeedManagementToken):
        acl = {"read": True, "write": True} if seeded.access == "read+write" else _READ
        scope = [scope_item(module, acl, world.metadata()) for module in seeded.modules]
    else:
        if not seeded.environments:
            raise SeedError(f"{where}.environments: is required")
        _check_known(seeded.environments, environments, f"{where}.environments")
        named = [environments[name] for name in seeded.environments]
        scope = [scope_item("environment", _READ, world.metadata(), named)]
    _check_known(
        seeded.branches, {*stack.branches, *gone, EVERYTHING}, f"{where}.branches"
    )
    _check_known(
        seeded.aliases, {*stack.aliases, *gone, EVERYTHING}, f"{where}.aliases"
    )
    for module, names in (
        ("branch", seeded.branches),
        ("branch_alias", seeded.aliases),
    ):
        if names:
            scope.append(scope_item(module, _READ, world.metadata(), names))
    named_somewhere = seeded.branches or seeded.aliases or seeded.scope is not None
    if stack.branches and not named_somewhere:
        raise SeedError(f"{where}.branches: a branch or an alias is required")
    return scope


def _modules_in(scope: list[Any]) -> set[str]:
    """The modules that a scope names.

    A stack knows those of its own tokens, also unheard-of ones.
    """
    named = [item.get("module") for item in scope if isinstance(item, dict)]
    return {module for module in named if isinstance(module, str)}


def _with_environments(item: Any, known: dict[str, Json]) -> Any:
    """A scope item as it is, with names of environments turned into what answers show."""
    listed = item.get("environments") if isinstance(item, dict) else None
    if not isinstance(listed, list):
        return item
    shown = [
        known.get(each, each) if isinstance(each, str) else each for each in listed
    ]
    return item | {"environments": shown}


def _expiry(world: World, seeded: SeedManagementToken, where: str) -> str | None:
    if seeded.expires_in_days is not None:
        return (world.start + timedelta(days=seeded.expires_in_days)).date().isoformat()
    if seeded.expires_on is not None and expiry_moment(seeded.expires_on) is None:
        raise SeedError(f"{where}.expires_on: expected a date such as 2030-01-31")
    return seeded.expires_on


def _stamps(
    world: World, stack: StackRecord, seeded: SeededToken, where: str
) -> Stamps:
    author = stack.owner_uid
    if seeded.created_by is not None:
        person = world.person_by_email(seeded.created_by)
        if person is None:
            raise SeedError(
                f"{where}.created_by: no user has the e-mail address {seeded.created_by!r}"
            )
        author = person.uid
    created = seeded.created_days_ago
    updated = created if seeded.updated_days_ago is None else seeded.updated_days_ago
    moments = [world.start - timedelta(days=days) for days in (created, updated)]
    return Stamps(author, author, *moments)


def _check_unique(values: Iterable[str], path: str, field: str = "") -> None:
    """Refuse a value that is there twice, by a SeedError that names its second place."""
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise SeedError(
                f"{path}[{number}]{f'.{field}' if field else ''}: {value!r} is there twice"
            )
        seen.add(value)


def _check_known(names: Sequence[str], known: Container[str], path: str) -> None:
    for number, name in enumerate(names):
        if name not in known:
            raise SeedError(f"{path}[{number}]: the stack has no {name!r}")
