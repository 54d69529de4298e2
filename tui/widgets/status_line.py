"""The line that says what is going on; a long sentence takes the lines it needs."""

from __future__ import annotations

from typing import Literal, Unpack

from textual.geometry import Size

from tui.widgets import cells
from tui.widgets.lines import Line, LineOptions, LineWidget

Tone = Literal["info", "good", "warn", "error"]

_TONES: dict[Tone, str] = {
    "info": "muted",
    "good": "good",
    "warn": "warn",
    "error": "error",
}
_MOST_LINES = 5
"""An error names the place, the reason and the next key: five lines at 60 columns."""


class StatusLine(LineWidget):
    """One sentence, wrapped over five lines at most; a warning begins with `!`."""

    DEFAULT_CSS = """
    StatusLine { height: auto; min-height: 1; padding: 0 1; }
    """

    def __init__(self, text: str = "", **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._text = text
        self._kind: Tone = "info"

    @property
    def text(self) -> str:
        """What was said last."""
        return self._text

    @property
    def kind(self) -> Tone:
        """How it was said."""
        return self._kind

    def say(self, text: str, kind: Tone = "info") -> None:
        """Replace the sentence."""
        height = len(self._lines(self.size.width))
        self._text, self._kind = text, kind
        if len(self._lines(self.size.width)) != height:
            self.refresh(layout=True)
        self.repaint()

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return the height that Textual asks for."""
        return len(self._lines(width))

    def line(self, y: int, width: int) -> Line:
        """Return one line of the sentence."""
        lines = self._lines(width)
        return ((lines[y], _TONES[self._kind]),) if y < len(lines) else ()

    def _lines(self, width: int) -> list[str]:
        sign = "! " if self._kind in ("warn", "error") and self._text else ""
        text, ellipsis = sign + self.clean(self._text), self.glyphs.ellipsis
        return cells.wrap(text, max(1, width), _MOST_LINES, ellipsis) or [""]
