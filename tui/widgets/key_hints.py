"""The line of keys at the foot of a screen.

Textual's Footer would be recomposed at each change; this only redraws one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Unpack

from tui.widgets.lines import Line, LineOptions, LineWidget, width_of


class KeyHint(NamedTuple):
    """A key as people read it, what it does, and whether it can do so now."""

    key: str
    word: str
    enabled: bool = True


class KeyHints(LineWidget):
    """As many hints as fit, and always the last one, which shows how to find all."""

    DEFAULT_CSS = """
    KeyHints { height: 1; padding: 0 1; }
    """

    def __init__(self, **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._hints: tuple[KeyHint, ...] = ()
        self._last = KeyHint("?", "help")

    def set_hints(self, hints: Sequence[KeyHint], last: KeyHint) -> None:
        """Replace the hints."""
        if (tuple(hints), last) != (self._hints, self._last):
            self._hints, self._last = tuple(hints), last
            self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return the hints that fit, then the last one."""
        last = self._item(self._last)
        room = width - width_of(last)
        line: Line = ()
        for hint in self._hints:
            item = self._item(hint, gap="  ")
            if width_of(line) + width_of(item) > room:
                break
            line = (*line, *item)
        if width_of(last) > width:
            return ((self.cut(self._last.key, width), "key"),)
        return (*line, *last)

    def _item(self, hint: KeyHint, gap: str = "") -> Line:
        key, word = self.clean(hint.key), self.clean(hint.word) + gap
        if not hint.enabled:
            return ((f"{key} {word}", "dim"),)
        return ((key, "key"), (f" {word}", "muted"))
