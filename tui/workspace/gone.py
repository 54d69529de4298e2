"""Names in a token's scope that the stack doesn't have any more.

Only a list that was read in full shows what is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.contentstack.scope import Names
from tui.workspace.snapshot import Snapshot

_MOST_NAMED = 3


@dataclass(frozen=True)
class Gone:
    """The names in a scope that the stack doesn't have any more, and how many.

    Attributes:
        named: the first few in words, such as "branch release_6".
    """

    named: str
    environments: int
    lanes: int

    @property
    def what(self) -> str:
        """What to say about the token."""
        return f"{self.named} gone"


IsGone: TypeAlias = Callable[[str, str], bool]
"""Takes a kind and a name, such as "branch" and "main"; returns whether it's gone."""


def gone_from(snapshot: Snapshot) -> IsGone:
    """Return a function that says whether a name is gone from the stack."""
    present = _present(snapshot)
    return lambda kind, name: kind in present and name not in present[kind]


def gone_of(is_gone: IsGone, names: Names) -> Gone | None:
    """Return the names in a scope that are gone; None if there are none."""

    def gone(kind: str, named: Sequence[str]) -> list[str]:
        return [f"{kind} {name}" for name in named if is_gone(kind, name)]

    environments = gone("environment", names.environments)
    lanes = gone("branch", names.branches) + gone("alias", names.aliases)
    if not environments and not lanes:
        return None
    named = first_named(environments + lanes)
    return Gone(named, len(environments), len(lanes))


def _present(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """Return the names that the stack has, by kind, for the kinds that are known."""
    present: dict[str, frozenset[str]] = {}
    if snapshot.environments.whole:
        names = (item.name for item in snapshot.environments.items)
        present["environment"] = frozenset(names)
    if snapshot.has_branches and snapshot.branches.whole:
        present["branch"] = frozenset(("$all", *snapshot.branches.by_uid))
    if snapshot.has_branches and snapshot.aliases.whole:
        present["alias"] = frozenset(("$all", *snapshot.aliases.by_uid))
    return present


def first_named(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are."""
    named = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
