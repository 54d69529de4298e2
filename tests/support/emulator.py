"""A terminal that also knows what pyte does not.

Links, and one that erases without colour.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import pyte

_LINK = re.compile(r"\x1b\]8;([^\x1b]*)\x1b\\")


class Emulator(pyte.Screen):
    """Shows what was fed to it; `erases_in_colour` False is GNU screen's way."""

    def __init__(
        self, columns: int, lines: int, *, erases_in_colour: bool = True
    ) -> None:
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)
        self._erases_in_colour = erases_in_colour
        self._link = ""
        self.links: dict[tuple[int, int], str] = {}
        self.reset_mode(pyte.modes.DECAWM >> 5, private=True)

    def feed(self, data: str) -> None:
        """Take what a program sent."""
        for index, piece in enumerate(_LINK.split(data)):
            if index % 2:
                self._link = "" if piece == ";" else piece
            else:
                self._stream.feed(piece)

    def seen(self, y: int, x: int) -> Hashable:
        """All of a cell that a user can see.

        Of a blank, what it is drawn in only where that shows.
        """
        cell = self.buffer[y][x]
        link = self.links.get((y, x), "")
        if cell.data == " " and not (
            cell.underscore or cell.reverse or cell.strikethrough
        ):
            return (" ", cell.bg, link)
        return (*cell, link)

    def draw(self, data: str) -> None:
        """Remember under which link each character came."""
        for character in data:
            before = self.cursor.x
            super().draw(character)
            for x in range(before, self.cursor.x):
                self.links[self.cursor.y, x] = self._link

    # pyte erases only what was written before, so all of it is done here.

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """As the terminal does, from the cursor on."""
        assert how == 0
        self._erase(self.cursor.y, range(self.cursor.x, self.columns))

    def erase_in_display(self, how: int = 0, *args: Any, **options: Any) -> None:
        """As the terminal does, all of it."""
        assert how == 2
        for y in range(self.lines):
            self._erase(y, range(self.columns))

    def erase_characters(self, count: int | None = None) -> None:
        """As the terminal does."""
        self._erase(self.cursor.y, range(self.cursor.x, self.cursor.x + (count or 1)))

    def _erase(self, y: int, columns: range) -> None:
        colour = self.cursor.attrs.bg if self._erases_in_colour else "default"
        for x in columns:
            self.buffer[y][x] = self.default_char._replace(bg=colour)
            self.links.pop((y, x), None)
