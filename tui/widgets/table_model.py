"""The rows of a table, filtered and sorted; free of Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from tui.widgets.columns import Column
from tui.widgets.matching import fold, haystack, matches, words

SortKey: TypeAlias = str | float | date | None
"""What a column is sorted by: one type in a column.

None is a missing value, which always comes last.
"""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: Tells it from all others, over any number of refreshes.
        cells: Display text for each column; of a wide grid it may be worked out when it
            is asked for.
        sort_keys: What each column is sorted by; where it ends, the cell's text is
            used.
        style: How the whole row is toned; it must also be told by a word in a cell.
    """

    key: str
    cells: Sequence[str]
    sort_keys: tuple[SortKey, ...] = ()
    style: Literal["normal", "dim", "warn"] = "normal"


class TableModel:
    """Rows as they came, and `keys`, those of the rows that match the filter, in the order asked for.

    A row is made when it is first asked for, so that ten thousand are there as fast as twenty. Sorting asks
    for all of them, and so does a filter, unless `prepare` has done it in the meantime.
    """

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.columns: tuple[Column, ...] = tuple(columns)
        self.keys: Sequence[str] = ()
        self.places: dict[str, int] = {}
        self.filter_text = ""
        self.sort_key: str | None = None
        self._all: Sequence[str] = ()
        self._make: Callable[[int], Row]
        self._ordered: Sequence[int] = ()
        self._shown: Sequence[int] = ()
        self._haystacks: list[str] = []

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    def row(self, place: int) -> Row:
        """The row shown at a place, from 0 at the top."""
        return self._make(self._shown[place])

    def set_rows(self, keys: Sequence[str], make: Callable[[int], Row]) -> None:
        """Take other rows: their keys, and what makes the row of an index among them.

        Filter and sort stay.
        """
        self._all, self._make, self._haystacks = keys, cache(make), []
        self._order()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of the text appears."""
        self.filter_text = text
        self._filter()

    def set_sort(self, key: str | None) -> None:
        """Sort by a column, or by none: the order in which the rows came."""
        self.sort_key = key
        self._order()

    def prepare(self, count: int) -> None:
        """Make so many more of the texts in which the filter looks, as far as there are rows."""
        done = len(self._haystacks)
        for index in range(done, min(done + count, self.total)):
            self._haystacks.append(haystack(self._make(index).cells))

    def _order(self) -> None:
        column = next(
            (i for i, column in enumerate(self.columns) if column.key == self.sort_key),
            None,
        )
        self._ordered = range(self.total) if column is None else self._sorted(column)
        self._filter()

    def _sorted(self, column: int) -> list[int]:
        values = [_sort_value(self._make(index), column) for index in range(self.total)]
        present = [index for index, value in enumerate(values) if value is not None]
        present.sort(key=values.__getitem__)  # type: ignore[arg-type]  # one type in a column, see SortKey
        return present + [index for index, value in enumerate(values) if value is None]

    def _filter(self) -> None:
        shown = self._ordered
        if wanted := words(self.filter_text):
            self.prepare(self.total)
            shown = [
                index for index in shown if matches(wanted, self._haystacks[index])
            ]
        self._shown = shown
        whole = self._all
        self.keys = (
            whole if shown == range(len(whole)) else [whole[index] for index in shown]
        )
        self.places = {key: place for place, key in enumerate(self.keys)}


def _sort_value(row: Row, column: int) -> SortKey:
    if column < len(row.sort_keys):
        value = row.sort_keys[column]
        return fold(value) if isinstance(value, str) else value
    return fold(row.cells[column])


def nearest(before: Sequence[str], position: int, places: Mapping[str, int]) -> int:
    """Where the cursor goes when its row has vanished.

    To the row below it that is still there, else above.

    Args:
        before: The keys of the rows as they were shown until now.
        position: The cursor's place among them.
        places: The places of the rows that are shown now.

    Returns:
        A place among the rows that are shown now, 0 when none of the old ones is.
    """
    below = before[position:]
    above = reversed(before[:position])
    return next(
        (places[key] for part in (below, above) for key in part if key in places), 0
    )
