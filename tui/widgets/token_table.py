"""A table of rows that can be filtered, sorted and marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import ClassVar, Self, Unpack

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from tui.widgets import cells
from tui.widgets.columns import GAP, Column, share
from tui.widgets.lines import Line, LineOptions, WidgetMessage
from tui.widgets.row_list import RowList
from tui.widgets.table_model import Queries, Row

_TONES = {
    "normal": "",
    "dim": "muted",
    "good": "good",
    "warn": "warn",
    "error": "error",
}
_MARK, _WARNING = "*", "!"


class TokenTable(RowList):
    """A table below a fixed header line.

    A refresh keeps cursor, marks, filter, sort and the place on the screen, by the
    rows' keys. Enter opens a row; the keys that mark, filter and sort belong to the
    screen, which calls the methods.

    Args:
        columns: The columns from left to right.
        empty: Shown if there are no rows at all; several lines are allowed.
        no_match: Shown if the filter hides all rows.
        signs: Whether rows can be marked and warned about. This reserves two cells
            before each row, so that a sign shifts nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False)
    ]
    head = 1

    class CursorMoved(WidgetMessage["TokenTable"]):
        """The cursor moved to another row: `key`, or None if no row is shown."""

        def __init__(self, table: TokenTable, key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class Opened(WidgetMessage["TokenTable"]):
        """Enter was pressed on the row `key`, or None if no row is shown."""

        def __init__(self, table: TokenTable, key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class Arranged(WidgetMessage["TokenTable"]):
        """Thousands of new rows have been filtered or sorted, and are shown now."""

    class MarksChanged(WidgetMessage["TokenTable"]):
        """Rows were marked or unmarked."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        no_match: str = "No matches.",
        signs: bool = False,
        queries: Queries = Queries(),
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(
            columns, empty=empty, no_match=no_match, queries=queries, **options
        )
        self._signs = signs
        if self.glyphs.plain_screen:
            self.head = 0
        self._warned: frozenset[str] = frozenset()
        self._announced: str | None = None
        self._row_lines: dict[tuple[str, int], Line] = {}

    @property
    def marked(self) -> frozenset[str]:
        """The keys of the marked rows, including those that the filter hides."""
        return self._marked

    def warn_about(self, keys: Iterable[str]) -> None:
        """Show a warning sign before these rows only."""
        self._warned = frozenset(keys)
        self.repaint()

    @property
    def sort_key(self) -> str | None:
        """The key of the column sorted by, or None for the order of the rows as set."""
        return self._latest.sort_key

    @property
    def backwards(self) -> bool:
        """Whether the order is reversed."""
        return self._latest.backwards

    @property
    def order_words(self) -> str:
        """The order of the rows in words; empty for the order of the rows as set."""
        for column in self._model.columns:
            if column.key == self.sort_key and column.order:
                return column.order[self.backwards]
        return ""

    def sort_by(self, key: str | None, *, backwards: bool = False) -> None:
        """Sort by a column, or by none; missing values come last."""
        self._rearrange(lambda model: model.set_sort(key, backwards=backwards))

    def sort_next(self) -> None:
        """Sort by the next column, in view or not; after the last one, by none."""
        keys = [column.key for column in self._model.columns if column.order]
        place = keys.index(self.sort_key) + 1 if self.sort_key in keys else 0
        self.sort_by(keys[place] if place < len(keys) else None)

    def sort_backwards(self) -> None:
        """Reverse the order."""
        self.sort_by(self.sort_key, backwards=not self.backwards)

    def cursor_moved(self) -> None:
        """Tell the screen."""
        key = self.cursor_key
        if key != self._announced:
            self._announced = key
            self._tell(self.CursorMoved(self, key))

    def arranged(self) -> None:
        """Tell the screen."""
        self._tell(self.Arranged(self))

    def marks_changed(self) -> None:
        """Tell the screen."""
        self._tell(self.MarksChanged(self))

    def action_open(self) -> None:
        """Tell the screen that a row is to be opened."""
        self._tell(self.Opened(self, self.cursor_key))

    def _tell(self, message: Message) -> None:
        """Tell the screen directly: bubbling would pass each widget in between."""
        target = self.screen if self.is_attached else self
        target.post_message(message)

    # Drawing

    def cells_shown(self, width: int) -> int:
        """Return how much of the rows' contents a table of this width would show."""
        return sum(size for _, size in self._shares(width - 1))

    def _shares(self, width: int) -> tuple[tuple[int, int], ...]:
        model = self._model
        # Before there are any rows, show all titles that fit.
        held = model.held if model.total else (1,) * len(model.columns)
        return share(model.columns, held, width - self._prefix)

    @property
    def _prefix(self) -> int:
        """Cells before the first column: for the cursor, mark, warning and a blank."""
        return 4 if self._signs else 2

    def head_line(self, _y: int, width: int) -> Line:
        """Return the titles of the columns, with a sign at the one sorted by.

        If the title leaves no room for it, the sign goes in the gap between columns.
        """
        signs = list(" " * width)
        place = self._prefix
        for index, size in self._shares(width - 1):
            column = self._model.columns[index]
            title = self.fit(column.title, size, column.align)
            signs[place : place + size] = title
            if column.key == self.sort_key:
                signs[self._place_of_sign(column, place, size)] = self._sign
            place += size + GAP
        text = "".join(signs)
        return ((cells.cut(text, width, self.glyphs.ellipsis), "muted"),)

    @property
    def _sign(self) -> str:
        return self.glyphs.down if self.backwards else self.glyphs.up

    def _place_of_sign(self, column: Column, place: int, size: int) -> int:
        length = len(column.title)
        apart = length < size
        if column.align == "right":
            return place + size - min(length, size) - 1 - apart
        return place + min(length, size) + apart

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Paint the lines that differ; given lines differ only by the cursor."""
        if lines is None:
            self._row_lines.clear()
        super().repaint(lines)

    def refresh(self, *regions: Region, **what: bool) -> Self:
        """Paint the regions, or everything if there are none."""
        if not regions:
            self._row_lines.clear()
        return super().refresh(*regions, **what)

    def row_line(self, row: Row, width: int) -> Line:
        """Return the row's signs and cells, cached while the cursor moves."""
        line = self._row_lines.get((row.key, width))
        if line is None:
            line = self._row_lines[row.key, width] = self._composed_row(row, width)
        return line

    def _composed_row(self, row: Row, width: int) -> Line:
        if self.glyphs.plain_screen:
            return ((self.cut(f"  {self._in_words(row)}", width), _TONES[row.style]),)
        signs, tone = self._signs_of(row), _TONES[row.style]
        runs = [(f" {signs}", tone)]
        if _WARNING in signs:
            runs = [(f" {signs[0]}", tone), (_WARNING, "warn"), (" ", tone)]
        gap = ""
        for index, size in self._shares(width):
            column, text = self._model.columns[index], row.cells[index]
            is_quiet = not tone and (column.quiet or text == "-")
            fitted = self.fit(text, size, column.align, column.keep)
            runs.append((gap + fitted, "muted" if is_quiet else tone))
            gap = " " * GAP
        return self._in_tones(runs, width)

    def _in_tones(self, runs: Sequence[tuple[str, str]], width: int) -> Line:
        """Return the runs as one line; adjacent runs of one tone become one."""
        text = "".join(text for text, _ in runs)
        text = cells.fit(text, width, ellipsis=self.glyphs.ellipsis)
        line: list[tuple[str, str]] = []
        at = 0
        for tone, group in groupby(runs, itemgetter(1)):
            end = at + sum(len(run) for run, _ in group)
            line.append((text[at:end], tone))
            at = end
        last, tone = line.pop()
        return (*line, (last + text[at:], tone))

    def _in_words(self, row: Row) -> str:
        """Return the row as you would read it aloud, name first."""
        words = []
        said = list(zip(self._model.columns, row.cells, strict=False))
        for column, text in sorted(said, key=lambda each: each[0].key != "name"):
            if column.said and text not in ("", "-"):
                words.append(column.said.format(text).replace("now ago", "just now"))
        signs = [(self._marked, "marked"), (self._warned, "warning")]
        words[1:1] = [word for keys, word in signs if row.key in keys]
        return ", ".join(words)

    def _signs_of(self, row: Row) -> str:
        """Return the signs between the cursor's sign and the first column."""
        if not self._signs:
            return " "
        mark = _MARK if row.key in self._marked else " "
        warning = _WARNING if row.key in self._warned else " "
        return f"{mark}{warning} "
