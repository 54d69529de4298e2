"""From a seed to a world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from tui.sandbox.answers import Json
from tui.sandbox.organization import (
    OWNER,
    Clock,
    Organization,
    Person,
    Stack,
    Stamps,
    TokenKind,
    World,
)
from tui.sandbox.seed import Seed, SeedError, SeedOrganization, SeedStack, SeedUser
from tui.sandbox.token_building import add_tokens, check_unique, environment
from tui.sandbox.totp import code_at

SYSTEM_ROLES: dict[str, list[TokenKind]] = {
    "Admin": ["delivery", "management"],
    "Developer": ["delivery"],
    "Content Manager": [],
}
_EVERY_STACK = "*"
_FOREVER = timedelta(days=36500)
_DEFAULT_USER = SeedUser(
    email="owner@example.com", first_name="Owen", last_name="Berg", roles={_EVERY_STACK: OWNER}
)


def build_world(seed: Seed, now: Clock) -> World:
    """Make everything that a seed describes, dated from now; a SeedError says what can't be made."""
    world = World(now)
    _add_people(world, seed.users or [_DEFAULT_USER])
    _add_organizations(world, seed.organizations or [SeedOrganization(name="Acme")])
    for number, stack in enumerate(seed.stacks):
        for copy in range(stack.copies):
            name = f"{stack.name} {copy + 1:03d}" if stack.copies > 1 else stack.name
            _add_stack(world, stack, name, f"stacks[{number}]")
    _check_places(world, {stack.name for stack in seed.stacks})
    for organization in world.organizations.values():
        organization.owner_uid = organization.owner_uid or next(iter(world.people))
        organization.member_uids.add(organization.owner_uid)
    return world


def _add_people(world: World, users: list[SeedUser]) -> None:
    check_unique((user.email.casefold() for user in users), "users", "email")
    for number, user in enumerate(users):
        try:
            code_at(user.tfa_secret or "", 0)
        except ValueError:
            raise SeedError(f"users[{number}].tfa_secret: expected a base32 secret") from None
        known = msgspec.structs.asdict(user) | {"uid": world.uid()}
        known["sms_code"] = user.sms_code or f"{int(world.uid()[3:], 16) % 1_000_000:06d}"
        known["authtoken"] = user.authtoken or world.uid()
        known["bearer"] = user.bearer or world.value()
        known["locked_until"] = world.start + _FOREVER if user.locked else None
        world.people[known["uid"]] = Person(**known)


def _add_organizations(world: World, seeded: list[SeedOrganization]) -> None:
    check_unique((each.name for each in seeded), "organizations", "name")
    for each in seeded:
        uid = each.uid or world.uid()
        world.organizations[uid] = Organization(**msgspec.structs.asdict(each) | {"uid": uid})
    for number, person in enumerate(world.people.values()):
        for name, part in person.organizations.items():
            organization = _organization(world, name, f"users[{number}].organizations")
            organization.member_uids.add(person.uid)
            if part == "owner":
                organization.owner_uid = person.uid
            elif part == "admin":
                organization.admin_uids.add(person.uid)


def _organization(world: World, name: str, path: str) -> Organization:
    found = next((each for each in world.organizations.values() if each.name == name), None)
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
    rights: dict[str, list[TokenKind]] = {OWNER: [], **SYSTEM_ROLES, **seeded.custom_roles}
    uids = {role: world.uid() for role in rights}
    users = _users_by_role(world, rights, {seeded.name, name, api_key, _EVERY_STACK})
    # The API keeps the owner apart from the roles.
    owners = users.pop(OWNER)
    if len(owners) > 1:
        raise SeedError(f"{path}: more than one user is its Owner")
    owner_uid = (owners or [organization.owner_uid or next(iter(world.people))])[0]
    stack = Stack(
        uid=world.uid(),
        api_key=api_key,
        name=name,
        seed=seeded,
        organization=organization,
        owner_uid=owner_uid,
        stamps=Stamps(owner_uid, owner_uid, world.founded, world.founded),
    )
    reference = {"name": name, "uid": stack.uid, "api_key": api_key, "owner_uid": owner_uid}
    for role, listed in users.items():
        shown = {"uid": uids[role], "name": role, "description": "", "users": listed, "rules": []}
        stack.roles[uids[role]] = {**shown, "stack": reference}
        stack.token_rights[uids[role]] = rights[role]
    for uid in stack.member_uids():
        person = world.people[uid]
        person.role = person.role or (OWNER if uid == owner_uid else stack.roles_of(uid)[0]["name"])
    organization.owner_uid = organization.owner_uid or owner_uid
    organization.member_uids.update(stack.member_uids())
    world.stacks[api_key] = stack
    _add_structure(world, stack, path)
    add_tokens(world, stack, path)


def _users_by_role(world: World, roles: Iterable[str], places: set[str]) -> dict[str, list[str]]:
    """The uids of those who have each role in a stack, which is known by several names."""
    users: dict[str, list[str]] = {role: [] for role in roles}
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() & places):
            given = person.roles[place]
            for role in [given] if isinstance(given, str) else given:
                if role not in users:
                    raise SeedError(f"users[{number}].roles.{place}: there is no role {role!r}")
                if person.uid not in users[role]:
                    users[role].append(person.uid)
    return users


def _check_places(world: World, names: set[str]) -> None:
    """Every place where a user has a role must be there."""
    places = {_EVERY_STACK, *names, *world.stacks, *(stack.name for stack in world.stacks.values())}
    for number, person in enumerate(world.people.values()):
        for place in sorted(person.roles.keys() - places):
            raise SeedError(f"users[{number}].roles: there is no stack {place!r}")


def _add_structure(world: World, stack: Stack, path: str) -> None:
    branches, aliases = stack.seed.branches, stack.seed.aliases
    check_unique(stack.seed.environments, f"{path}.environments")
    check_unique(branches, f"{path}.branches")
    sources = {uid: branches[0] if number else "" for number, uid in enumerate(branches)}
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
        stack.environments[name] = environment(world, stack, name)


def _branch(stack: Stack, uid: str, source: str, alias: str | list[Json]) -> Json:
    return {"uid": uid, "source": source, **stack.stamps.shown(), "deleted_at": False, "alias": alias}
