"""The line that says what is going on; a long sentence takes the lines it needs."""

from __future__ import annotations

from typing import Literal, Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget

Kind = Literal["info", "good", "warn", "error"]

_TONES: dict[Kind, str] = {"info": "muted", "good": "good", "warn": "warn", "error": "error"}
_MOST_LINES = 5
"""An error names the place, the reason and the next key: at 60 columns that is five lines."""


class StatusLine(LineWidget):
    """One sentence, wrapped and never cut before its fifth line. Warnings and errors begin with `!`.

    Attributes:
        text: What was said last.
        kind: How it was said.
    """

    DEFAULT_CSS = """
    StatusLine { height: auto; }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self.text = ""
        self.kind: Kind = "info"

    def say(self, text: str, kind: Kind = "info") -> None:
        """Replace the sentence."""
        self.text, self.kind = text, kind
        self.repaint()

    def height_for(self, width: int) -> int:
        """The lines of the sentence, or an empty one."""
        return max(1, len(self._lines(width)))

    def line(self, y: int, width: int) -> Line:
        """One line of the sentence."""
        return tuple((line, _TONES[self.kind]) for line in self._lines(width)[y : y + 1])

    def _lines(self, width: int) -> list[str]:
        sign = "! " if self.kind in ("warn", "error") and self.text else ""
        return self.wrap(sign + self.text, width, _MOST_LINES)
