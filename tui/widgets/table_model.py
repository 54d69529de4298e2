"""The rows of a table, filtered and sorted; Textual isn't needed here."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len

from tui.clock import Clock, utc_now
from tui.matching import fold, haystack
from tui.widgets.columns import Column

if TYPE_CHECKING:
    from tui.query.fields import Field
    from tui.query.filtering import QueryRow
    from tui.query.parsing import QueryError
    from tui.query.tree import Query

_ARRANGED_AT_ONCE = 1_000
"""How many rows take a few milliseconds to filter or sort."""

SortKey: TypeAlias = str | float | date | None
"""What a column is sorted by: one type in each column, or None for a missing value."""


@lru_cache(maxsize=1_000)
def sort_text(cell: str) -> str:
    """Return what a cell's text is sorted by.

    Thousands of rows share the stacks, environments and ages that they show, so they
    share this too.
    """
    return cell.casefold()


RowStyle: TypeAlias = Literal["normal", "dim", "good", "warn", "error"]


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: Identifies it, over any number of refreshes.
        cells: Display text for each column; a wide grid may work it out on demand.
        sort_keys: What each column is sorted by; the cell's text for columns beyond it.
        style: The tone of the whole row; a word in a cell must convey it too.
    """

    key: str
    cells: Sequence[str]
    sort_keys: tuple[SortKey, ...] = ()
    style: RowStyle = "normal"


@dataclass(frozen=True)
class Queries:
    """What a filter can ask for besides words.

    Attributes:
        fields: The fields of the query language.
        clock: Gives the time that ages are measured from.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    clock: Clock = utc_now


class TableModel:
    """Rows, and the `keys` of those that match the filter, in the requested order.

    `held` is the width of the widest text in each column, among the prepared rows.
    `problem` is what is wrong with the filter; meanwhile the last valid one applies.

    A row is created when it is first asked for: 10,000 tokens are drawn in 23 ms, while
    a bare Textual app draws 20 in 18 (benchmarks/results.md). Sorting asks for all of
    them, and so does a filter, unless `prepare` has done it in the meantime. While it
    `waits`, rows, filter and sort are only noted, until `arrange` or `arranging`.
    """

    def __init__(
        self, columns: Sequence[Column] = (), queries: Queries = Queries()
    ) -> None:
        self.columns: tuple[Column, ...] = tuple(columns)
        self.keys: Sequence[str] = ()
        self.places: dict[str, int] = {}
        self.filter_text = ""
        self.problem: QueryError | None = None
        self.sort_key: str | None = None
        self.backwards = False
        self.held: tuple[int, ...] = (0,) * len(self.columns)
        self.waits = False
        self._all: Sequence[str] = ()
        self._row_at: Callable[[int], Row]
        self._ordered: Sequence[int] = ()
        self._ordered_by: object = None
        self._shown: Sequence[int] = ()
        self._haystacks: list[str] = []
        self._queries = queries
        self._query: Query | None = None
        self._asked_at: Callable[[int], QueryRow] | None = None

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    @property
    def is_prepared(self) -> bool:
        """Whether everything that filter and sort look at is prepared."""
        return len(self._haystacks) >= self.total

    @property
    def looks_at_all(self) -> bool:
        """Whether the order, or which rows are shown, depends on each row's content."""
        is_filtered = self._query is not None and bool(self._query.any_of)
        return self.sort_key is not None or is_filtered

    def waiting_copy(self) -> TableModel:
        """Return a model of the same rows, in which changes are only noted."""
        other = copy(self)
        other.waits = True
        return other

    def arrange(self) -> None:
        """Apply what was noted."""
        self.waits = False
        self._order()

    def arranging(self) -> Iterator[None]:
        """Apply what was noted, doing part of the work at each step."""
        self.waits = False
        return self._ordering()

    def row(self, place: int) -> Row:
        """Return the row shown at a place, from 0 at the top."""
        return self._row_at(self._shown[place])

    def set_rows(
        self,
        keys: Sequence[str],
        row_at: Callable[[int], Row],
        asked_at: Callable[[int], QueryRow] | None = None,
    ) -> None:
        """Replace the rows: their keys, and what creates the row at an index.

        `asked_at` returns the row at an index as a query sees it, with its fields.
        Filter and sort stay.
        """
        self._asked_at = asked_at
        self._all, self._row_at, self._haystacks = keys, cache(row_at), []
        self._ordered_by = None
        self.held = (0,) * len(self.columns)
        self._order()

    def set_filter(self, text: str) -> None:
        """Show only rows that match a query: those in which all of its words appear.

        An invalid query leaves the rows as they are, and sets `problem`.
        """
        # Only loaded when someone filters.
        from tui.query.parsing import QueryError, parse  # noqa: PLC0415

        self.filter_text, self.problem = text, None
        try:
            self._query = parse(text, self._queries.fields)
        except QueryError as problem:
            self.problem = problem
        else:
            self._filter()

    def set_sort(self, key: str | None, *, backwards: bool = False) -> None:
        """Sort by a column, or by none: the order in which the rows were set."""
        self.sort_key, self.backwards = key, backwards
        self._order()

    def prepare(self, count: int) -> None:
        """Prepare `count` more rows: the texts for the filter, and their widths."""
        done = len(self._haystacks)
        held = list(self.held)
        for index in range(done, min(done + count, self.total)):
            cells = self._row_at(index).cells
            self._haystacks.append(haystack(cells))
            for place, size in enumerate(map(cell_len, cells[: len(held)])):
                held[place] = max(held[place], size)
        self.held = tuple(held)

    def _order(self) -> None:
        if not self.waits:
            _do_all(self._ordering())

    def _ordering(self) -> Iterator[None]:
        order = (self.sort_key, self.backwards)
        if self._ordered_by != order:
            self._ordered = yield from self._in_order()
            self._ordered_by = order
        yield from self._filtering()

    def _in_order(self) -> Generator[None, None, Sequence[int]]:
        keys = [column.key for column in self.columns]
        if self.sort_key in keys:
            return (yield from self._sorted(keys.index(self.sort_key)))
        indexes = range(self.total)
        return indexes[::-1] if self.backwards else indexes

    def _sorted(self, column: int) -> Generator[None, None, list[int]]:
        values: list[SortKey] = []
        for part in _parts(range(self.total)):
            values += [_sort_value(self._row_at(index), column) for index in part]
            yield
        present = [index for index, value in enumerate(values) if value is not None]
        missing = [index for index, value in enumerate(values) if value is None]
        # Each column has one type, see SortKey.
        present.sort(key=values.__getitem__, reverse=self.backwards)  # type: ignore[arg-type]
        return present + missing

    def _fitting(self, query: Query) -> Generator[None, None, list[int]]:
        from tui.query.filtering import compiled  # noqa: PLC0415

        fits = compiled(query, self._queries.clock(), self._queries.fields)
        asked_at = self._asked_at or _no_fields
        if query.has_words:
            self.prepare(self.total)
        texts: Sequence[str] = self._haystacks
        if not query.has_words:
            texts = ("",) * self.total
        found: list[int] = []
        for part in _parts(self._ordered):
            found += [
                index for index in part if fits(_Asked(texts[index], asked_at, index))
            ]
            yield
        return found

    def _filter(self) -> None:
        if not self.waits:
            _do_all(self._filtering())

    def _filtering(self) -> Iterator[None]:
        shown = self._ordered
        if self._query is not None and self._query.any_of:
            shown = yield from self._fitting(self._query)
        self._shown = shown
        self.keys = self._all
        if shown != range(self.total):
            self.keys = [self._all[index] for index in shown]
        self.places = {key: place for place, key in enumerate(self.keys)}


