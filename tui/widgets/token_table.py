"""A list below the titles of its columns, by which it can be sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.columns import GAP
from tui.widgets.lines import Line
from tui.widgets.row_list import RowList


class TokenTable(RowList):
    """Enter opens a row; the keys that mark, filter and sort belong to the screen, which calls methods."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]
    head = 1

    @dataclass
    class Opened(Message):
        """Enter was pressed on the row `key`."""

        key: str

    @property
    def sort_key(self) -> str | None:
        """The key of the column sorted by, or None for the order in which the rows came."""
        column = self._model.sort_column
        return None if column is None else self.columns[column].key

    def sort_next(self) -> None:
        """Sort by the next column, in view or not; after the last one, by none."""
        column = self._model.sort_column
        following = 0 if column is None else column + 1
        self._rearrange(lambda: self._model.set_sort(following if following < len(self.columns) else None))

    def action_open(self) -> None:
        """Tell the screen that a row is to be opened."""
        if self.cursor_key is not None:
            self.post_message(self.Opened(self.cursor_key))

    def head_line(self, width: int) -> Line:
        """The titles of the columns, with a sign at the one sorted by."""
        titles = []
        for index, size in self.shares(width - 1):
            column = self.columns[index]
            title = column.title
            if index == self._model.sort_column:
                title = f"{self.cut(title, size - 2)} {self.glyphs.up}".lstrip()
            titles.append(self.fit(title, size, column.align))
        text = f" {self.mark_sign(False)}" + (" " * GAP).join(titles)
        return ((self.cut(text, width), "muted"),)
