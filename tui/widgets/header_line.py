"""The line at the top of a screen: where we are, and who we are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from rich.cells import cell_len

from tui.widgets.lines import Line, LineOptions, LineWidget, Run, spread, width_of

_GAP = 2


class HeaderLine(LineWidget):
    """Parts on the left, the first one bold, and on the right, which give way."""

    DEFAULT_CSS = """
    HeaderLine { height: 1; padding: 0 1; }
    HeaderLine.-alarm { background: $secondary; color: auto 100%; }
    HeaderLine.-alarm:ansi {
        color: ansi_default;
        background: ansi_default;
        text-style: reverse;
    }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._left: tuple[str, ...] = ()
        self._right: tuple[str, ...] = ()
        self._alarm = ""

    def set_parts(self, left: Sequence[str], right: Sequence[str] = ()) -> None:
        """Replace both sides; parts are joined by a dot."""
        self._left, self._right = tuple(left), tuple(right)
        self.repaint()

    def set_alarm(self, word: str) -> None:
        """Draw the whole line in the production tone, and say why in a word."""
        if word != self._alarm:
            self._alarm = word
            self.set_class(bool(word), "-alarm")
            self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return both sides; drop right-hand parts that don't fit, from the first."""
        dot = f" {self.glyphs.dot} "
        quiet, strong = ("", "production") if self._alarm else ("muted", "strong")
        left: list[Run] = []
        if self._alarm:
            left.append((f"{self.clean(self._alarm)}  ", strong))
        for number, part in enumerate(map(self.clean, self._left)):
            left.append((dot + part, quiet) if number else (part, strong))
        room = width - width_of(tuple(left)) - _GAP
        parts = [self.clean(part) for part in self._right]
        while parts and cell_len(dot.join(parts)) > room:
            parts.pop(0)
        right = ((dot.join(parts), quiet),) if parts else ()
        return spread(tuple(left), right, width, self.glyphs.ellipsis, _GAP)
