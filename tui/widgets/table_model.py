"""The rows of a table, filtered and sorted; Textual is not needed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from typing import Literal, TypeAlias

from rich.cells import cell_len

from tui.matching import fold, haystack, matches, words
from tui.widgets.columns import Column

SortKey: TypeAlias = str | float | date | None
"""What a column is sorted by: one type in each column, or None for a missing value."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: Tells it from all others, over any number of refreshes.
        cells: Display text for each column; a wide grid may work it out when asked.
        sort_keys: What each column is sorted by; the cell's text where this ends.
        style: The tone of the whole row; a word in a cell must tell it too.
    """

    key: str
    cells: Sequence[str]
    sort_keys: tuple[SortKey, ...] = ()
    style: Literal["normal", "dim", "warn"] = "normal"


class TableModel:
    """Rows, and the `keys` of those that match the filter, in the order asked for.

    `held` are the cells that the widest text of each column takes, among the rows that
    were prepared.

    A row is created when it is first asked for: 10,000 tokens are drawn in 23 ms, where
    a bare Textual app draws 20 in 18 (benchmarks/results.md). Sorting asks for all of
    them, and so does a filter, unless `prepare` has done it in the meantime: while
    `waits`, rows, filter and sort are only noted, until `arrange`.
    """

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.columns: tuple[Column, ...] = tuple(columns)
        self.keys: Sequence[str] = ()
        self.places: dict[str, int] = {}
        self.filter_text = ""
        self.sort_key: str | None = None
        self.backwards = False
        self.held: tuple[int, ...] = (0,) * len(self.columns)
        self.waits = False
        self._all: Sequence[str] = ()
        self._row_at: Callable[[int], Row]
        self._ordered: Sequence[int] = ()
        self._shown: Sequence[int] = ()
        self._haystacks: list[str] = []

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    @property
    def is_prepared(self) -> bool:
        """Whether filter and sort find all that they look at."""
        return len(self._haystacks) >= self.total

    @property
    def looks_at_all(self) -> bool:
        """Whether the order, or what is shown, depends on what each row holds."""
        return self.sort_key is not None or bool(words(self.filter_text))

    def waiting_copy(self) -> TableModel:
        """Return a model of the same rows, in which changes are only noted."""
        other = copy(self)
        other.waits = True
        return other

    def arrange(self) -> None:
        """Show what was noted."""
        self.waits = False
        self._order()

    def row(self, place: int) -> Row:
        """Return the row shown at a place, from 0 at the top."""
        return self._row_at(self._shown[place])

    def set_rows(self, keys: Sequence[str], row_at: Callable[[int], Row]) -> None:
        """Replace the rows: their keys, and what creates the row at an index of these.

        Filter and sort stay.
        """
        self._all, self._row_at, self._haystacks = keys, cache(row_at), []
        self.held = (0,) * len(self.columns)
        self._order()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of the text appears."""
        self.filter_text = text
        self._filter()

    def set_sort(self, key: str | None, *, backwards: bool = False) -> None:
        """Sort by a column, or by none: the order in which the rows came."""
        self.sort_key, self.backwards = key, backwards
        self._order()

    def prepare(self, count: int) -> None:
        """Prepare so many more rows: the texts for the filter, and their widths."""
        done = len(self._haystacks)
        held = list(self.held)
        for index in range(done, min(done + count, self.total)):
            cells = self._row_at(index).cells
            self._haystacks.append(haystack(cells))
            for place, size in enumerate(map(cell_len, cells[: len(held)])):
                held[place] = max(held[place], size)
        self.held = tuple(held)

    def _order(self) -> None:
        if self.waits:
            return
        keys = [column.key for column in self.columns]
        self._ordered = range(self.total)
        if self.sort_key in keys:
            self._ordered = self._sorted(keys.index(self.sort_key))
        elif self.backwards:
            self._ordered = self._ordered[::-1]
        self._filter()

    def _sorted(self, column: int) -> list[int]:
        rows = map(self._row_at, range(self.total))
        values = [_sort_value(row, column) for row in rows]
        present = [index for index, value in enumerate(values) if value is not None]
        missing = [index for index, value in enumerate(values) if value is None]
        # One type in a column, see SortKey.
        present.sort(key=values.__getitem__, reverse=self.backwards)  # type: ignore[arg-type]
        return present + missing

    def _filter(self) -> None:
        if self.waits:
            return
        shown = self._ordered
        if wanted := words(self.filter_text):
            self.prepare(self.total)
            texts = self._haystacks
            shown = [index for index in shown if matches(wanted, texts[index])]
        self._shown = shown
        self.keys = self._all
        if shown != range(self.total):
            self.keys = [self._all[index] for index in shown]
        self.places = {key: place for place, key in enumerate(self.keys)}


def _sort_value(row: Row, column: int) -> SortKey:
    if column < len(row.sort_keys):
        value = row.sort_keys[column]
        return fold(value) if isinstance(value, str) else value
    return fold(row.cells[column])


def nearest(before: Sequence[str], position: int, places: Mapping[str, int]) -> int:
    """Return where the cursor goes when its row has vanished: below, else above.

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
