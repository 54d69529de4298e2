"""A terminal that supports links, unlike pyte, and may erase without colour."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import pyte

_LINK = re.compile(r"\x1b\]8;([^\x1b]*)\x1b\\")


def seen_of(cell: pyte.screens.Char) -> Hashable:
    """Return everything that a user can see of a cell.

    A blank's text colour and style count only if they show.
    """
    shows = cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough
    return tuple(cell) if shows else (" ", cell.bg)


class Emulator(pyte.Screen):
    """Shows what it's fed; without `erases_in_colour`, it's like GNU screen."""

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
        """Draw what a program sent."""
        for index, piece in enumerate(_LINK.split(data)):
            if index % 2:
                self._link = "" if piece == ";" else piece
            else:
                self._stream.feed(piece)

    def seen(self, y: int, x: int) -> Hashable:
        """Return everything that a user can see of a cell, including its link."""
        link = self.links.get((y, x), "")
        return seen_of(self.buffer[y][x]), link

    def draw(self, data: str) -> None:
        """Draw characters, and remember the link of each."""
        for character in data:
            before = self.cursor.x
            super().draw(character)
            for x in range(before, self.cursor.x):
                self.links[self.cursor.y, x] = self._link

    # pyte erases only what was written before; a terminal erases everything.

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """Erase from the cursor to the end of the line, as a terminal does."""
        assert how == 0
        self._erase(self.cursor.y, range(self.cursor.x, self.columns))

    def erase_in_display(self, how: int = 0, *args: Any, **options: Any) -> None:
        """Erase everything, as a terminal does."""
        assert how == 2
        for y in range(self.lines):
            self._erase(y, range(self.columns))

    def erase_characters(self, count: int | None = None) -> None:
        """Erase `count` cells from the cursor on, as a terminal does."""
        self._erase(self.cursor.y, range(self.cursor.x, self.cursor.x + (count or 1)))

    def _erase(self, y: int, columns: range) -> None:
        colour = self.cursor.attrs.bg if self._erases_in_colour else "default"
        for x in columns:
            self.buffer[y][x] = self.default_char._replace(bg=colour)
            self.links.pop((y, x), None)
