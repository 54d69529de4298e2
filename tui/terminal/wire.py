"""The cells of the terminal.

As they are to be, as they are, and the shortest sequence between the two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import compress
from operator import is_not, ne
from typing import NamedTuple

from tui.terminal.graphemes import cells, certain
from tui.terminal.pens import PLAIN, NotUnderstood, Pen, after, change, ground, linked
from tui.terminal.writer import Writer, can_erase

_SEQUENCE = re.compile(r"\[([0-9;]*)([mH])|\]8;([^\x1b]*)\Z|(\\)")
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
# A shorter run of blanks is as well written as erased, since the pen may have to change
# for it.
_WORTH_ERASING = 4
_BRIDGE = 5

_Row = list[str]
_Pens = list[Pen]


class _Piece(NamedTuple):
    """Cells of a row to be written, most of them in one pen.

    Without an end, its rest is to be erased.
    """

    y: int
    start: int
    end: int | None
    pen: Pen


def _by_pen(pieces: Sequence[_Piece], pen: Pen | None) -> Iterator[_Piece]:
    """All of one pen before those of another, since a move takes fewer bytes than a colour.

    From this pen on, or one that nobody knows, the nearest is next; those of one pen keep their order.
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
    """Whether what the terminal erases gets the pen's background.

    In GNU screen it does not.
    """
    return environ.get("TERM", "").startswith(_ERASING) and "STY" not in environ


