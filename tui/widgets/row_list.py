"""The base of lists: rows, cursor, marks, filter, window and its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Unpack

from textual import events, work
from textual.binding import Binding, BindingType

from tui.quiet import KEYBOARD
from tui.widgets import cells
from tui.widgets.columns import Column
from tui.widgets.lines import AFTER_THE_FRAME, Line, LineOptions, LineWidget, Window
from tui.widgets.table_model import Queries, Row, TableModel, nearest
from tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from tui.query.filtering import QueryRow

_PREPARED_AT_ONCE = 150
"""How many rows take a few milliseconds, so that no key has to wait for them."""
_MEASURED_AT_ONCE = 100
"""How many rows set the widths of the columns before the others are known."""
_ARRANGED_AT_ONCE = 500
"""How many rows are filtered and sorted as soon as they arrive."""


class RowList(LineWidget, can_focus=True):
    """A list of rows below `head` fixed lines; only rows in view are composed.

    Cursor, marks and filter go by the rows' keys.

    When the cursor leaves the window, the window jumps by half its height: a step at
    the edge then costs two lines most of the time, while scrolling line by line would
    send the whole list at each step.

    Args:
        empty: Shown if there are no rows at all; several lines are allowed.
        no_match: Shown if the filter hides all rows.
        queries: What the filter can ask for besides words.
    """

    DEFAULT_CSS = """
    RowList { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
    ]
    head = 0
    filtered: ClassVar[bool] = True
    """Whether there is a filter, which needs the texts of all cells prepared."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        no_match: str = "Nothing matches the filter.",
        queries: Queries = Queries(),
        **options: Unpack[LineOptions],
    ) -> None:
        super().__init__(**options)
        self._model = TableModel(columns, queries)
        self._coming: TableModel | None = None
        self._empty = empty
        self._no_match = no_match
        self._cursor = 0
        self._top = 0
        self._marked: frozenset[str] = frozenset()
        self._unmarkable: frozenset[str] = frozenset()
        # The last row under the cursor, which goes back there after a filter that hid
        # everything.
        self._anchor: str | None = None

    # What a subclass adds

    def row_line(self, row: Row, width: int) -> Line:
        """Return the line of a row; its first cell is blank, for the cursor's sign."""
        raise NotImplementedError

    def head_line(self, y: int, width: int) -> Line:
        """Return one of the fixed lines at the top."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """Handle that the cursor may have moved to another row."""

    def arranged(self) -> None:
        """Handle that thousands of new rows have been filtered or sorted."""

    def marks_changed(self) -> None:
        """Handle that rows were marked or unmarked."""

    # Rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows; if the cursor's row is gone, it moves to a neighbour."""
        self.set_lazy_rows([row.key for row in rows], rows.__getitem__)

    def set_lazy_rows(
        self,
        keys: Sequence[str],
        row_at: Callable[[int], Row],
        *,
        unmarkable: Iterable[str] = (),
        asked_at: Callable[[int], QueryRow] | None = None,
    ) -> None:
        """Replace the rows, even by thousands: each is created when it comes into view.

        Args:
            keys: The keys of all rows.
            row_at: Creates the row at an index into the keys.
            unmarkable: The keys of rows that can't be marked.
            asked_at: Returns the row at an index as a query sees it, with its fields.
        """
        self._unmarkable = frozenset(unmarkable)

        def replace(model: TableModel) -> None:
            model.set_rows(keys, row_at, asked_at)
            if self.filtered:
                model.prepare(_MEASURED_AT_ONCE)

        self._rearrange(replace, at_once=len(keys) <= _ARRANGED_AT_ONCE)
        if self._marked:
            self._mark(self._marked & set(keys) - self._unmarkable)
        if self.filtered and self.is_attached and len(keys) > _MEASURED_AT_ONCE:
            self._prepare()

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        """Prepare thousands of rows for filter and sort, between key presses.

        Rows waiting to be filtered or sorted are then shown.
        """
        if self._coming is None:
            await asyncio.sleep(AFTER_THE_FRAME)
        while not (model := self._coming or self._model).is_prepared:
            model.prepare(_PREPARED_AT_ONCE)
            await KEYBOARD.gap()
        if (coming := self._coming) is not None:
            for _ in coming.arranging():
                await KEYBOARD.gap()
                if self._coming is not coming:
                    # A key press asked for other rows, which are shown by now.
                    return
            self._show(coming)
            self.arranged()
        # Some cells may be wider than what the columns were sized for.
        self.repaint()

    def _show_coming(self) -> None:
        """Show the rows that had to be prepared first, if there are any."""
        if self._coming is not None:
            self._coming.arrange()
            self._show(self._coming)

    def _show(self, model: TableModel) -> None:
        """Show rows that have been arranged."""
        before, self._coming = self._model.keys, None
        self._model = model
        self._keep_place(before)

    @property
    def shown_count(self) -> int:
        """How many rows match the filter."""
        return len(self._model.keys)

    @property
    def total_count(self) -> int:
        """How many rows there are."""
        return self._model.total

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The keys of the rows shown, from top to bottom."""
        return tuple(self._model.keys)

    @property
    def is_waiting(self) -> bool:
        """Whether new rows aren't shown yet because thousands are being arranged."""
        return self._coming is not None

    @property
    def arrangement(self) -> object:
        """An object that changes when the rows shown, or their order, change."""
        return self._model.keys

    @property
    def filter_text(self) -> str:
        """The filter as it was typed: a query, whose words must all appear in a row."""
        return self._latest.filter_text

    @filter_text.setter
    def filter_text(self, text: str) -> None:
        if text != self.filter_text:
            self._rearrange(lambda model: model.set_filter(text))

    def filter_by(self, field: TextField) -> str:
        """Filter by what is typed; return what is wrong with it, and mark the place.

        If something is wrong, the rows stay as they are.
        """
        self.filter_text = field.value
        return self.mark_problem(field)

    def mark_problem(self, field: TextField) -> str:
        """Mark in the field what is wrong with the filter, and return it in words."""
        problem = self._latest.problem
        field.wrong = (problem.start, problem.end) if problem else None
        return str(problem) if problem else ""

    def say_empty(self, empty: str) -> None:
        """Replace the text that is shown if there are no rows."""
        self._empty = empty
        self.repaint()

    @property
    def _latest(self) -> TableModel:
        """The latest rows, which may not be shown yet."""
        return self._coming or self._model

    def _rearrange(
        self, change: Callable[[TableModel], None], *, at_once: bool = True
    ) -> None:
        """Change the rows shown; later if that means looking at all, and it can wait.

        New rows can wait: until then, the last ones read stay on screen. Changes that a
        key press asked for can't, since the next key press acts on what they show.
        """
        model = self._latest.waiting_copy()
        change(model)
        may_wait = not at_once and self.is_attached
        if may_wait and model.looks_at_all and not model.is_prepared:
            self._coming = model
            self._prepare()
            return
        model.arrange()
        self._show(model)

    def _keep_place(self, before: Sequence[str]) -> None:
        """Keep the cursor's row on its line of the screen while other rows change."""
        place = self._model.places.get(self._anchor or "")
        if place is None:
            place = nearest(before, self._cursor, self._model.places)
        self._top += place - self._cursor
        self._cursor = place
        self._settle()

    # Cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, or None if no row is shown."""
        return self._model.keys[self._cursor] if self._model.keys else None

    @property
    def top(self) -> int:
        """The place of the first row in view."""
        return self._top

    def move_to(self, key: str) -> bool:
        """Put the cursor on a row and bring it into view.

        Returns:
            False if no such row is shown.
        """
        self._show_coming()
        place = self._model.places.get(key)
        if place is not None:
            self._move(place)
        return place is not None

    def _move(self, place: int) -> None:
        left, top = self._cursor, self._top
        self._cursor = max(0, min(place, self.shown_count - 1))
        self._bring_into_view()
        if top == self._top:
            self.repaint([self.head + row - top for row in (left, self._cursor)])
        else:
            self.repaint()
        self.cursor_moved()

    def _settle(self) -> None:
        """Bring the cursor into the window, paint, and say that it moved."""
        self._bring_into_view()
        self.repaint()
        self.cursor_moved()

    def _bring_into_view(self) -> None:
        """Move the window by half a page if the cursor just left it."""
        page = self._page
        if self._cursor < self._top:
            self._top = min(self._cursor, self._top - page // 2)
        elif self._cursor >= self._top + page:
            self._top = max(self._cursor - page + 1, self._top + page // 2)
        self._top = max(0, min(self._top, self.shown_count - page))
        self._anchor = self.cursor_key or self._anchor

    @property
    def _page(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - self.head)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in view when the height changes."""
        self._settle()

    def action_step(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._move(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move cursor and window by a page, less one row that stays as a landmark."""
        rows = pages * max(1, self._page - 1)
        self._top += rows
        self._cursor = max(0, min(self._cursor + rows, self.shown_count - 1))
        self._settle()

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._move(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._move(self.shown_count - 1)

    # Marks

    def toggle_mark(self) -> None:
        """Mark or unmark the row under the cursor."""
        key = self.cursor_key
        if key is not None and key not in self._unmarkable:
            self._mark(self._marked ^ {key})

    def mark_shown(self) -> None:
        """Mark all rows shown; if all are marked, unmark them."""
        keys = frozenset(self.shown_keys) - self._unmarkable
        self._mark(self._marked - keys if keys <= self._marked else self._marked | keys)

    def mark(self, keys: Iterable[str]) -> None:
        """Mark these rows, and no others."""
        self._mark(frozenset(keys) - self._unmarkable)

    def clear_marks(self) -> None:
        """Unmark all rows."""
        self._mark(frozenset())

    def _mark(self, keys: frozenset[str]) -> None:
        if keys != self._marked:
            self._marked = keys
            self.repaint()
            self.marks_changed()

    # Drawing

    def line(self, y: int, width: int) -> Line:
        """Return a header line, a row, or a line of the text shown without rows."""
        if y < self.head:
            return self.head_line(y, width)
        y -= self.head
        count = self.shown_count
        if not count:
            return self._empty_line(y, width)
        place = self._top + y
        if place >= count:
            return ()
        # Keep the last cell of each line for the thumb, so that columns stay in place
        # when it comes and goes.
        line = self.row_line(self._model.row(place), max(0, width - 1))
        window = Window(max(1, self.height - self.head), count, self._top)
        if place == self._cursor:
            # The thumb keeps a tone of its own: changing it costs 20 bytes a step.
            line = self.selected(line, width - window.has_thumb(y))
        return window.with_thumb(line, y, width, self.glyphs.thumb)

    def _empty_line(self, y: int, width: int) -> Line:
        lines = self._empty_lines(width)
        place = y - self._above(lines)
        if not 0 <= place < len(lines):
            return ()
        text = cells.cut(f"  {lines[place]}", width, self.glyphs.ellipsis)
        return ((text, "" if place == 0 else "muted"),)

    def _empty_lines(self, width: int) -> list[str]:
        """Return the text shown if there are no rows."""
        words = self._no_match if self._model.total else self._empty
        lines: list[str] = []
        for part in map(self.clean, words.split("\n")):
            lines += cells.wrap(part, width - 4, ellipsis=self.glyphs.ellipsis) or [""]
        return lines

    def _above(self, lines: Sequence[str]) -> int:
        """Return how many blank lines go above these."""
        return max(0, self._page - len(lines)) // 3

    def cursor_cell(self) -> tuple[int, int]:
        """Return the start of the selected row, or of the text shown without rows."""
        if self._model.keys:
            return 0, self.head + self._cursor - self._top
        return 0, self.head + self._above(self._empty_lines(self.size.width))
