"""The rows of a table, filtered and sorted; free of Textual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from tui.widgets.columns import Column
from tui.widgets.matching import fold, haystack, matches, words

SortKey: TypeAlias = str | float | date | None
"""What a column is sorted by: one type in a column; None is a missing value, which always comes last."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: Tells it from all others, over any number of refreshes.
        cells: Display text for each column.
        sort_keys: What each column is sorted by; where it ends, the cell's text is used.
        style: How the whole row is toned; it must also be told by a word in a cell.
    """

    key: str
    cells: tuple[str, ...]
    sort_keys: tuple[SortKey, ...] = ()
    style: Literal["normal", "dim", "warn"] = "normal"


class TableModel:
    """Rows as they came, and `shown`: those that match the filter, in the order that was asked for."""

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.columns: tuple[Column, ...] = tuple(columns)
        self.shown: list[Row] = []
        self.places: dict[str, int] = {}
        self.filter_text = ""
        self.sort_key: str | None = None
        self._rows: list[tuple[Row, str]] = []
        self._ordered: list[tuple[Row, str]] = []

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._rows)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take other rows; filter and sort stay."""
        self._rows = [(row, haystack(row.cells)) for row in rows]
        self._order()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of the text appears."""
        self.filter_text = text
        self._filter()

    def set_sort(self, key: str | None) -> None:
        """Sort by a column, or by none: the order in which the rows came."""
        self.sort_key = key
        self._order()

    def _order(self) -> None:
        index = next((i for i, column in enumerate(self.columns) if column.key == self.sort_key), None)
        self._ordered = self._rows if index is None else _sorted(self._rows, index)
        self._filter()

    def _filter(self) -> None:
        wanted = words(self.filter_text)
        self.shown = [row for row, hay in self._ordered if matches(wanted, hay)]
        self.places = {row.key: place for place, row in enumerate(self.shown)}


def _sorted(rows: Sequence[tuple[Row, str]], index: int) -> list[tuple[Row, str]]:
    keyed = [(_sort_value(pair[0], index), pair) for pair in rows]
    present = [item for item in keyed if item[0] is not None]
    present.sort(key=lambda item: item[0])  # type: ignore[arg-type,return-value]  # one type in a column, see SortKey
    return [pair for _, pair in present] + [pair for value, pair in keyed if value is None]


def _sort_value(row: Row, index: int) -> SortKey:
    if index < len(row.sort_keys):
        value = row.sort_keys[index]
        return fold(value) if isinstance(value, str) else value
    return fold(row.cells[index])


def nearest(before: Sequence[Row], position: int, places: Mapping[str, int]) -> int:
    """Where the cursor goes when its row has vanished: to the row below it that is still there, else above.

    Args:
        before: The rows as they were shown until now.
        position: The cursor's place among them.
        places: The places of the rows that are shown now.

    Returns:
        A place among the rows that are shown now, 0 when none of the old ones is.
    """
    below = before[position:]
    above = reversed(before[:position])
    return next((places[row.key] for part in (below, above) for row in part if row.key in places), 0)
