"""The line at the top of a screen: where one is, and as whom."""

from __future__ import annotations

from collections.abc import Sequence

from tui.widgets.lines import Line, LineWidget, width_of


class HeaderLine(LineWidget):
    """Parts at the left, the first one strong, and parts at the right, the first of which give way first."""

    _left: tuple[str, ...] = ()
    _right: tuple[str, ...] = ()

    def set_parts(self, left: Sequence[str], right: Sequence[str] = ()) -> None:
        """Replace both sides; parts are joined by a dot."""
        self._left, self._right = tuple(left), tuple(right)
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Both sides."""
        dot = f" {self.glyphs.dot} "
        left = (
            *((self.clean(part), "strong") for part in self._left[:1]),
            *((dot + self.clean(part), "muted") for part in self._left[1:]),
        )
        for gone in range(len(self._right)):
            right = ((self.clean(dot.join(self._right[gone:])), "muted"),)
            if width_of(left) + 2 + width_of(right) <= width:
                return self.spread(left, right, width)
        return self.cut_line(left, width)
