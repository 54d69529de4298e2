"""The line of keys at the foot of a screen; it costs a line to change, where Textual's Footer recomposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.widgets.lines import Line, LineWidget, key_and_word, width_of


@dataclass(frozen=True)
class Hint:
    """A key as people read it, the word for what it does, and whether it can be done now."""

    key: str
    word: str
    enabled: bool = True


_ALL_KEYS = Hint("?", "help")


class KeyHints(LineWidget):
    """As many hints as fit, whole ones only; the last, how to find all keys, is always there."""

    _hints: tuple[Hint, ...] = ()

    def set_hints(self, hints: Sequence[Hint]) -> None:
        """Replace the hints."""
        self._hints = tuple(hints)
        self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """The hints that fit, then the last one."""
        last = self._item(_ALL_KEYS)
        line: Line = ()
        for hint in self._hints:
            longer = (*line, *self._item(hint), ("  ", ""))
            if width_of(longer) + width_of(last) > width:
                break
            line = longer
        return self.cut_line((*line, *last), width)

    def _item(self, hint: Hint) -> Line:
        text = self.clean(f"{hint.key} {hint.word}")
        return key_and_word(text) if hint.enabled else ((text, "dim"),)
