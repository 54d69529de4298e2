"""More lines than the screen has: keys move through them, and a thumb shows which part is in view."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui.widgets.lines import Line, LineWidget, width_of


class Scrolling(LineWidget):
    """A body of which a part is in view, from line `top` on, below `head` lines that stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
    ]
    head: ClassVar[int] = 0
    top = 0

    def head_line(self, width: int) -> Line:
        """The line that stays, where there is one."""
        raise NotImplementedError

    def body_line(self, place: int, width: int) -> Line:
        """A line of the body. One cell less than the widget has: the thumb must not move the columns."""
        raise NotImplementedError

    def body_height(self, width: int) -> int:
        """How many lines the body has."""
        raise NotImplementedError

    @property
    def page(self) -> int:
        """How many lines of the body are in view."""
        return max(1, self.size.height - self.head)

    def height_for(self, width: int) -> int:
        """Head and body."""
        return self.head + self.body_height(width)

    def line(self, y: int, width: int) -> Line:
        """A line of the head or the body, with the thumb where it belongs."""
        if y < self.head:
            return self.head_line(width)
        y -= self.head
        count = self.body_height(width)
        if self.top + y >= count:
            return ()
        line = self.body_line(self.top + y, max(0, width - 1))
        if not self._has_thumb(y, count):
            return line
        return (*line, (" " * (width - 1 - width_of(line)), ""), (self.glyphs.thumb, "muted"))

    def _has_thumb(self, y: int, count: int) -> bool:
        if count <= self.page:
            return False
        size = max(1, self.page * self.page // count)
        start = round(self.top * (self.page - size) / (count - self.page))
        return start <= y < start + size

    def scroll_into_bounds(self) -> None:
        """Leave no room below the last line."""
        self.top = max(0, min(self.top, self.body_height(self.size.width) - self.page))

    def on_resize(self, _event: events.Resize) -> None:
        """Stay within the body, which may have another height now."""
        self.action_step(0)

    def action_step(self, lines: int) -> None:
        """Move by some lines."""
        self.top += lines
        self.scroll_into_bounds()
        self.repaint()

    def action_page(self, pages: int) -> None:
        """Move by a page, less one line that stays as a landmark."""
        self.action_step(pages * max(1, self.page - 1))

    def action_first(self) -> None:
        """To the first line."""
        self.action_step(-self.body_height(self.size.width))

    def action_last(self) -> None:
        """To the last line."""
        self.action_step(self.body_height(self.size.width))
