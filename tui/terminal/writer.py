"""Writes a frame, changing the cursor and pen in the fewest bytes."""

from __future__ import annotations

from tui.terminal.pens import Pen, change, ground, linked, on_ground

_ERASE_WITHIN = 11
_ERASE_AT_END = 6


class Writer:
    """Collects one frame.

    At the beginning, the cursor's position is unknown, and so is the terminal's pen
    unless it's given.
    """

    def __init__(
        self, width: int, pen: Pen | None = None, *, erases_in_colour: bool
    ) -> None:
        self._width = width
        self._erases_in_colour = erases_in_colour
        self._out: list[str] = []
        self.x: int | None = None
        self.y: int | None = None
        self.pen = pen

    def clear(self, of: Pen) -> None:
        """Clear the whole terminal in this pen."""
        self.use(of)
        self._out.append("\x1b[2J")

    def move(self, x: int, y: int) -> None:
        """Put the cursor there."""
        if (x, y) != (self.x, self.y):
            self._out.append(self.way(x, y))
            self.x, self.y = x, y

    def way(self, x: int, y: int) -> str:
        """Return the shortest sequence that moves the cursor there."""
        ways = [move_to(x, y)]
        if self.y == y:
            ways.append("\r" if x == 0 else f"\x1b[{x + 1}G")
            if self.x is not None and x > self.x:
                ways.append(_by(x - self.x, "C"))
            elif self.x is not None:
                ways += ["\b" * (self.x - x), _by(self.x - x, "D")]
        elif self.y is not None and x == self.x:
            ways.append(_by(y - self.y, "B") if y > self.y else _by(self.y - y, "A"))
        return min(ways, key=len)

    def use(self, wanted: Pen) -> None:
        """Switch to this pen."""
        if wanted is not self.pen:
            self._out.append(change(self.pen, wanted))
            self.pen = wanted

    def put(self, cell: str, *, width: int, certain: bool) -> None:
        """Write one cell; if its width isn't `certain`, the cursor is then unknown."""
        self._out.append(cell)
        self.x = self.x + width if self.x is not None and certain else None
        if self.x is not None and self.x >= self._width:
            self.x = None

    def blanks(self, count: int, of: Pen, next_pen: Pen | None) -> None:
        """Write blanks in this pen; `next_pen` comes next in the row, if any does."""
        self._use_ground(of, next_pen)
        in_colour = self._erases_in_colour
        worth_it = count >= (_ERASE_WITHIN if next_pen else _ERASE_AT_END)
        if in_colour and worth_it and can_erase(of, in_colour=in_colour):
            self._out.append(f"\x1b[{count}X")
            return
        if count:
            self.put(" " * count, width=count, certain=True)

    def erase_rest(self, of: Pen) -> None:
        """Erase from the cursor to the end of its line."""
        self._use_ground(of, None)
        self._out.append("\x1b[K")

    def end(self) -> str:
        """Return everything collected, with no link left open."""
        if self.pen is not None:
            self.use(linked(self.pen, ""))
        return "".join(self._out)

    def _use_ground(self, of: Pen, next_pen: Pen | None) -> None:
        wanted = ground(of)
        if self.pen is not None and ground(self.pen) is wanted:
            return
        if next_pen and ground(next_pen) is wanted:
            self.use(next_pen)
        else:
            self.use(on_ground(of, self.pen))


def can_erase(of: Pen, *, in_colour: bool) -> bool:
    """Return whether an erased cell looks like a blank in this pen."""
    seen = ground(of)
    if seen.attributes or seen.link:
        return False
    return in_colour or not seen.back


def move_to(x: int, y: int) -> str:
    """Return the sequence that puts the cursor there from anywhere."""
    line = str(y + 1) if y else ""
    return f"\x1b[{line};{x + 1}H" if x else f"\x1b[{line}H"


def _by(count: int, direction: str) -> str:
    return f"\x1b[{count if count > 1 else ''}{direction}"
