"""Which names of a scope the stack still has.

Only what was read is judged: while the list of environments is not known, none of them
is called gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from tui.workspace.snapshot import Snapshot

IsGone: TypeAlias = Callable[[str, str], bool]
"""Tells of a kind and a name, as of "branch" and "main", whether it is gone."""


def present_names(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """Return the names that the stack has, by kind, for the kinds that are known."""
    present: dict[str, frozenset[str]] = {}
    # Only a whole list tells what is gone.
    if snapshot.environments.whole:
        names = (item.name for item in snapshot.environments.items)
        present["environment"] = frozenset(names)
    if snapshot.has_branches and snapshot.branches.whole:
        present["branch"] = frozenset(("$all", *snapshot.branches.by_uid))
    if snapshot.has_branches and snapshot.aliases.whole:
        present["alias"] = frozenset(("$all", *snapshot.aliases.by_uid))
    return present


def gone_from(snapshot: Snapshot) -> IsGone:
    """Return what tells whether a name is gone from the stack."""
    present = present_names(snapshot)
    return lambda kind, name: kind in present and name not in present[kind]
