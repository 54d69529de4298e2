"""The line that says what is going on: always there, always one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Unpack

from rich.cells import cell_len

from tui.widgets.glyphs import Glyphs
from tui.widgets.lines import Line, LineOptions, LineWidget

Tone = Literal["info", "good", "warn", "error"]

TONES: Mapping[Tone, str] = {
    "info": "muted",
    "good": "good",
    "warn": "warn",
    "error": "error",
}
"""The tone of the line, by the message's kind."""

_LEAST_TEXT = 20
"""Cells of a message that matter more than the key that shows all of it."""


def sign_of(kind: Tone, glyphs: Glyphs) -> str:
    """Return the sign before a message, which shows its kind without colour."""
    signs = {"good": glyphs.done, "warn": "!", "error": glyphs.failed}
    return f"{signs[kind]} " if kind in signs else ""


class StatusLine(LineWidget):
    """One message; if it's too long, it is cut, with the key that shows all of it."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; }
    """

    def __init__(self, text: str = "", **options: Unpack[LineOptions]) -> None:
        super().__init__(**options)
        self._text = text
        self._kind: Tone = "info"
        self._more_key = ""

    @property
    def text(self) -> str:
        """The last message, in full."""
        return self._text

    @property
    def kind(self) -> Tone:
        """The kind of the last message."""
        return self._kind

    def say(self, text: str, kind: Tone = "info") -> None:
        """Replace the message."""
        self._text, self._kind = text, kind
        self.repaint()

    def set_more_key(self, key: str) -> None:
        """Name the key that shows a message in full."""
        if key != self._more_key:
            self._more_key = key
            self.repaint()

    def line(self, _y: int, width: int) -> Line:
        """Return the message, or its start and the key."""
        text, tone = self.clean(self._text), TONES[self._kind]
        if text:
            text = f"{sign_of(self._kind, self.glyphs)}{text}"
        if cell_len(text) <= width:
            return ((text, tone),)
        key, more = self.clean(self._more_key), " more"
        room = width - cell_len(key) - len(more) - 1
        if not key or room < _LEAST_TEXT:
            return ((self.cut(text, width), tone),)
        cut = self.fit(text, room)
        return ((f"{cut} ", tone), (key, "key"), (more, "muted"))
