"""Creates a stack's tokens from its seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import cycle, islice
from typing import TypeAlias

from tui.sandbox.organization import (
    EVERYTHING,
    Kind,
    StackRecord,
    Stamps,
    TokenRecord,
    World,
    expiry_moment,
    new_environment,
    scope_item,
)
from tui.sandbox.responses import Json
from tui.sandbox.seed import (
    SeedDeliveryToken,
    SeedError,
    SeedManagementToken,
    check_known,
    check_unique,
)

SeededToken: TypeAlias = SeedDeliveryToken | SeedManagementToken

_READ = {"read": True}
_READ_AND_WRITE = {"read": True, "write": True}
_YEAR = 365


def add_tokens(world: World, stack: StackRecord, path: str) -> None:
    """Add the tokens that a stack's seed lists, and as many more as it asks to fill in.

    A SeedError says what's wrong with one; `path` is where the stack is in the seed.
    """
    seeded = stack.seed
    gone = {name: new_environment(world, stack, name) for name in seeded.gone}
    web, jobs = _filling_delivery_tokens(stack), _filling_management_tokens(stack)
    lists: dict[Kind, Sequence[SeededToken]] = {
        "delivery": [*seeded.delivery_tokens, *web],
        "management": [*seeded.management_tokens, *jobs],
    }
    for kind, tokens in lists.items():
        where = f"{path}.{kind}_tokens"
        check_unique((each.name for each in tokens), where, "name")
        for number, each in enumerate(tokens):
            _add_token(world, stack, kind, each, gone, f"{where}[{number}]")


def _filling_delivery_tokens(stack: StackRecord) -> list[SeedDeliveryToken]:
    """Return the requested number of tokens, each for the next environment in turn."""
    environments = islice(cycle(stack.environments), stack.seed.fill_delivery_tokens)
    return [
        SeedDeliveryToken(
            name=f"{environment}-{number:05d}",
            environments=[environment],
            branches=list(stack.branches)[:1],
            created_days_ago=number % _YEAR,
        )
        for number, environment in enumerate(environments)
    ]


def _filling_management_tokens(stack: StackRecord) -> list[SeedManagementToken]:
    return [
        SeedManagementToken(
            name=f"job-{number:05d}",
            branches=list(stack.branches)[:1],
            created_days_ago=number % _YEAR,
        )
        for number in range(stack.seed.fill_management_tokens)
    ]


def _add_token(
    world: World,
    stack: StackRecord,
    kind: Kind,
    seeded: SeededToken,
    gone: dict[str, Json],
    where: str,
) -> None:
    tokens = stack.tokens(kind)
    # Identifiers are created in the order of these arguments.
    token = TokenRecord(
        scope=_scope(world, stack, seeded, gone, where),
        kind=kind,
        uid=seeded.uid or world.uid(),
        name=seeded.name,
        description=seeded.description,
        stamps=_stamps(world, stack, seeded, where),
        value=seeded.token or world.value(),
    )
    if isinstance(seeded, SeedManagementToken):
        token.expires_on = _expiry(world, seeded, where)
        token.email_notice = seeded.email_notice
        if seeded.rate_limit_enabled:
            token.extra["rate_limit_enabled"] = True
        if seeded.is_never_expires is not None:
            token.extra["is_never_expires"] = seeded.is_never_expires
        # A stack knows the modules of its own tokens, even unusual ones.
        stack.modules |= _modules_in(token.scope)
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
        acl = _READ_AND_WRITE if seeded.access == "read+write" else _READ
        scope = [scope_item(module, acl, world.metadata()) for module in seeded.modules]
    else:
        if not seeded.environments:
            raise SeedError(f"{where}.environments: is required")
        check_known(seeded.environments, environments, f"{where}.environments")
        named = [environments[name] for name in seeded.environments]
        scope = [scope_item("environment", _READ, world.metadata(), named)]
    scope += _branch_items(world, stack, seeded, gone, where)
    is_named = seeded.branches or seeded.aliases or seeded.scope is not None
    if stack.branches and not is_named:
        raise SeedError(f"{where}.branches: a branch or an alias is required")
    return scope


def _branch_items(
    world: World,
    stack: StackRecord,
    seeded: SeededToken,
    gone: Iterable[str],
    where: str,
) -> list[Json]:
    """Return the scope items that name branches and aliases."""
    branches = {*stack.branches, *gone, EVERYTHING}
    aliases = {*stack.aliases, *gone, EVERYTHING}
    check_known(seeded.branches, branches, f"{where}.branches")
    check_known(seeded.aliases, aliases, f"{where}.aliases")
    named = {"branch": seeded.branches, "branch_alias": seeded.aliases}
    return [
        scope_item(module, _READ, world.metadata(), names)
        for module, names in named.items()
        if names
    ]


def _modules_in(scope: list[Json]) -> set[str]:
    named = [item.get("module") for item in scope if isinstance(item, dict)]
    return {module for module in named if isinstance(module, str)}


def _with_environments(item: Json, known: dict[str, Json]) -> Json:
    """Replace the environments that a scope item names with what responses show.

    An item may be anything: what doesn't name an environment stays as it is.
    """
    listed = item.get("environments") if isinstance(item, dict) else None
    if not isinstance(listed, list):
        return item
    shown = [
        known.get(each, each) if isinstance(each, str) else each for each in listed
    ]
    return item | {"environments": shown}


def _expiry(world: World, seeded: SeedManagementToken, where: str) -> str | None:
    if seeded.expires_in_days is not None:
        moment = world.start + timedelta(days=seeded.expires_in_days)
        return moment.date().isoformat()
    if seeded.expires_on is not None and expiry_moment(seeded.expires_on) is None:
        raise SeedError(f"{where}.expires_on: expected a date such as 2030-01-31")
    return seeded.expires_on


def _stamps(
    world: World, stack: StackRecord, seeded: SeededToken, where: str
) -> Stamps:
    author_uid = stack.owner_uid
    if seeded.created_by is not None:
        email = seeded.created_by
        person = world.person_by_email(email)
        if person is None:
            path = f"{where}.created_by"
            raise SeedError(f"{path}: no user has the e-mail address {email!r}")
        author_uid = person.uid
    created_at = world.start - timedelta(days=seeded.created_days_ago)
    updated_at = created_at
    if seeded.updated_days_ago is not None:
        updated_at = world.start - timedelta(days=seeded.updated_days_ago)
    return Stamps(author_uid, author_uid, created_at, updated_at)
