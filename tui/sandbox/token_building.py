"""From the tokens of a seed to the tokens of a stack."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import timedelta
from itertools import cycle
from typing import TypeAlias

from tui.sandbox.answers import Json
from tui.sandbox.organization import (
    EVERYTHING,
    Stack,
    Stamps,
    Token,
    TokenKind,
    World,
    expiry_moment,
    scope_item,
)
from tui.sandbox.seed import SeedDeliveryToken, SeedError, SeedManagementToken

SeedToken: TypeAlias = SeedDeliveryToken | SeedManagementToken

_READ = {"read": True}
_YEAR = 365


def environment(world: World, stack: Stack, name: str) -> Json:
    """An environment with a URL of its own, as answers and the scopes of tokens show it."""
    urls = [{"url": f"https://{name}.example.com", "locale": "en-us"}]
    return {"urls": urls, "name": name, "uid": world.uid(), **stack.stamps.shown(), "ACL": [], "_version": 1}


def add_tokens(world: World, stack: Stack, path: str) -> None:
    """Add the tokens that a stack's seed describes, or raise a SeedError; `path` is where that seed lies."""
    seeded, names, branches = stack.seed, list(stack.environments), list(stack.branches)[:1]
    gone = {name: environment(world, stack, name) for name in seeded.gone}
    web = [
        SeedDeliveryToken(
            name=f"{name}-{number:05d}",
            environments=[name],
            branches=branches,
            created_days_ago=number % _YEAR,
        )
        for number, name in zip(range(seeded.fill_delivery_tokens), cycle(names), strict=False)
    ]
    jobs = [
        SeedManagementToken(name=f"job-{number:05d}", branches=branches, created_days_ago=number % _YEAR)
        for number in range(seeded.fill_management_tokens)
    ]
    lists: dict[TokenKind, Sequence[SeedToken]] = {
        "delivery": [*seeded.delivery_tokens, *web],
        "management": [*seeded.management_tokens, *jobs],
    }
    for kind, tokens in lists.items():
        where = f"{path}.{kind}_tokens"
        check_unique((each.name for each in tokens), where, "name")
        for number, each in enumerate(tokens):
            _add(world, stack, kind, each, gone, f"{where}[{number}]")


def _add(
    world: World, stack: Stack, kind: TokenKind, seeded: SeedToken, gone: dict[str, Json], where: str
) -> None:
    tokens = stack.tokens(kind)
    scope = _scope(world, stack, seeded, gone, where)
    token = Token(
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
    elif seeded.preview or seeded.preview_token:
        token.preview = seeded.preview_token or world.value()
    if token.uid in tokens:
        raise SeedError(f"{where}.uid: another token has it already")
    tokens[token.uid] = token


def _scope(world: World, stack: Stack, seeded: SeedToken, gone: dict[str, Json], where: str) -> list[Json]:
    if isinstance(seeded, SeedManagementToken):
        acl = {"read": True, "write": True} if seeded.access == "read+write" else _READ
        scope = [scope_item(module, acl, world.metadata()) for module in seeded.modules]
    else:
        environments = {**gone, **stack.environments}
        _check_known(seeded.environments, environments, f"{where}.environments")
        named = [environments[name] for name in seeded.environments]
        scope = [scope_item("environment", _READ, world.metadata(), named)]
    _check_known(seeded.branches, {*stack.branches, *gone, EVERYTHING}, f"{where}.branches")
    _check_known(seeded.aliases, {*stack.aliases, *gone, EVERYTHING}, f"{where}.aliases")
    for module, names in (("branch", seeded.branches), ("branch_alias", seeded.aliases)):
        if names:
            scope.append(scope_item(module, _READ, world.metadata(), names))
    if stack.branches and not (seeded.branches or seeded.aliases):
        raise SeedError(f"{where}.branches: a branch or an alias is required")
    return scope


def _expiry(world: World, seeded: SeedManagementToken, where: str) -> str | None:
    if seeded.expires_in_days is not None:
        return (world.start + timedelta(days=seeded.expires_in_days)).date().isoformat()
    if seeded.expires_on is not None and expiry_moment(seeded.expires_on) is None:
        raise SeedError(f"{where}.expires_on: expected a date such as 2030-01-31")
    return seeded.expires_on


def _stamps(world: World, stack: Stack, seeded: SeedToken, where: str) -> Stamps:
    author = stack.owner_uid
    if seeded.created_by is not None:
        person = world.person_by_email(seeded.created_by)
        if person is None:
            raise SeedError(f"{where}.created_by: no user has the e-mail address {seeded.created_by!r}")
        author = person.uid
    created = seeded.created_days_ago
    updated = created if seeded.updated_days_ago is None else seeded.updated_days_ago
    moments = [world.start - timedelta(days=days) for days in (created, updated)]
    return Stamps(author, author, *moments)


def check_unique(values: Iterable[str], path: str, field: str = "") -> None:
    """Refuse a value that is there twice, by a SeedError that names its second place."""
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise SeedError(f"{path}[{number}]{f'.{field}' if field else ''}: {value!r} is there twice")
        seen.add(value)


def _check_known(names: Sequence[str], known: Container[str], path: str) -> None:
    for number, name in enumerate(names):
        if name not in known:
            raise SeedError(f"{path}[{number}]: the stack has no {name!r}")