class Wire:
    """What a terminal shows, and what it is to show.

    `take` updates, send `difference`, tell `sent`.
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
        """Follow the terminal's size.

        After another one, nothing is known of what it shows.
        """
        if (columns, lines) != (self._width, self._height):
            self._width, self._height = columns, lines
            self._chars = [[" "] * columns for _ in range(lines)]
            self._pens = [[PLAIN] * columns for _ in range(lines)]
            self.forget()

    def forget(self) -> None:
        """Trust nothing of what the terminal shows: all will be sent."""
        self._shown = self._pen = None
        self._changed = set(range(self._height))

    def take(self, sequence: str) -> None:
        """Note what a sequence of Textual would have the terminal show.

        Raises:
            NotUnderstood: for a sequence other than text, styles, links and moves to a
                place.
        """
        first, *parts = sequence.split("\x1b")
        pen, x, y = PLAIN, *self._put(first, PLAIN, 0, 0)
        for part in parts:
            found = _SEQUENCE.match(part)
            if found is None:
                raise NotUnderstood(part)
            codes, kind, link, _ = found.groups()
            if kind == "m":
                pen = after(pen, codes)
            elif kind == "H":
                line, _, column = codes.partition(";")
                x, y = int(column or 1) - 1, int(line or 1) - 1
            elif link is not None:
                pen = linked(pen, link)
            if text := part[found.end() :]:
                x, y = self._put(text, pen, x, y)

    def difference(self) -> str:
        """What to send; "" if the terminal shows all as it is to be.

        Changes nothing: see `sent`.
        """
        if not self._changed:
            return ""
        writer = Writer(self._width, self._pen, erases_in_colour=self._erases_in_colour)
        shown = self._shown
        if shown is None:
            cleared = self._commonest_ground()
            writer.clear(cleared)
            shown = [([" "] * self._width, [cleared] * self._width)] * self._height
        pieces = [
            piece for y in sorted(self._changed) for piece in self._pieces(y, *shown[y])
        ]
        for y, start, end, pen in _by_pen(pieces, writer.pen):
            if end is None:
                writer.move(start, y)
                writer.erase_rest(pen)
            else:
                self._reach(writer, start, y)
                self._write(writer, y, start, end)
        frame = writer.end()
        self._pen_then = writer.pen
        return frame

    def sent(self) -> None:
        """Take note that the terminal now has the difference."""
        if self._shown is None:
            self._shown = [([], [])] * self._height
        for y in self._changed:
            self._shown[y] = (self._chars[y].copy(), self._pens[y].copy())
        self._changed.clear()
        self._pen = self._pen_then

    def _put(self, text: str, pen: Pen, x: int, y: int) -> tuple[int, int]:
        """Set cells from a place on; the place after them."""
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
            # The letter that they belong to was in another style, and so came before.
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
        # Half of what is wide is nothing: terminals blank the other half.
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
        """What to clear the terminal with, so that the fewest blanks are left to write."""
        grounds = Counter(
            ground(pen)
            for chars, pens in zip(self._chars, self._pens, strict=True)
            for char, pen in zip(chars, pens, strict=True)
            if char == " " and self._can_erase(pen)
        )
        return grounds.most_common(1)[0][0] if grounds else PLAIN

    def _pieces(self, y: int, old_chars: _Row, old_pens: _Pens) -> Iterator[_Piece]:
        """What is to be written of a row, from left to right."""
        chars, pens = self._chars[y], self._pens[y]
        if chars == old_chars and pens == old_pens:
            return
        columns = range(self._width)
        others = compress(columns, map(ne, chars, old_chars))
        repainted = compress(columns, map(is_not, pens, old_pens))
        visibly = (
            x
            for x in repainted
            if chars[x] != " " or ground(pens[x]) is not ground(old_pens[x])
        )
        differing = sorted({*others, *visibly})
        if differing and y in self._uncertain:
            # Where a terminal draws something wider than we think, its whole line is
            # not as we think.
            if any(not certain(cell) for cell in (*chars, *old_chars)):
                differing = list(range(self._width))
            else:
                self._uncertain.discard(y)
        # Where a terminal draws something wider than we think, the blanks that follow
        # have to come after it.
        erased = (
            None if y in self._uncertain else self._erased_from(chars, pens, differing)
        )
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

    def _of_one_pen(self, y: int, start: int, end: int) -> Iterator[_Piece]:
        """A run, in pieces of one pen.

        Whole where a terminal may draw it wider than we think.
        """
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
        """From which cell on the row is better erased than written, if from any."""
        if not differing or chars[-1] != " " or not self._can_erase(pens[-1]):
            return None
        wanted, tail = ground(pens[-1]), self._width
        while tail and chars[tail - 1] == " " and ground(pens[tail - 1]) is wanted:
            tail -= 1
        first = bisect_left(differing, tail)
        return differing[first] if len(differing) - first > _WORTH_ERASING else None

    def _runs(self, y: int, differing: list[int]) -> Iterator[tuple[int, int]]:
        """The stretches to write, as first and one after the last.

        Blanks on one ground are one stretch.
        """
        if not differing:
            return
        chars, pens = self._chars[y], self._pens[y]
        start = before = differing[0]
        for x in differing[1:]:
            if x != before + 1 and not (
                all(char == " " for char in chars[before : x + 1])
                and len({ground(pen) for pen in pens[before : x + 1]}) == 1
            ):
                yield start, before + 1
                start = x
            before = x
        yield start, before + 1

    def _reach(self, writer: Writer, x: int, y: int) -> None:
        """Bring the cursor there, over a short gap by writing what it shows already."""
        here = writer.x
        if writer.y == y and here is not None and 0 < x - here <= _BRIDGE:
            gap = list(zip(self._chars[y][here:x], self._pens[y][here:x], strict=True))
            pen = writer.pen
            if len(gap) <= len(writer.way(x, y)) and all(
                char.isascii()
                and char
                and (
                    mark is pen or (char == " " and pen and ground(mark) is ground(pen))
                )
                for char, mark in gap
            ):
                self._write(writer, y, here, x)
        writer.move(x, y)

    def _write(self, writer: Writer, y: int, start: int, end: int) -> None:
        """Write the cells of a row from one to another."""
        chars, pens = self._chars[y], self._pens[y]
        x = start
        while x < end:
            char, pen, following = chars[x], pens[x], x + 1
            if char:
                writer.move(x, y)
            if char == " ":
                seen = ground(pen)
                while (
                    following < end
                    and chars[following] == " "
                    and ground(pens[following]) is seen
                ):
                    following += 1
                writer.blanks(
                    following - x, pen, pens[following] if following < end else None
                )
            elif char:
                following += following < self._width and chars[following] == ""
                sure = certain(char)
                while (
                    sure
                    and following < end
                    and chars[following] != " "
                    and pens[following] is pen
                ):
                    if y in self._uncertain and not certain(chars[following]):
                        break
                    following += 1
                # The second half of the last one may be as it was, and so no part of
                # the run.
                following += following < self._width and chars[following] == ""
                writer.use(pen)
                if not sure and following - x > 1:
                    # A terminal that gives it one cell would leave in the other what
                    # was there before.
                    writer.put("  ", width=2, certain=False)
                    writer.move(x, y)
                writer.put(
                    "".join(chars[x:following]), width=following - x, certain=sure
                )
            x = following
