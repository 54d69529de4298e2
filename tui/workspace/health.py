"""What could be better about the tokens of a stack.

What, why, and the command that mends it.

Only what was read is judged: while the list of environments is not known, none of them
is called gone.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from typing import Any

from tui.contentstack.models import DeliveryToken, ManagementToken, Token, rights_of
from tui.contentstack.scope import Names
from tui.workspace.ages import day_of
from tui.workspace.snapshot import Listing, Snapshot, kind_of

_MOST_NAMED = 3
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class HealthWarning:
    """One thing about a token; `command` is the id of the command that mends it."""

    token: Token
    what: str
    why: str
    command: str


class Hints:
    """The hints of a stack, worked out anew only when one of its lists was read anew or changed."""

    def __init__(self) -> None:
        self._judged: tuple[object, ...] = ()
        self._found: tuple[HealthWarning, ...] = ()
        self._counts: Mapping[str, int] = {}

    def of(self, snapshot: Snapshot, now: datetime) -> tuple[HealthWarning, ...]:
        """The hints; while a stack is read again, those of its last reading."""
        lists = snapshot.delivery, snapshot.management, snapshot.environments
        judged = (snapshot.stack, *lists, snapshot.branches, snapshot.aliases)
        same = bool(self._judged) and all(map(operator.is_, judged, self._judged))
        if not same and not (snapshot.reading and snapshot.read_at):
            self._judged, self._found = judged, hints(snapshot, now)
            self._counts = Counter(kind_of(hint.token) for hint in self._found)
        return self._found

    def count(self, kind: str, snapshot: Snapshot, now: datetime) -> int:
        """How many of them are about tokens of a kind."""
        return self._counts.get(kind, 0) if self.of(snapshot, now) else 0


def hints(snapshot: Snapshot, now: datetime) -> tuple[HealthWarning, ...]:
    """All hints, what matters most first."""
    return tuple(hint for rule in _RULES for hint in rule(snapshot, now))


def unjudged(snapshot: Snapshot) -> tuple[str, ...]:
    """The lists, in words, by which nothing was judged, because they are not known."""
    wanted = {
        "delivery tokens": snapshot.delivery.read,
        "management tokens": snapshot.management.read,
        "environments": _settled(snapshot.environments),
    }
    if snapshot.stack is None or snapshot.stack.branches_enabled is not False:
        wanted |= {
            "branches": _settled(snapshot.branches),
            "aliases": _settled(snapshot.aliases),
        }
    return tuple(words for words, known in wanted.items() if not known)


def _expired(snapshot: Snapshot, now: datetime) -> Iterator[HealthWarning]:
    why = "It opens nothing any more, and it takes one of the few places for management tokens."
    for token in snapshot.management.items:
        if token.expires_on is not None and token.expires_on <= now:
            yield HealthWarning(
                token, f"expired {day_of(token.expires_on)}", why, "delete"
            )


def _endless(snapshot: Snapshot, _now: datetime) -> Iterator[HealthWarning]:
    for token in snapshot.management.items:
        if token.expires_on is None and token.access == "read+write":
            why = "Whoever comes by it can change the stack for good; a date of expiry puts an end to that."
            yield HealthWarning(token, "writes, and never expires", why, "edit")


def _gone(snapshot: Snapshot, _now: datetime) -> Iterator[HealthWarning]:
    places: dict[str, set[str]] = {}
    if _settled(snapshot.environments):
        places["environment"] = {item.name for item in snapshot.environments.items}
    if snapshot.has_branches and _settled(snapshot.branches):
        places["branch"] = {item.uid for item in snapshot.branches.items} | {"$all"}
    if snapshot.has_branches and _settled(snapshot.aliases):
        places["alias"] = {item.uid for item in snapshot.aliases.items} | {"$all"}
    judge = cache(partial(_gone_of, places))
    for token in _tokens(snapshot):
        if found := judge(token.scope.names):
            what, environments, lanes = found
            if _is_left(token, environments, lanes):
                why = "The stack does not have it any more; the scope still names it."
                yield HealthWarning(token, what, why, "edit")
            else:
                yield HealthWarning(
                    token, what, "Nothing is left that it reaches.", "delete"
                )


def _gone_of(
    places: Mapping[str, set[str]], names: Names
) -> tuple[str, int, int] | None:
    """What names are gone, in words, and how many environments and branches or aliases that are."""
    named = zip(("environment", "branch", "alias"), names, strict=True)
    gone = {
        kind: [f"{kind} {name}" for name in known if name not in places[kind]]
        for kind, known in named
        if kind in places
    }
    environments = gone.pop("environment", [])
    lanes = list(chain(*gone.values()))
    if not environments and not lanes:
        return None
    missing = environments + lanes
    more = (
        f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    )
    what = f"{', '.join(missing[:_MOST_NAMED])}{more} gone"
    return what, len(environments), len(lanes)


def _is_left(token: Token, environments: int, lanes: int) -> bool:
    """Whether a token still reaches something once so many of its names are gone."""
    scope = token.scope
    if isinstance(token, DeliveryToken) and 0 < environments == len(scope.environments):
        return False
    named = len(scope.branches) + len(scope.aliases)
    return not 0 < lanes == named or bool(scope.within_modules)


def _all_branches(snapshot: Snapshot, _now: datetime) -> Iterator[HealthWarning]:
    judge = cache(_all_of)
    return (
        HealthWarning(token, *found)
        for token in _tokens(snapshot)
        if (found := judge(token.scope.names))
    )


def _all_of(names: Names) -> tuple[str, str, str] | None:
    kinds = [kind for kind in ("branches", "aliases") if "$all" in getattr(names, kind)]
    why = "It reaches unfinished work too, and all that will be made later; name what it needs."
    return (f"all {' and all '.join(kinds)}", why, "edit") if kinds else None


def _doubles(snapshot: Snapshot, _now: datetime) -> Iterator[HealthWarning]:
    reach = cache(lambda names: tuple(map(frozenset, names)))
    groups: dict[object, list[DeliveryToken]] = {}
    for token in snapshot.delivery.items:
        # With rights besides, it may reach more than its names say.
        if not rights_of(token):
            groups.setdefault(reach(token.scope.names), []).append(token)
    for group in groups.values():
        oldest = min(
            group, key=lambda token: token.updated_at or token.created_at or _LONG_AGO
        )
        others = [token.name for token in group if token is not oldest]
        if others:
            more = (
                f" and {len(others) - _MOST_NAMED} more"
                if len(others) > _MOST_NAMED
                else ""
            )
            why = "One token for each program is well; of two in one program, this was left alone longest."
            yield HealthWarning(
                oldest,
                f"same scope as {', '.join(others[:_MOST_NAMED])}{more}",
                why,
                "delete",
            )


def _nameless(snapshot: Snapshot, _now: datetime) -> Iterator[HealthWarning]:
    for token in _tokens(snapshot):
        if not token.description.strip():
            why = "Nobody can tell what uses it, and so whether it may end."
            yield HealthWarning(token, "no description", why, "edit")


_RULES = (_expired, _endless, _gone, _all_branches, _doubles, _nameless)


def _tokens(snapshot: Snapshot) -> tuple[DeliveryToken | ManagementToken, ...]:
    return (*snapshot.delivery.items, *snapshot.management.items)


def _settled(listing: Listing[Any]) -> bool:
    """Known to its end, and as new as the tokens: another may lack what they name."""
    return listing.whole
