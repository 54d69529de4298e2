"""The rows of a list, filtered and sorted; free of Textual.

A filter is a number of words; a row matches if each appears in it, in any case and any spelling of accents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui.display import visible

SortKey: TypeAlias = str | float
"""What a column is sorted by; one type in a column."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        key: Tells it from all others, over any number of refreshes.
        cells: Display text, one for each column.
        sort_keys: What each column is sorted by; where it ends, the cell's text is used.
        style: How the whole row is toned; it must also be told by a word in a cell.
    """

    key: str
    cells: tuple[str, ...]
    sort_keys: tuple[SortKey, ...] = ()
    style: Literal["normal", "dim", "warn"] = "normal"


class TableModel:
    """Rows as they came, and `shown`: those that match the filter, in the order that was asked for."""

    def __init__(self) -> None:
        self.shown: list[Row] = []
        self.places: dict[str, int] = {}
        self.filter_text = ""
        self.sort_column: int | None = None
        self._rows: list[tuple[Row, str]] = []
        self._ordered: list[tuple[Row, str]] = []

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._rows)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take other rows; filter and sort stay."""
        # The spaces keep a word from reaching into the next cell.
        self._rows = [(row, fold(" ".join(row.cells))) for row in rows]
        self._order()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word of the text appears."""
        self.filter_text = text
        self._filter()

    def set_sort(self, column: int | None) -> None:
        """Sort by a column, or by none: the order in which the rows came."""
        self.sort_column = column
        self._order()

    def _order(self) -> None:
        column = self.sort_column
        self._ordered = (
            self._rows if column is None else sorted(self._rows, key=lambda pair: _sort_key(pair[0], column))
        )
        self._filter()

    def _filter(self) -> None:
        words = fold(self.filter_text).split()
        self.shown = [row for row, text in self._ordered if all(word in text for word in words)]
        self.places = {row.key: place for place, row in enumerate(self.shown)}


def fold(text: str) -> str:
    """The text as it is compared: cleaned as it is on the screen, without case, accents composed."""
    if not text.isprintable():
        text = visible(text)
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _sort_key(row: Row, column: int) -> SortKey:
    key = row.sort_keys[column] if column < len(row.sort_keys) else row.cells[column]
    return fold(key) if isinstance(key, str) else key


def nearest(before: Sequence[Row], position: int, places: Mapping[str, int]) -> int:
    """Where the cursor goes when its row has vanished: to the row below it that is still there, else above.

    `before` are the rows as they were shown until now, `position` is the cursor's place among them, `places`
    tells where rows are shown now. The answer is 0 when none of the old ones is.
    """
    below = before[position:]
    above = reversed(before[:position])
    return next((places[row.key] for part in (below, above) for row in part if row.key in places), 0)
