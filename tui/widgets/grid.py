"""A table with a cursor on one cell; header lines and row names stay in view."""

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
    """A column: key, title, and a kind, shown above the first column of that kind."""

    key: str
    title: str
    group: str = ""


class Grid(RowList):
    """Rows by columns; each row's first cell is its name.

    Only the cells in view are composed. When the cursor leaves the window sideways, the
    window jumps by half its width, as it does by half its height.

    Args:
        tone: Returns the tone of a cell by its text.
        empty: Shown if there are no rows at all.
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
        """The cursor may have moved to another cell."""

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
        if self.glyphs.plain_screen:
            self.head = 0

    def set_grid(self, columns: Sequence[GridColumn], rows: Sequence[Row]) -> None:
        """Replace columns and rows; the cursor stays on its cell if it still exists."""
        keys = [column.key for column in columns]
        column = self._column
        if self.column_key in keys:
            column = keys.index(self.column_key)
        self._columns = tuple(columns)
        self._column = max(0, min(column, len(keys) - 1))
        lengths = (cell_len(self.clean(row.cells[0])) for row in rows)
        self._names = _within_limits(max(lengths, default=0))
        self.set_rows(rows)

    @property
    def column_key(self) -> str | None:
        """The key of the column under the cursor, or None if there is none."""
        return self._columns[self._column].key if self._columns else None

    def cursor_moved(self) -> None:
        """Bring the column into view, and tell the screen."""
        out_of_view = self._column not in self._seen(self._left)
        wastes_room = self._left > 0 and self._ends(self._left - 1)
        if out_of_view or wastes_room:
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
        """Return the columns in view from `left` on: the width of each by its index."""
        # Leave room for the cursor's sign, its second bracket, and the thumb.
        room = self.size.width - 3 - self._names
        seen: dict[int, int] = {}
        for index, column in enumerate(self._columns[left:], start=left):
            size = _within_limits(cell_len(self.clean(column.title)))
            room -= GAP + size
            # Show at least one.
            if room < 0 and seen:
                break
            seen[index] = size
        return seen

    def _ends(self, left: int) -> bool:
        return not self._columns or len(self._columns) - 1 in self._seen(left)

    def _may_start(self, left: int) -> bool:
        """Return whether a window starting at `left` has the cursor well in view."""
        seen = self._seen(left)
        in_first_half = self._column - left <= len(seen) // 2
        return self._column in seen and (in_first_half or self._ends(left))

    def head_line(self, y: int, width: int) -> Line:
        """Return the line of column kinds, or the line of titles below it."""
        seen = self._seen(self._left)
        return self._titles(seen, width) if y else self._kinds(seen, width)

    def _kinds(self, seen: dict[int, int], width: int) -> Line:
        """Return each kind above the first of its columns, and signs for more."""
        text = " ← more" if self._left else ""
        before, place = "", 1 + self._names
        for index, size in seen.items():
            if self._columns[index].group != before:
                before = self._columns[index].group
                text = self.fit(text, place + GAP) + self.clean(before)
            place += GAP + size
        kinds = ((self.clean(text), "muted"),)
        more = () if self._ends(self._left) else ((self.clean("more →"), "muted"),)
        return spread(kinds, more, width, self.glyphs.ellipsis, gap=1)

    def _titles(self, seen: dict[int, int], width: int) -> Line:
        runs: list[Run] = [(" " * (1 + self._names), "")]
        for index, size in seen.items():
            tone = "strong" if index == self._column else "muted"
            title = self.fit(self._columns[index].title, size)
            runs += [(" " * GAP, ""), (title, tone)]
        return cut_line(tuple(runs), width, self.glyphs.ellipsis)

    def row_line(self, row: Row, width: int) -> Line:
        """Return the name of the row, and its cells in view; brackets at the cursor."""
        if self.glyphs.plain_screen:
            return ((self.cut(f"  {self._in_words(row)}", width), ""),)
        runs: list[Run] = [(f" {self.fit(row.cells[0], self._names)}", "")]
        # The brackets take the last blank before the cell and the first one after it.
        opening = " " * GAP
        for index, size in self._seen(self._left).items():
            text = row.cells[index + 1]
            if row.key == self.cursor_key and index == self._column:
                body = f"[{self.cut(text, size)}]"
                runs += [(opening[1:], ""), (self.fit(body, size + 2), "strong")]
                opening = " " * (GAP - 1)
                continue
            runs += [(opening, ""), (self.fit(text, size), self._tone(text))]
            opening = " " * GAP
        return cut_line(tuple(runs), width, self.glyphs.ellipsis)

    def _in_words(self, row: Row) -> str:
        """Return the row's name, and its cell in the column of the cursor."""
        if not self._columns:
            return row.cells[0]
        column = self._columns[self._column]
        where = f"{row.cells[0]}, {column.title}" if column.title else row.cells[0]
        return f"{where}: {row.cells[self._column + 1]}"

    def cursor_cell(self) -> tuple[int, int]:
        """Return where the selected cell begins."""
        x, y = super().cursor_cell()
        nowhere = not self._columns or self.cursor_key is None
        if nowhere or self.glyphs.plain_screen:
            return x, y
        seen = self._seen(self._left)
        before = [size for index, size in seen.items() if index < self._column]
        return self._names + GAP * (len(before) + 1) + sum(before), y


def _within_limits(size: int) -> int:
    return max(_NARROWEST, min(_WIDEST, size))
