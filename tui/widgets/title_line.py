"""What a screen is about, on one line that ends in an ellipsis if it is cut."""

from __future__ import annotations

from typing import Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget


class TitleLine(LineWidget):
    """A title on a line of its own."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; }
    """

    def __init__(self, text: str = "", **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._text = text

    def set_text(self, text: str) -> None:
        """Replace the title."""
        if text != self._text:
            self._text = text
            self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return as much of the title as fits."""
        return ((self.cut(self._text, width), "strong"),)
