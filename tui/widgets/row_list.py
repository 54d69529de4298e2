"""A list of rows in columns: cursor, marks, filter and window. Only rows in view are composed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Unpack

from textual.message import Message

from tui.widgets.columns import GAP, Column, share
from tui.widgets.lines import Line, LineOptions
from tui.widgets.scrolling import Scrolling
from tui.widgets.table_model import Row, TableModel, nearest

_TONES = {"normal": "", "dim": "muted", "warn": "warn"}


class RowList(Scrolling, can_focus=True):
    """A list whose cursor, marks, filter and place on the screen outlive a refresh, by the rows' keys.

    When the cursor leaves the window, the window jumps by half its height: a step at the edge then costs two
    lines most of the time, where scrolling line by line would send the whole list at each step.

    Args:
        columns: From left to right.
        no_match: Said where the filter hides all rows.
    """

    DEFAULT_CSS = """
    RowList { height: 1fr; }
    """

    @dataclass
    class CursorMoved(Message):
        """The cursor came to another row: `key`, or None where no row is shown."""

        key: str | None

    class MarksChanged(Message):
        """Rows were marked or unmarked."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        no_match: str = "Nothing matches the filter.",
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self.columns = tuple(columns)
        self._model = TableModel()
        self._empty = ""
        self._no_match = no_match
        self._cursor = 0
        self._cursor_told: str | None = None
        self._marked: frozenset[str] = frozenset()
        # The row the user last stood on: it is returned to when a filter that hid everything is taken back.
        self._anchor: str | None = None

    # Rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take other rows; the cursor of a row that is gone moves to its nearest neighbour."""
        self._rearrange(lambda: self._model.set_rows(rows))
        self.mark(self._marked & {row.key for row in rows})

    @property
    def shown_count(self) -> int:
        """How many rows match the filter."""
        return len(self._model.shown)

    @property
    def filter_text(self) -> str:
        """The filter: words that must all appear in a row, in any of its cells and in any case."""
        return self._model.filter_text

    @filter_text.setter
    def filter_text(self, text: str) -> None:
        if text != self._model.filter_text:
            self._rearrange(lambda: self._model.set_filter(text))

    def say_empty(self, text: str) -> None:
        """Say why there is no row at all; several lines are allowed."""
        self._empty = text
        self.repaint()

    def _rearrange(self, change: Callable[[], None]) -> None:
        """Change which rows are shown where, and leave the cursor's row on its line of the screen."""
        before = self._model.shown
        change()
        place = self._model.places.get(self._anchor or "")
        if place is None:
            place = nearest(before, self._cursor, self._model.places)
        self.top += place - self._cursor
        self._move(place)

    # Cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, or None where no row is shown."""
        return self._model.shown[self._cursor].key if self._model.shown else None

    def move_to(self, key: str) -> bool:
        """Put the cursor on a row and bring it into view; False where no such row is shown."""
        place = self._model.places.get(key)
        if place is not None:
            self._move(place)
        return place is not None

    def _move(self, place: int) -> None:
        """Move the cursor, and the window by half a page if the cursor just left it; paint and tell."""
        self._cursor = max(0, min(place, self.shown_count - 1))
        if self._cursor < self.top:
            self.top = min(self._cursor, self.top - self.page // 2)
        elif self._cursor >= self.top + self.page:
            self.top = max(self._cursor - self.page + 1, self.top + self.page // 2)
        self.scroll_into_bounds()
        self.repaint()
        key = self.cursor_key
        self._anchor = key or self._anchor
        if key != self._cursor_told:
            self._cursor_told = key
            self.post_message(self.CursorMoved(key))

    def action_step(self, lines: int) -> None:
        """Move the cursor by some rows."""
        self._move(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        """Move cursor and window by a page, less one row that stays as a landmark."""
        rows = pages * max(1, self.page - 1)
        self.top += rows
        self._move(self._cursor + rows)

    # Marks

    @property
    def marked(self) -> frozenset[str]:
        """The keys of the marked rows, those hidden by the filter included."""
        return self._marked

    def mark(self, keys: frozenset[str]) -> None:
        """Mark these rows and no others."""
        if keys != self._marked:
            self._marked = keys
            self.repaint()
            self.tell_marks()

    def tell_marks(self) -> None:
        """Tell the screen that other rows are marked."""
        self.post_message(self.MarksChanged())

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self.cursor_key is not None:
            self.mark(self._marked ^ {self.cursor_key})

    def action_mark_all(self) -> None:
        """Mark all rows shown; where all are marked, unmark them."""
        keys = frozenset(self._model.places)
        self.mark(self._marked - keys if keys <= self._marked else self._marked | keys)

    # Drawing

    def body_height(self, _width: int) -> int:
        """One line for each row shown; all there is, where it must be said why there is none."""
        return self.shown_count or self.page

    def body_line(self, place: int, width: int) -> Line:
        """A row: bar, sign of its mark, and cells. Or a line of why there is none."""
        if not self._model.shown:
            return self._empty_line(place, width)
        row = self._model.shown[place]
        marked = row.key in self._marked
        tone = _TONES[row.style] or ("strong" if marked else "")
        line = [(self.mark_sign(marked), tone)]
        for index, size in self.shares(width):
            column = self.columns[index]
            gap = " " * GAP if len(line) > 1 else ""
            line.append((gap + self.fit(row.cells[index], size, column.align), column.tone or tone))
        if place != self._cursor:
            return ((" ", ""), *line)
        text = "".join(part for part, _ in line)
        lit = "cursor" if self.has_focus else "cursor-blurred"
        return ((self.glyphs.bar, "bar"), (self.fit(text, width - 1), lit))

    def shares(self, width: int) -> list[tuple[int, int]]:
        """Index and cells of each column in view, beside the bar and the signs of marks."""
        return share(self.columns, width - 1 - len(self.mark_sign(False)))

    def mark_sign(self, marked: bool) -> str:
        """What stands between bar and cells, always equally wide: a star where any row is marked."""
        if not self._marked:
            return " "
        return "* " if marked else "  "

    def _empty_line(self, place: int, width: int) -> Line:
        """A third down, where the eye falls."""
        text = self._no_match if self._model.total else self._empty
        lines = [line for part in text.split("\n") for line in self.wrap(part, width - 3) or [""]]
        place -= max(0, self.page - len(lines)) // 3
        if not 0 <= place < len(lines):
            return ()
        return ((self.cut(f"  {lines[place]}", width), "" if place == 0 else "muted"),)
