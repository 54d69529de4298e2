"""A table in which one moves both ways.

A cursor on one cell, head lines and names of rows that stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Unpack

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.columns import GAP
from tui.widgets.lines import Line, LineOptions, Run, cut_line, spread
from tui.widgets.row_list import RowList
from tui.widgets.table_model import Row

_NARROWEST, _WIDEST = 5, 15


@dataclass(frozen=True)
class GridColumn:
    """A column: its key, its title, and the kind of column, which stands above the first of its kind."""

    key: str
    title: str
    group: str = ""


class Grid(RowList):
    """Rows by columns; each row's first cell is its name.

    Only the cells in view are composed.

    When the cursor leaves the window sideways, the window jumps by half its width, as
    it does by half its height.

    Args:
        tone: The tone of a cell by its text.
        empty: Said where there is no row at all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "aside(-1)", "Left", show=False),
        Binding("right,l", "aside(1)", "Right", show=False),
        Binding("home", "aside(-10000)", "First column", show=False),
        Binding("end", "aside(10000)", "Last column", show=False),
    ]
    head = 2
    filtered = False

    class Moved(Message):
        """The cursor may have come to another cell."""

    def __init__(
        self,
        *,
        tone: Callable[[str], str] = lambda _text: "",
        empty: str = "",
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(empty=empty, **options)
        self._tone = tone
        self._columns: tuple[GridColumn, ...] = ()
        self._column = 0
        self._left = 0
        self._names = _NARROWEST

    def set_grid(self, columns: Sequence[GridColumn], rows: Sequence[Row]) -> None:
        """Take other columns and rows.

        The cursor stays on its cell as far as that is there.
        """
        keys = [column.key for column in columns]
        kept = keys.index(self.column_key) if self.column_key in keys else self._column
        self._columns = tuple(columns)
        self._column = max(0, min(kept, len(keys) - 1))
        longest = max((cell_len(self.clean(row.cells[0])) for row in rows), default=0)
        self._names = max(_NARROWEST, min(_WIDEST, longest))
        self.set_rows(rows)

    @property
    def column_key(self) -> str | None:
        """The key of the column under the cursor, or None where there is none."""
        return self._columns[self._column].key if self._columns else None

    def cursor_moved(self) -> None:
        """Bring the column into view, and tell the screen."""
        if self._column not in self._seen(self._left) or (
            self._left and self._ends(self._left - 1)
        ):
            self._left = self._column
            while self._left and self._may_start(self._left - 1):
                self._left -= 1
        self.repaint()
        self.post_message(self.Moved())

    def action_aside(self, columns: int) -> None:
        """Move the cursor by some columns."""
        self._column = max(0, min(self._column + columns, len(self._columns) - 1))
        self.cursor_moved()

    # Drawing

    def _seen(self, left: int) -> dict[int, int]:
        """The columns in view from `left` on, by their index, with their cells.

        At least one.
        """
        room = self.size.width - 2 - self._names
        seen: dict[int, int] = {}
        for index, column in enumerate(self._columns[left:], start=left):
            size = max(_NARROWEST, min(_WIDEST, cell_len(self.clean(column.title))))
            room -= GAP + size
            if room < 0 and seen:
                break
            seen[index] = size
        return seen

    def _ends(self, left: int) -> bool:
        return not self._columns or len(self._columns) - 1 in self._seen(left)

    def _may_start(self, left: int) -> bool:
        """Whether the window may start there.

        The cursor in view, in its first half unless the grid ends.
        """
        seen = self._seen(left)
        return self._column in seen and (
            self._column - left <= len(seen) // 2 or self._ends(left)
        )

    def head_line(self, y: int, width: int) -> Line:
        """The kinds of columns, and whether there are more at the sides.

        Then the titles.
        """
        seen, gap = self._seen(self._left), " " * GAP
        if y == 1:
            runs: list[Run] = [(" " * (1 + self._names), "")]
            for index, size in seen.items():
                tone = "strong" if index == self._column else "muted"
                runs += [(gap, ""), (self.fit(self._columns[index].title, size), tone)]
            return cut_line(tuple(runs), width, self.glyphs.ellipsis)
        text, before, place = " ← more" if self._left else "", "", 1 + self._names
        for index, size in seen.items():
            if self._columns[index].group != before:
                before = self._columns[index].group
                text = self.fit(text, place + GAP) + self.clean(before)
            place += GAP + size
        more: Line = (
            () if self._ends(self._left) else ((self.clean("more →"), "muted"),)
        )
        return spread(
            ((self.clean(text), "muted"),), more, width, self.glyphs.ellipsis, gap=1
        )

    def row_line(self, row: Row, width: int, lit: bool) -> Line:
        """The name of the row, and its cells in view."""
        runs: list[Run] = [
            (self.glyphs.bar if lit else " ", "bar"),
            (self.fit(row.cells[0], self._names), "strong" if lit else ""),
        ]
        for index, size in self._seen(self._left).items():
            text = row.cells[index + 1]
            tone = self._tone(text)
            if lit and index == self._column:
                tone = "cursor" if self.has_focus else "cursor-blurred"
            runs += [(" " * GAP, ""), (self.fit(text, size), tone)]
        return cut_line(tuple(runs), width, self.glyphs.ellipsis)
