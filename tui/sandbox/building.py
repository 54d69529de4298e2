"""Builds a world from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from tui.sandbox.organization import (
    MANAGEMENT_MODULES,
    OWNER,
    Clock,
    Kind,
    OddRow,
    OrganizationRecord,
    PersonRecord,
    StackRecord,
    Stamps,
    World,
    new_environment,
)
from tui.sandbox.responses import Json
from tui.sandbox.seed import (
    Seed,
    SeedError,
    SeedOrganization,
    SeedRow,
    SeedStack,
    SeedUser,
    check_unique,
)
from tui.sandbox.seeded_tokens import add_tokens

SYSTEM_ROLES: dict[str, list[Kind]] = {
    "Admin": ["delivery", "management"],
    "Developer": ["delivery"],
    "Content Manager": [],
}

_EVERY_STACK = "*"
_FOREVER = timedelta(days=36500)
_DEFAULT_USER = SeedUser(
    email="owner@example.com",
    first_name="Owen",
    last_name="Berg",
    roles={_EVERY_STACK: OWNER},
)


def build_world(seed: Seed, now: Clock) -> World:
    """Create everything that a seed describes, dated from now.

    A SeedError says what can't be created.
    """
    world = World(now, seed.salt)
    _add_people(world, seed.users or [_DEFAULT_USER])
    _add_organizations(world, seed.organizations or [SeedOrganization(name="Acme")])
    for number, stack in enumerate(seed.stacks):
        for name in _copy_names(stack):
            _add_stack(world, stack, name, f"stacks[{number}]")
    _check_places(world, {stack.name for stack in seed.stacks})
    _add_rows(world, seed.rows)
    for organization in world.organizations.values():
        organization.owner_uid = organization.owner_uid or next(iter(world.people))
        organization.member_uids.add(organization.owner_uid)
    return world


def _copy_names(stack: SeedStack) -> list[str]:
    """Return the name of each copy of a stack; a single one keeps the stack's name."""
    if stack.copies == 1:
        return [stack.name]
    return [f"{stack.name} {number:03d}" for number in range(1, stack.copies + 1)]


def _add_people(world: World, users: list[SeedUser]) -> None:
    check_unique((user.email.casefold() for user in users), "users", "email")
    for number, user in enumerate(users):
        person = _person(world, user)
        try:
            person.authenticator_key()
        except ValueError:
            path = f"users[{number}].tfa_secret"
            raise SeedError(f"{path}: expected a base32 secret") from None
        world.people[person.uid] = person


def _person(world: World, user: SeedUser) -> PersonRecord:
    fields = msgspec.structs.asdict(user)
    # Each run is the same because identifiers are always created in this order.
    fields["uid"] = world.uid()
    fields["sms_code"] = user.sms_code or _six_digits(world.uid())
    fields["authtoken"] = user.authtoken or world.uid()
    fields["bearer"] = user.bearer or world.value()
    fields["locked_until"] = world.start + _FOREVER if user.locked else None
    return PersonRecord(**fields)


def _six_digits(uid: str) -> str:
    number = int(uid.removeprefix("blt"), 16)
    return f"{number % 1_000_000:06d}"


def _add_organizations(world: World, seeded: list[SeedOrganization]) -> None:
    check_unique((each.name for each in seeded), "organizations", "name")
    for each in seeded:
        fields = msgspec.structs.asdict(each)
        fields["uid"] = each.uid or world.uid()
        organization = OrganizationRecord(**fields)
        world.organizations[organization.uid] = organization
    for number, person in enumerate(world.people.values()):
        _add_memberships(world, person, f"users[{number}].organizations")


def _add_memberships(world: World, person: PersonRecord, path: str) -> None:
    for name, part in person.organizations.items():
        organization = _organization(world, name, path)
        organization.member_uids.add(person.uid)
        if part == "owner":
            organization.owner_uid = person.uid
        elif part == "admin":
            organization.admin_uids.add(person.uid)


def _organization(world: World, name: str, path: str) -> OrganizationRecord:
    for organization in world.organizations.values():
        if organization.name == name:
            return organization
    raise SeedError(f"{path}: there is no organization {name!r}")


def _add_stack(world: World, seeded: SeedStack, name: str, path: str) -> None:
    organization = next(iter(world.organizations.values()))
    if seeded.organization is not None:
        organization = _organization(world, seeded.organization, f"{path}.organization")
    api_key = seeded.api_key or world.uid()
    if api_key in world.stacks:
        raise SeedError(f"{path}.api_key: another stack has it already")
    rights = {OWNER: [], **SYSTEM_ROLES, **seeded.custom_roles}
    uids = {role: world.uid() for role in rights}
    users = _users_by_role(world, rights, {seeded.name, name, api_key, _EVERY_STACK})
    # The API keeps the owner separate from the roles.
    owner_uid = _owner_uid(world, organization, users.pop(OWNER), path)
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
    for role, person_uids in users.items():
        uid = uids[role]
        stack.roles[uid] = _role(stack, uid, role, person_uids)
        stack.token_rights[uid] = rights[role]
    _name_first_roles(world, stack)
    organization.owner_uid = organization.owner_uid or owner_uid
    organization.member_uids.update(stack.member_uids())
    world.stacks[api_key] = stack
    _add_structure(world, stack, path)
    add_tokens(world, stack, path)