def _do_all(steps: Iterable[None]) -> None:
    for _ in steps:
        pass


def _parts(indexes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the indexes in parts that take a few milliseconds each."""
    rest = iter(indexes)
    while part := list(islice(rest, _ARRANGED_AT_ONCE)):
        yield part


class _Asked:
    """A row as a query sees it: the words in its cells, and the fields of its subject.

    One is created for each row at each key press, so it is small and looks nothing up
    until a field is asked for.
    """

    __slots__ = ("_asked_at", "_index", "haystack")

    def __init__(
        self, haystack: str, asked_at: Callable[[int], QueryRow], index: int
    ) -> None:
        self.haystack = haystack
        self._asked_at = asked_at
        self._index = index

    def texts(self, field: str) -> Sequence[str]:
        return self._asked_at(self._index).texts(field)

    def moment(self, field: str) -> datetime | None:
        return self._asked_at(self._index).moment(field)


def _no_fields(_index: int) -> QueryRow:
    raise LookupError("these rows have no fields")


def _sort_value(row: Row, column: int) -> SortKey:
    if column < len(row.sort_keys):
        value = row.sort_keys[column]
        return fold(value) if isinstance(value, str) else value
    return fold(row.cells[column])


def nearest(before: Sequence[str], position: int, places: Mapping[str, int]) -> int:
    """Return where the cursor goes when its row is gone: below, else above.

    Args:
        before: The keys of the rows as they were shown until now.
        position: The cursor's place among them.
        places: The places of the rows that are shown now.

    Returns:
        A place among the rows that are shown now, 0 when none of the old ones is.
    """
    below, above = before[position:], reversed(before[:position])
    kept = (places[key] for key in chain(below, above) if key in places)
    return next(kept, 0)
