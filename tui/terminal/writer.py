"""A frame as it is written: cursor and pen are changed in the fewest bytes."""

from __future__ import annotations

from tui.terminal.pens import Pen, change, ground, linked, on_ground

_ERASE_WITHIN = 11
_ERASE_AT_END = 6


class Writer:
    """Collects one frame.

    Where the cursor is at the beginning nobody knows, nor which pen the terminal has
    unless it is given.
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
        """Make the whole terminal blank in this pen."""
        self.use(of)
        self._out.append("\x1b[2J")

    def move(self, x: int, y: int) -> None:
        """Put the cursor there."""
        if (x, y) != (self.x, self.y):
            self._out.append(self.way(x, y))
            self.x, self.y = x, y

    def way(self, x: int, y: int) -> str:
        """Return the shortest sequence from where the cursor is."""
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
        """Take this pen."""
        if wanted is not self.pen:
            self._out.append(change(self.pen, wanted))
            self.pen = wanted

    def put(self, cell: str, *, width: int, certain: bool) -> None:
        """Write one cell, after which nobody knows the cursor if it isn't `certain`."""
        self._out.append(cell)
        self.x = self.x + width if self.x is not None and certain else None
        if self.x is not None and self.x >= self._width:
            self.x = None

    def blanks(self, count: int, of: Pen, next_pen: Pen | None) -> None:
        """Write blanks of this pen; `next_pen` follows them in the row, if any does."""
        self._use_ground(of, next_pen)
        in_colour = self._erases_in_colour
        worth_it = count >= (_ERASE_WITHIN if next_pen else _ERASE_AT_END)
        if in_colour and worth_it and can_erase(of, in_colour=in_colour):
            self._out.append(f"\x1b[{count}X")
            return
        if count:
            self.put(" " * count, width=count, certain=True)

    def erase_rest(self, of: Pen) -> None:
        """Make blank all from the cursor to the end of its line."""
        self._use_ground(of, None)
        self._out.append("\x1b[K")

    def end(self) -> str:
        """Return all that was collected, with no link open at its end."""
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
    """Return whether erasing leaves what a blank of this pen looks like."""
    seen = ground(of)
    if seen.attributes or seen.link:
        return False
    return in_colour or not seen.back


def move_to(x: int, y: int) -> str:
    """Return the sequence that puts the cursor there, wherever it is."""
    line = str(y + 1) if y else ""
    return f"\x1b[{line};{x + 1}H" if x else f"\x1b[{line}H"


def _by(count: int, direction: str) -> str:
    return f"\x1b[{count if count > 1 else ''}{direction}"
