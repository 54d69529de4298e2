"""A table of rows that can be filtered, sorted and marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Unpack

from textual.binding import Binding, BindingType

from tui.widgets import cells
from tui.widgets.columns import GAP, Column, share
from tui.widgets.lines import Line, LineOptions, WidgetMessage, cut_line
from tui.widgets.row_list import RowList
from tui.widgets.table_model import Row

_TONES = {"normal": "", "dim": "muted", "warn": "warn"}
_ROOM_FOR_ALL = 1000
"""Cells taken for granted before the table has a size: all columns count as shown."""


class TokenTable(RowList):
    """A table below a head line that stays.

    Cursor, marks, filter, sort and the place on the screen are kept over a refresh, by
    the rows' keys. Enter opens a row; the keys that mark, filter and sort belong to the
    screen, which calls the methods.

    Args:
        columns: The columns from left to right.
        empty: Said where there are no rows at all; several lines are allowed.
        no_match: Said where the filter hides all rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False)
    ]
    head = 1

    class CursorMoved(WidgetMessage["TokenTable"]):
        """The cursor came to another row: `key`, or None where no row is shown."""

        def __init__(self, table: TokenTable, key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class Opened(WidgetMessage["TokenTable"]):
        """Enter was pressed on the row `key`."""

        def __init__(self, table: TokenTable, key: str) -> None:
            super().__init__(table)
            self.key = key

    class MarksChanged(WidgetMessage["TokenTable"]):
        """Rows were marked or unmarked."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        no_match: str = "No row matches the filter.",
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(columns, empty=empty, no_match=no_match, **options)
        self._announced: str | None = None

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Give the columns other widths, before the rows that need them."""
        self._model.columns = tuple(columns)

    @property
    def marked(self) -> frozenset[str]:
        """The keys of the marked rows, those hidden by the filter included."""
        return self._marked

    @property
    def sort_key(self) -> str | None:
        """The key of the column sorted by, or None for the order of the rows as set."""
        return self._model.sort_key

    def sort_by(self, key: str | None) -> None:
        """Sort by a column, or by none; missing values come last."""
        self._rearrange(lambda: self._model.set_sort(key))

    def sort_next(self) -> None:
        """Sort by the next column in view; after the last one, by none."""
        in_view = self._shares(self.size.width - 1)
        keys = [self._model.columns[index].key for index, _ in in_view]
        place = keys.index(self.sort_key) + 1 if self.sort_key in keys else 0
        self.sort_by(keys[place] if place < len(keys) else None)

    def cursor_moved(self) -> None:
        """Tell the screen."""
        key = self.cursor_key
        if key != self._announced:
            self._announced = key
            self.post_message(self.CursorMoved(self, key))

    def marks_changed(self) -> None:
        """Tell the screen."""
        self.post_message(self.MarksChanged(self))

    def action_open(self) -> None:
        """Tell the screen that a row is to be opened."""
        key = self.cursor_key
        if key is not None:
            self.post_message(self.Opened(self, key))

    # Drawing

    def _shares(self, width: int) -> tuple[tuple[int, int], ...]:
        room = width if width > 0 else _ROOM_FOR_ALL
        return share(self._model.columns, room - self._prefix)

    @property
    def _prefix(self) -> int:
        """Cells before the first column: the bar, and the marks where there are any."""
        return 3 if self._marked else 2

    def head_line(self, _y: int, width: int) -> Line:
        """Return the titles of the columns, with a sign at the one sorted by."""
        titles = []
        for index, size in self._shares(width - 1):
            column = self._model.columns[index]
            title = column.title
            if column.key == self.sort_key:
                title = f"{self.cut(title, size - 2)} {self.glyphs.up}".lstrip()
            titles.append(self.fit(title, size, column.align))
        text = " " * self._prefix + (" " * GAP).join(titles)
        return ((cells.cut(text, width, self.glyphs.ellipsis), "muted"),)

    def row_line(self, row: Row, width: int, lit: bool) -> Line:
        """Return bar, mark and cells.

        The cursor reverses the name only, so that a step costs the bytes of two names.
        """
        texts = [
            self.fit(row.cells[index], size, self._model.columns[index].align)
            for index, size in self._shares(width)
        ]
        mark = ("*" if row.key in self._marked else " ").ljust(self._prefix - 1)
        tone, gap, ellipsis = _TONES[row.style], " " * GAP, self.glyphs.ellipsis
        if not lit:
            text = f" {mark}{gap.join(texts)}"
            return ((cells.fit(text, width, ellipsis=ellipsis), tone),)
        name = texts[0].rstrip()
        rest = gap.join((" " * (len(texts[0]) - len(name)), *texts[1:]))
        line = (
            *self.cursor_bar(),
            (mark, tone),
            (name, self.cursor_tone),
            (rest, tone),
        )
        return cut_line(line, width, ellipsis)
