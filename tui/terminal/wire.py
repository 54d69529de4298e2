"""The terminal's cells: as they should be, as they are, and what to send."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, compress
from operator import is_not, ne
from typing import NamedTuple

from tui.terminal.graphemes import cells, certain
from tui.terminal.pens import PLAIN, NotUnderstood, Pen, after, change, ground, linked
from tui.terminal.writer import Writer, can_erase

_SEQUENCE = re.compile(
    r"""
    (?: \A                          # text before the first sequence
      | \x1b \[ ([0-9;]*) ([mH])    # a style, or a move
      | \x1b \]8; ([^\x1b]*) (?=\x1b)  # a link, up to what ends it
      | \x1b \\                     # the end of a link
    )
    ([^\x1b]*)
    | (\x1b [^\x1b]*)               # anything else
    """,
    re.VERBOSE,
)
_ERASING = (
    "xterm",
    "tmux",
    "linux",
    "alacritty",
    "foot",
    "wezterm",
    "rxvt",
    "konsole",
    "gnome",
    "vte",
    "st-",
)
_WORTH_ERASING = 4
"""Blanks: fewer are written, since erasing them may need another pen."""
_BRIDGE = 5
"""Cells that are rewritten if that takes fewer bytes than moving across them."""

_Row = list[str]
_Pens = list[Pen]


class _Piece(NamedTuple):
    """Cells of a row to write in one pen; without an `end`, erase the rest."""

    y: int
    start: int
    end: int | None
    pen: Pen


def _by_pen(pieces: Sequence[_Piece], pen: Pen | None) -> Iterator[_Piece]:
    """Yield all pieces of one pen before those of another, in order.

    A move takes fewer bytes than a colour. Starting with the given pen (None if
    unknown), the nearest pen is next.
    """
    waiting: dict[Pen, list[_Piece]] = {}
    for piece in pieces:
        waiting.setdefault(piece.pen, []).append(piece)
    while waiting:
        pen = min(waiting, key=partial(_way, pen))
        yield from waiting.pop(pen)


def _way(before: Pen | None, to: Pen) -> int:
    return len(change(before, to))


def erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Return whether cells that the terminal erases get the pen's background."""
    within_screen = "STY" in environ
    return environ.get("TERM", "").startswith(_ERASING) and not within_screen


