"""What could be better about a stack's tokens, why, and how to fix it."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from typing import TypeAlias

from tui.contentstack.models import DeliveryToken, Token, TokenKind
from tui.contentstack.scope import Names
from tui.quiet import KEYBOARD
from tui.workspace.gone import Gone, first_named, gone_from, gone_of
from tui.workspace.snapshot import Snapshot

_JUDGED_AT_ONCE = 1_000
"""How many tokens take a few milliseconds, so that no key has to wait for them."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class HealthWarning:
    """One thing about a token; `command` is the id of the command that fixes it."""

    token: Token
    what: str
    why: str
    command: str


_Step: TypeAlias = HealthWarning | None
"""What a rule yields: each warning, and None before each token it looks at."""


class HealthWarnings:
    """The warnings about a stack, updated only when one of its lists has changed."""

    def __init__(self) -> None:
        self._judged: tuple[object, ...] = ()
        self._found: tuple[HealthWarning, ...] = ()
        self._counts: Mapping[str, int] = {}

    def of(self, snapshot: Snapshot, now: datetime) -> tuple[HealthWarning, ...]:
        """Return the warnings; during a refresh of the stack, the previous ones."""
        if not self.has_judged(snapshot):
            self._keep(snapshot, health_warnings(snapshot, now))
        return self._found

    def has_judged(self, snapshot: Snapshot) -> bool:
        """Return whether `of` already has the warnings."""
        judged = _judged_by(snapshot)
        same = bool(self._judged) and all(map(operator.is_, judged, self._judged))
        return same or bool(snapshot.reading and snapshot.read_at)

    async def judge(self, snapshot: Snapshot, now: datetime) -> None:
        """Work out the warnings in steps, so that keys don't wait for many tokens."""
        found: list[HealthWarning] = []
        for number, warning in enumerate(_steps(snapshot, now), start=1):
            if warning is not None:
                found.append(warning)
            if number % _JUDGED_AT_ONCE == 0:
                await KEYBOARD.gap()
        self._keep(snapshot, tuple(found))

    def _keep(self, snapshot: Snapshot, found: tuple[HealthWarning, ...]) -> None:
        self._judged = _judged_by(snapshot)
        self._found = found
        self._counts = Counter(warning.token.kind for warning in found)

    def count(self, kind: TokenKind, snapshot: Snapshot, now: datetime) -> int:
        """Return how many warnings are about tokens of a kind."""
        return self._counts.get(kind, 0) if self.of(snapshot, now) else 0


def _judged_by(snapshot: Snapshot) -> tuple[object, ...]:
    """Return the parts of a snapshot that the warnings depend on."""
    return (
        snapshot.stack,
        snapshot.delivery,
        snapshot.management,
        snapshot.environments,
        snapshot.branches,
        snapshot.aliases,
    )


def health_warnings(snapshot: Snapshot, now: datetime) -> tuple[HealthWarning, ...]:
    """Return all warnings, the most important first."""
    return tuple(filter(None, _steps(snapshot, now)))


def _steps(snapshot: Snapshot, now: datetime) -> Iterator[_Step]:
    return chain.from_iterable(rule(snapshot, now) for rule in _RULES)


def unjudged(snapshot: Snapshot) -> tuple[str, ...]:
    """Name the lists that couldn't be checked, because they aren't known."""
    known = {
        "delivery tokens": snapshot.delivery.read,
        "management tokens": snapshot.management.read,
        # Only a whole list shows what is gone; a partial one may lack what tokens name.
        "environments": snapshot.environments.whole,
    }
    if snapshot.stack is None or snapshot.stack.branches_enabled is not False:
        known["branches"] = snapshot.branches.whole
        known["aliases"] = snapshot.aliases.whole
    return tuple(name for name, is_known in known.items() if not is_known)


def _expired(snapshot: Snapshot, now: datetime) -> Iterator[_Step]:
    why = (
        "It no longer works, and it takes up one of the stack's few management tokens."
    )
    for token in snapshot.management.items:
        yield None
        if token.expires_on is not None and token.expires_on <= now:
            what = f"expired {token.expires_on.date()}"
            yield HealthWarning(token, what, why, "delete")


def _endless(snapshot: Snapshot, _now: datetime) -> Iterator[_Step]:
    why = (
        "Anyone who gets hold of it can change the stack forever. Give it an expiry"
        " date."
    )
    for token in snapshot.management.items:
        yield None
        if token.expires_on is None and token.access == "read+write":
            yield HealthWarning(token, "can write, and never expires", why, "edit")


def _gone(snapshot: Snapshot, _now: datetime) -> Iterator[_Step]:
    # Thousands of tokens share a few scopes.
    look = cache(partial(gone_of, gone_from(snapshot)))
    for token in _tokens(snapshot):
        yield None
        gone = look(token.scope.names)
        if gone is None:
            continue
        if _reaches_something(token, gone):
            why = "The scope still names it, but the stack no longer has it."
            yield HealthWarning(token, gone.what, why, "edit")
        else:
            why = "Nothing in its scope exists any more."
            yield HealthWarning(token, gone.what, why, "delete")


def _reaches_something(token: Token, gone: Gone) -> bool:
    """Return whether a token still reaches anything besides what is gone."""
    scope = token.scope
    no_environment = 0 < gone.environments == len(scope.environments)
    if token.kind == "delivery" and no_environment:
        return False
    named = len(scope.branches) + len(scope.aliases)
    no_lane = 0 < gone.lanes == named
    return not no_lane or bool(scope.within_modules)


def _all_branches(snapshot: Snapshot, _now: datetime) -> Iterator[_Step]:
    why = "It also reaches unfinished and future work. Name only what it needs."
    # Thousands of tokens share a few scopes.
    look = cache(_all_of)
    for token in _tokens(snapshot):
        yield None
        if kinds := look(token.scope.names):
            what = f"all {' and all '.join(kinds)}"
            yield HealthWarning(token, what, why, "edit")


def _all_of(names: Names) -> list[str]:
    """Return which of these the scope covers entirely: branches, aliases or both."""
    kinds: list[str] = []
    if "$all" in names.branches:
        kinds.append("branches")
    if "$all" in names.aliases:
        kinds.append("aliases")
    return kinds


def _doubles(snapshot: Snapshot, _now: datetime) -> Iterator[_Step]:
    why = (
        "One token per program is fine. If one program uses both, this is the older"
        " one."
    )
    reach = cache(lambda names: tuple(map(frozenset, names)))
    groups: dict[object, list[DeliveryToken]] = {}
    for token in snapshot.delivery.items:
        yield None
        # If it has other rights too, it may reach more than its names say.
        if not token.rights:
            groups.setdefault(reach(token.scope.names), []).append(token)
    for group in groups.values():
        oldest = min(group, key=_last_touched)
        others = [token.name for token in group if token is not oldest]
        if others:
            what = f"same scope as {first_named(others)}"
            yield HealthWarning(oldest, what, why, "delete")


def _last_touched(token: DeliveryToken) -> datetime:
    return token.updated_at or token.created_at or _LONG_AGO


def _nameless(snapshot: Snapshot, _now: datetime) -> Iterator[_Step]:
    why = "Nobody can tell what uses it, or whether it's safe to delete."
    for token in _tokens(snapshot):
        yield None
        if not token.description.strip():
            yield HealthWarning(token, "no description", why, "edit")


_RULES = (_expired, _endless, _gone, _all_branches, _doubles, _nameless)


def _tokens(snapshot: Snapshot) -> tuple[Token, ...]:
    return (*snapshot.delivery.items, *snapshot.management.items)
