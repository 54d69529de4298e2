"""The line at the top of a screen: where one is, and as whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget, spread, width_of


class HeaderLine(LineWidget):
    """Parts at the left, the first one strong, and parts at the right, the first of which give way first."""

    DEFAULT_CSS = """
    HeaderLine { height: 1; padding: 0 1; }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._left: tuple[str, ...] = ()
        self._right: tuple[str, ...] = ()

    def set_parts(self, left: Sequence[str], right: Sequence[str] = ()) -> None:
        """Replace both sides; parts are joined by a dot."""
        self._left, self._right = tuple(left), tuple(right)
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Both sides."""
        dot = f" {self.glyphs.dot} "
        first, rest = self._left[:1], self._left[1:]
        left = (
            *((self.clean(part), "strong") for part in first),
            *((dot + self.clean(part), "muted") for part in rest),
        )
        parts = [self.clean(part) for part in self._right]
        while parts and width_of(left) + 2 + width_of(((dot.join(parts), ""),)) > width:
            parts.pop(0)
        return spread(
            left,
            ((dot.join(parts), "muted"),) if parts else (),
            width,
            self.glyphs.ellipsis,
        )