def _owner_uid(
    world: World, organization: OrganizationRecord, named: list[str], path: str
) -> str:
    """Return a stack's owner: the named one, the organization's or the first person."""
    if len(named) > 1:
        raise SeedError(f"{path}: more than one user is its Owner")
    if named:
        return named[0]
    return organization.owner_uid or next(iter(world.people))


def _role(stack: StackRecord, uid: str, name: str, person_uids: list[str]) -> Json:
    reference = {
        "name": stack.name,
        "uid": stack.uid,
        "api_key": stack.api_key,
        "owner_uid": stack.owner_uid,
    }
    return {
        "uid": uid,
        "name": name,
        "description": "",
        "users": person_uids,
        "rules": [],
        "stack": reference,
    }


def _name_first_roles(world: World, stack: StackRecord) -> None:
    """Record the role here of everyone who had none in an earlier stack."""
    for uid in stack.member_uids():
        person = world.people[uid]
        if person.role:
            continue
        is_owner = uid == stack.owner_uid
        person.role = OWNER if is_owner else stack.roles_of(uid)[0]["name"]


def _users_by_role(
    world: World, roles: Iterable[str], places: set[str]
) -> dict[str, list[str]]:
    """Return the uids of the users with each role in a stack.

    `places` are the names that the stack is known by.
    """
    users: dict[str, list[str]] = {role: [] for role in roles}
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() & places):
            named = person.roles[place]
            for role in [named] if isinstance(named, str) else named:
                if role not in users:
                    path = f"users[{number}].roles.{place}"
                    raise SeedError(f"{path}: there is no role {role!r}")
                if person.uid not in users[role]:
                    users[role].append(person.uid)
    return users


def _check_places(world: World, names: set[str]) -> None:
    """Refuse a role in a stack that doesn't exist."""
    places = {_EVERY_STACK, *names}
    for api_key, stack in world.stacks.items():
        places |= {api_key, stack.name}
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() - places):
            raise SeedError(f"users[{number}].roles: there is no stack {place!r}")


def _add_rows(world: World, rows: list[SeedRow]) -> None:
    """Add a seed's odd rows to their lists."""
    for number, seeded in enumerate(rows):
        row = seeded.row
        if seeded.json is not None:
            try:
                row = msgspec.json.decode(seeded.json)
            except (msgspec.DecodeError, RecursionError) as error:
                raise SeedError(f"rows[{number}].json: {error}") from None
        for api_key in _stacks_of_row(world, seeded.stack, f"rows[{number}].stack"):
            world.odd_rows.append(OddRow(seeded.list, row, api_key, seeded.at))


def _stacks_of_row(world: World, name: str | None, path: str) -> Sequence[str | None]:
    """Return the API keys of the stacks with a name; a single None is every stack."""
    if name is None:
        return [None]
    api_keys = [
        api_key
        for api_key, stack in world.stacks.items()
        if name in (api_key, stack.name, stack.seed.name)
    ]
    if not api_keys:
        raise SeedError(f"{path}: there is no stack {name!r}")
    return api_keys


def _add_structure(world: World, stack: StackRecord, path: str) -> None:
    branches, aliases = stack.seed.branches, stack.seed.aliases
    check_unique(stack.seed.environments, f"{path}.environments")
    check_unique(branches, f"{path}.branches")
    for uid in branches:
        own = [{"uid": alias} for alias, branch in aliases.items() if branch == uid]
        stack.branches[uid] = _branch(stack, uid, own)
    for alias, branch in aliases.items():
        if branch not in stack.branches:
            raise SeedError(f"{path}.aliases.{alias}: there is no branch {branch!r}")
        if alias in stack.branches:
            raise SeedError(f"{path}.aliases.{alias}: a branch has that name already")
        # In the list of aliases `uid` is the branch, and `alias` the uid of the alias.
        stack.aliases[alias] = _branch(stack, branch, alias)
    for name in stack.seed.environments:
        stack.environments[name] = new_environment(world, stack, name)


def _branch(stack: StackRecord, uid: str, alias: str | list[Json]) -> Json:
    """Return a branch as responses show it; the first is the source of all others."""
    first = stack.seed.branches[0]
    return {
        "uid": uid,
        "source": "" if uid == first else first,
        **stack.stamps.shown(),
        "deleted_at": False,
        "alias": alias,
    }
