"""Environments by branches and aliases, and the delivery tokens that serve each cell of that map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Literal

from tui.contentstack.models import DeliveryToken
from tui.contentstack.scope import Scope
from tui.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class Lane:
    """A column of the map: a branch, an alias and the branch it points to, or a stack without branches."""

    kind: Literal["branch", "alias", "stack"]
    name: str = ""
    target: str = ""

    @property
    def words(self) -> str:
        """What it is called: "branch main"."""
        return f"{self.kind} {self.name}"

    @property
    def content(self) -> str:
        """The branch whose content it reads."""
        return self.target or self.name


@dataclass(frozen=True)
class Cell:
    """Who serves an environment on a branch or alias.

    `tokens` name it in their scope. `near` name the same content otherwise: the branch that the alias points
    to, or an alias of the branch.
    """

    tokens: tuple[DeliveryToken, ...] = ()
    near: tuple[DeliveryToken, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """The map. What a scope names and the stack does not have is in none of its cells.

    `unplaced` are the tokens that name no environment, or no branch, and may still serve some.
    """

    environments: tuple[str, ...]
    lanes: tuple[Lane, ...]
    served: Mapping[tuple[str, Lane], tuple[DeliveryToken, ...]]
    unplaced: tuple[DeliveryToken, ...] = ()

    def cell(self, environment: str, lane: Lane) -> Cell:
        """One cell of the map."""
        tokens = self.served.get((environment, lane), ())
        same = (other for other in self.lanes if other != lane and other.content == lane.content)
        others = {each.uid: each for other in same for each in self.served.get((environment, other), ())}
        near = others.keys() - {token.uid for token in tokens}
        return Cell(tokens, tuple(token for uid, token in others.items() if uid in near))

    @property
    def gaps(self) -> int:
        """How many cells no token names."""
        return len(self.environments) * len(self.lanes) - len(self.served)

    @property
    def doubles(self) -> int:
        """How many cells several tokens name."""
        return sum(len(tokens) > 1 for tokens in self.served.values())


def coverage_of(snapshot: Snapshot) -> Coverage:
    """The map of what was last read; a stack without branches has one lane."""
    environments = tuple(item.name for item in snapshot.environments.items)
    lanes: tuple[Lane, ...] = (Lane("stack"),)
    if snapshot.has_branches:
        branches = (Lane("branch", item.uid) for item in snapshot.branches.items)
        aliases = (Lane("alias", item.uid, item.branch) for item in snapshot.aliases.items)
        lanes = (*branches, *aliases)
    served: dict[tuple[str, Lane], list[DeliveryToken]] = {}
    for token in snapshot.delivery.items:
        reached = [lane for lane in lanes if _reaches(token.scope, lane)]
        for place in product(set(environments).intersection(token.scope.environments), reached):
            served.setdefault(place, []).append(token)
    placed = {place: tuple(tokens) for place, tokens in served.items()}
    named = partial(_is_named, branches=snapshot.has_branches)
    unplaced = tuple(token for token in snapshot.delivery.items if not named(token.scope))
    return Coverage(environments, lanes, placed, unplaced)


def _is_named(scope: Scope, *, branches: bool) -> bool:
    """Whether a scope names what it serves."""
    return bool(scope.environments and (scope.branches or scope.aliases or not branches))


def _reaches(scope: Scope, lane: Lane) -> bool:
    if lane.kind == "stack":
        return True
    names = scope.branches if lane.kind == "branch" else scope.aliases
    return lane.name in names or "$all" in names
