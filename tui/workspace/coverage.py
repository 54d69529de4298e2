"""The map of environments by branches and aliases, and which delivery tokens serve it.

A stack of 3,000 environments and 3,000 branches has nine million cells. None is stored:
each is computed when it's looked at, from the tokens of its row and of its column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tui.contentstack.models import DeliveryToken
from tui.contentstack.scope import Scope
from tui.workspace.snapshot import Snapshot

_ALL = "$all"


@dataclass(frozen=True)
class Lane:
    """A column of the map: a branch, an alias, or a stack without branches.

    Attributes:
        target: the branch that an alias points to.
    """

    kind: Literal["branch", "alias", "stack"]
    name: str = ""
    target: str = ""

    @property
    def words(self) -> str:
        """What it is called: "branch main"."""
        return f"{self.kind} {self.name}"

    @property
    def content(self) -> str:
        """The branch that its content comes from."""
        return self.target or self.name


@dataclass(frozen=True)
class Cell:
    """Who serves an environment on a branch or alias.

    Attributes:
        tokens: those that name the branch or alias in their scope.
        near: those that name the same content differently: the branch that the alias
            points to, or an alias of the branch.
    """

    tokens: tuple[DeliveryToken, ...] = ()
    near: tuple[DeliveryToken, ...] = ()


@dataclass(frozen=True)
class Glance:
    """A summary of a cell: how many tokens serve it.

    Attributes:
        named: whether they name it in their scope.
        preview: whether one of them has a preview token.
    """

    count: int
    named: bool
    preview: bool


Tokens = int
"""A set of tokens: bit n is the stack's nth token."""


@dataclass(frozen=True)
class Coverage:
    """The map. Names in a scope that the stack doesn't have are in none of its cells.

    Attributes:
        unplaced: the tokens that name no environment, or no branch, and may still serve
            some.
    """

    environments: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()
    unplaced: tuple[DeliveryToken, ...] = ()
    _tokens: tuple[DeliveryToken, ...] = ()
    _preview: Tokens = 0
    _rows: Mapping[str, Tokens] = field(default_factory=dict)
    _columns: Mapping[Lane, Tokens] = field(default_factory=dict)
    _contents: Mapping[str, Tokens] = field(default_factory=dict)

    def cell(self, environment: str, lane: Lane) -> Cell:
        """Return one cell of the map."""
        named, near = self._cell(environment, lane)
        return Cell(tuple(self._listed(named)), tuple(self._listed(near)))

    def glance(self, environment: str, lane: Lane) -> Glance:
        """Count the tokens that name a cell, else those that name the same content."""
        named, near = self._cell(environment, lane)
        tokens = named or near
        return Glance(tokens.bit_count(), bool(named), bool(tokens & self._preview))

    @property
    def uncovered(self) -> int:
        """How many cells no token serves, not even under another name."""
        sizes = self._sizes()
        return sum(size for named, near, size in sizes if not named and not near)

    @property
    def otherwise_covered(self) -> int:
        """How many cells are served only under another name of the branch."""
        sizes = self._sizes()
        return sum(size for named, near, size in sizes if near and not named)

    @property
    def doubles(self) -> int:
        """How many cells are named by more than one token."""
        return sum(size for named, _, size in self._sizes() if named & (named - 1))

    def _cell(self, environment: str, lane: Lane) -> tuple[Tokens, Tokens]:
        row = self._rows.get(environment, 0)
        named = row & self._columns.get(lane, 0)
        return named, row & self._contents.get(lane.content, 0) & ~named

    def _sizes(self) -> Iterator[tuple[Tokens, Tokens, int]]:
        """Yield who names cells, who serves them otherwise, and how many cells."""
        rows = Counter(self._rows.get(name, 0) for name in self.environments)
        columns = Counter(
            (self._columns[lane], self._contents.get(lane.content, 0))
            for lane in self.lanes
        )
        for row, height in rows.items():
            for (column, content), width in columns.items():
                yield row & column, row & content & ~column, height * width

    def _listed(self, tokens: Tokens) -> Iterator[DeliveryToken]:
        while tokens:
            lowest = tokens & -tokens
            yield self._tokens[lowest.bit_length() - 1]
            tokens ^= lowest


def coverage_of(snapshot: Snapshot) -> Coverage:
    """Return the map as of the last reading; a stack without branches has one lane."""
    tokens = snapshot.delivery.items
    lanes = _lanes(snapshot)
    scopes = [token.scope for token in tokens]
    named = {
        "branch": _by_name(scope.branches for scope in scopes),
        "alias": _by_name(scope.aliases for scope in scopes),
    }
    everything = {_ALL: (1 << len(tokens)) - 1}
    columns: dict[Lane, Tokens] = {}
    contents: dict[str, Tokens] = {}
    for lane in lanes:
        names = named.get(lane.kind, everything)
        columns[lane] = names.get(lane.name, 0) | names.get(_ALL, 0)
        contents[lane.content] = contents.get(lane.content, 0) | columns[lane]
    preview = (1 << at for at, token in enumerate(tokens) if token.preview)
    return Coverage(
        tuple(item.name for item in snapshot.environments.items),
        lanes,
        tuple(token for token in tokens if not _is_placed(token.scope, snapshot)),
        tokens,
        sum(preview),
        _by_name(scope.environments for scope in scopes),
        columns,
        contents,
    )


def _is_placed(scope: Scope, snapshot: Snapshot) -> bool:
    """Return whether a scope names what it serves."""
    lanes = scope.branches or scope.aliases or not snapshot.has_branches
    return bool(scope.environments and lanes)


def _lanes(snapshot: Snapshot) -> tuple[Lane, ...]:
    if not snapshot.has_branches:
        return (Lane("stack"),)
    branches = (Lane("branch", item.uid) for item in snapshot.branches.items)
    aliases = (Lane("alias", item.uid, item.branch) for item in snapshot.aliases.items)
    return (*branches, *aliases)


def _by_name(scopes: Iterable[tuple[str, ...]]) -> dict[str, Tokens]:
    """Return the tokens that name something, by that name."""
    found: dict[str, Tokens] = {}
    for at, names in enumerate(scopes):
        for name in set(names):
            found[name] = found.get(name, 0) | 1 << at
    return found