class Wire:
    """What a terminal shows, and what it should show.

    Take updates, send the difference, and then call `sent`.
    """

    def __init__(self, *, erases_in_colour: bool) -> None:
        self._erases_in_colour = erases_in_colour
        self._width = self._height = 0
        self._chars: list[_Row] = []
        self._pens: list[_Pens] = []
        self._shown: list[tuple[_Row, _Pens]] | None = None
        self._pen: Pen | None = None
        self._pen_then: Pen | None = None
        self._changed: set[int] = set()
        self._uncertain: set[int] = set()

    def fit(self, columns: int, lines: int) -> None:
        """Follow the terminal's size; if it changed, send everything."""
        if (columns, lines) != (self._width, self._height):
            self._width, self._height = columns, lines
            self._chars = [[" "] * columns for _ in range(lines)]
            self._pens = [[PLAIN] * columns for _ in range(lines)]
            self.forget()

    def forget(self) -> None:
        """Assume nothing about what the terminal shows, and send everything."""
        self._shown = self._pen = None
        self._changed = set(range(self._height))

    def take(self, sequence: str) -> None:
        """Note what a sequence from Textual would show on the terminal.

        Raises:
            NotUnderstood: for anything other than text, styles, links and moves to a
                position.
        """
        pen, x, y = PLAIN, 0, 0
        for codes, kind, link, text, other in _SEQUENCE.findall(sequence):
            if kind == "m":
                pen = after(pen, codes)
            elif kind == "H":
                line, _, column = codes.partition(";")
                x, y = int(column or 1) - 1, int(line or 1) - 1
            elif link:
                pen = linked(pen, link)
            elif other:
                raise NotUnderstood(other[1:])
            if text:
                x, y = self._put(text, pen, x, y)

    @property
    def has_changed(self) -> bool:
        """Whether there are updates that the terminal may not show yet."""
        return bool(self._changed)

    def difference(self, cursor: tuple[int, int] | None = None) -> str:
        """Return what to send; "" if the terminal already shows everything.

        It ends with the terminal's cursor in the cell `cursor` (column and line), if
        given. What the terminal is known to show only changes with `sent`.
        """
        if not self._changed:
            return ""
        writer = Writer(self._width, self._pen, erases_in_colour=self._erases_in_colour)
        shown = self._shown
        if shown is None:
            cleared = self._commonest_ground()
            writer.clear(cleared)
            shown = [([" "] * self._width, [cleared] * self._width)] * self._height
        pieces: list[_Piece] = []
        for y in sorted(self._changed):
            pieces += self._pieces(y, *shown[y])
        for y, start, end, pen in _by_pen(pieces, writer.pen):
            if end is None:
                writer.move(start, y)
                writer.erase_rest(pen)
            else:
                self._reach(writer, start, y)
                self._write(writer, y, start, end)
        frame = writer.end()
        if not frame:
            return ""
        self._pen_then = writer.pen
        if cursor is not None:
            writer.move(*cursor)
        return writer.end()

    def sent(self) -> None:
        """Note that the difference was sent to the terminal."""
        if self._shown is None:
            self._shown = [([], [])] * self._height
        for y in self._changed:
            self._shown[y] = (self._chars[y].copy(), self._pens[y].copy())
        self._changed.clear()
        self._pen = self._pen_then

    def _put(self, text: str, pen: Pen, x: int, y: int) -> tuple[int, int]:
        """Set cells from a position on, and return the position after them."""
        if "\n" not in text:
            return (self._put_line(text, pen, x, y) if text else x), y
        first, *others = text.split("\n")
        if first:
            x = self._put_line(first, pen, x, y)
        for other in others:
            x, y = 0, y + 1
            x = self._put_line(other, pen, x, y)
        return x, y

    def _put_line(self, text: str, pen: Pen, x: int, y: int) -> int:
        plain = text.isascii() and text.isprintable()
        marks, new = ("", list(text)) if plain else cells(text)
        if y >= self._height or x >= self._width:
            return x + len(new)
        chars = self._chars[y]
        self._changed.add(y)
        if marks and x:
            # The letter that they belong to had another style, and so came before.
            chars[x - 1 if chars[x - 1] or x == 1 else x - 2] += marks
            self._uncertain.add(y)
        if not new:
            return x
        if not (plain or all(map(certain, new))):
            self._uncertain.add(y)
        new = new[:]
        if len(new) > self._width - x:
            cut_in_half = new[self._width - x] == ""
            del new[self._width - x :]
            if cut_in_half:
                new[-1] = " "
        end = x + len(new)
        # Terminals blank the other half of a wide character.
        if chars[x] == "" and x:
            chars[x - 1] = " "
        if end < self._width and chars[end] == "":
            chars[end] = " "
        chars[x:end] = new
        self._pens[y][x:end] = [pen] * len(new)
        return end

    def _can_erase(self, pen: Pen) -> bool:
        return can_erase(pen, in_colour=self._erases_in_colour)

    def _commonest_ground(self) -> Pen:
        """Return the pen to clear with that leaves the fewest blanks to write."""
        chars = chain.from_iterable(self._chars)
        blanks = (char == " " for char in chars)
        pens = compress(chain.from_iterable(self._pens), blanks)
        grounds = Counter(ground(pen) for pen in pens if self._can_erase(pen))
        return grounds.most_common(1)[0][0] if grounds else PLAIN

    def _pieces(self, y: int, old_chars: _Row, old_pens: _Pens) -> Iterator[_Piece]:
        """Yield what to write in a row, from left to right."""
        chars, pens = self._chars[y], self._pens[y]
        if chars == old_chars and pens == old_pens:
            return
        differing = self._differing(y, old_chars, old_pens)
        erased = None
        if y not in self._uncertain:
            # Otherwise write the blanks, because a terminal may have drawn what comes
            # before them wider than we think.
            erased = self._erased_from(chars, pens, differing)
        if erased is not None:
            del differing[bisect_left(differing, erased) :]
        pen: Pen | None = None
        for start, end in self._runs(y, differing):
            for piece in self._of_one_pen(y, start, end):
                pen = piece.pen
                yield piece
        if erased is not None:
            seen = ground(pens[erased])
            yield _Piece(y, erased, None, pen if pen and ground(pen) is seen else seen)

    def _differing(self, y: int, old_chars: _Row, old_pens: _Pens) -> list[int]:
        """Return the columns of a row to send."""
        chars, pens = self._chars[y], self._pens[y]
        columns = range(self._width)
        found = set(compress(columns, map(ne, chars, old_chars)))
        for x in compress(columns, map(is_not, pens, old_pens)):
            if chars[x] != " " or ground(pens[x]) is not ground(old_pens[x]):
                found.add(x)
        if not found or y not in self._uncertain:
            return sorted(found)
        if all(map(certain, chain(chars, old_chars))):
            self._uncertain.discard(y)
            return sorted(found)
        # If a terminal draws something wider than we think, its whole line may differ.
        return list(columns)

    def _of_one_pen(self, y: int, start: int, end: int) -> Iterator[_Piece]:
        """Split a run into pieces of one pen, unless its width is uncertain."""
        chars, pens = self._chars[y], self._pens[y]
        pen, blank = pens[start], True
        for x in range(start, end):
            if pens[x] is not pen and y not in self._uncertain:
                like_it = ground(pens[x]) is ground(pen)
                if blank and like_it:
                    pen = pens[x]
                elif chars[x] != " " or not like_it:
                    yield _Piece(y, start, x, pen)
                    start, pen, blank = x, pens[x], True
            blank = blank and chars[x] == " "
        yield _Piece(y, start, end, pen)

    def _erased_from(
        self, chars: _Row, pens: _Pens, differing: list[int]
    ) -> int | None:
        """Return the cell from which to erase the row instead of writing it, if any."""
        if not differing or chars[-1] != " " or not self._can_erase(pens[-1]):
            return None
        wanted, tail = ground(pens[-1]), self._width
        while tail and chars[tail - 1] == " " and ground(pens[tail - 1]) is wanted:
            tail -= 1
        first = bisect_left(differing, tail)
        return differing[first] if len(differing) - first > _WORTH_ERASING else None

    def _runs(self, y: int, differing: list[int]) -> Iterator[tuple[int, int]]:
        """Yield the stretches to write, each as its start and end (exclusive)."""
        if not differing:
            return
        start = before = differing[0]
        for x in differing[1:]:
            if x != before + 1 and not self._is_one_blank(y, before, x + 1):
                yield start, before + 1
                start = x
            before = x
        yield start, before + 1

    def _is_one_blank(self, y: int, start: int, end: int) -> bool:
        """Return whether these cells are blanks on one ground."""
        if any(char != " " for char in self._chars[y][start:end]):
            return False
        return len({ground(pen) for pen in self._pens[y][start:end]}) == 1

    def _reach(self, writer: Writer, x: int, y: int) -> None:
        """Move the cursor there; cross a short gap by rewriting what it shows."""
        here = writer.x
        if here is not None and writer.y == y and 0 < x - here <= _BRIDGE:
            is_shorter = x - here <= len(writer.way(x, y))
            if is_shorter and self._fits_pen(writer.pen, y, here, x):
                self._write(writer, y, here, x)
        writer.move(x, y)

    def _fits_pen(self, pen: Pen | None, y: int, start: int, end: int) -> bool:
        """Return whether these cells can be written without another pen."""
        cells_there = zip(
            self._chars[y][start:end], self._pens[y][start:end], strict=True
        )
        for char, wanted in cells_there:
            if not char or not char.isascii():
                return False
            if wanted is pen:
                continue
            if pen is None or char != " " or ground(wanted) is not ground(pen):
                return False
        return True

    def _write(self, writer: Writer, y: int, start: int, end: int) -> None:
        """Write a row's cells from `start` to `end`."""
        x = start
        while x < end:
            char = self._chars[y][x]
            if not char:
                x += 1
                continue
            writer.move(x, y)
            write = self._write_blanks if char == " " else self._write_text
            x = write(writer, y, x, end)

    def _write_blanks(self, writer: Writer, y: int, x: int, end: int) -> int:
        """Write blanks on one ground, and return the column after them."""
        chars, pens = self._chars[y], self._pens[y]
        seen, after_it = ground(pens[x]), x + 1
        while after_it < end and chars[after_it] == " ":
            if ground(pens[after_it]) is not seen:
                break
            after_it += 1
        next_pen = pens[after_it] if after_it < end else None
        writer.blanks(after_it - x, pens[x], next_pen)
        return after_it

    def _write_text(self, writer: Writer, y: int, x: int, end: int) -> int:
        """Write text in one pen up to a blank; return the column after it.

        A character of uncertain width is written separately.
        """
        chars, pens, pen = self._chars[y], self._pens[y], self._pens[y][x]
        sure = certain(chars[x])
        after_it = x + 1
        after_it += self._is_second_half(y, after_it)
        while sure and after_it < end:
            char = chars[after_it]
            if char == " " or pens[after_it] is not pen:
                break
            if y in self._uncertain and not certain(char):
                break
            after_it += 1
        # If the second half of the last one didn't change, it isn't in the run.
        after_it += self._is_second_half(y, after_it)
        width = after_it - x
        writer.use(pen)
        if not sure and width > 1:
            # A terminal that gives it one cell would leave the other as it was.
            writer.put("  ", width=2, certain=False)
            writer.move(x, y)
        writer.put("".join(chars[x:after_it]), width=width, certain=sure)
        return after_it

    def _is_second_half(self, y: int, x: int) -> bool:
        return x < self._width and self._chars[y][x] == ""
