"""How a cell is drawn, and the fewest bytes to switch from one look to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

# The code that ends each attribute. Some share one.
_ENDS = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "51": "54",
    "52": "54",
    "53": "55",
}
# These show on a blank, and so does the colour that they are drawn in.
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_FORE, _BACK = re.compile("[39][0-7]|3[89]"), re.compile("(4|10)[0-7]|4[89]")
_PALETTE, _RGB = "5", "2"
# The greys at the end of the 256-colour palette: nearly black to nearly white.
# Terminal themes change the first 16 colours, and some others, but not these or white,
# the last one before them.
_GREYS, _GREY_AT, _FIRST_GREY, _GREY_STEP = 24, 232, 8, 10
_WHITE, _WHITE_AT = ["255"] * 3, 231


class NotUnderstood(Exception):
    """An update has something that the wire doesn't know, so its effect is unknown."""


@dataclass(frozen=True, eq=False, slots=True)
class Pen:
    """A look, only created by `pen`, so that equal looks are the same object (`is`).

    Attributes:
        attributes: SGR codes, such as "1" for bold.
        fore: A colour as SGR codes, "" for the terminal's own.
        back: The same for the background.
        link: The body of OSC 8, "" for none.
    """

    attributes: frozenset[str]
    fore: str
    back: str
    link: str


@cache
def pen(
    attributes: frozenset[str] = frozenset(),
    fore: str = "",
    back: str = "",
    link: str = "",
) -> Pen:
    """Return the pen for this look."""
    return Pen(attributes, fore, back, link)


PLAIN = pen()


@cache
def ground(of: Pen) -> Pen:
    """Return what shows of a pen on a blank, also a pen to compare by `is`."""
    return of if of.attributes & _SEEN_ON_BLANKS else pen(back=of.back, link=of.link)


def on_ground(of: Pen, current: Pen | None) -> Pen:
    """Return the pen nearest to `current` that draws blanks as `of` does."""
    if current is None or of.attributes & _SEEN_ON_BLANKS:
        return ground(of)
    return pen(current.attributes - _SEEN_ON_BLANKS, current.fore, of.back, of.link)


def linked(of: Pen, link: str) -> Pen:
    """Return the same pen with another link; "" or ";" ends one."""
    return pen(of.attributes, of.fore, of.back, "" if link == ";" else link)


@lru_cache(4096)
def after(before: Pen, codes: str) -> Pen:
    """Return the pen that results from these SGR codes after another pen.

    Raises:
        NotUnderstood: for a code that Textual doesn't send.
    """
    attributes, fore, back = set(before.attributes), before.fore, before.back
    rest = iter(codes.split(";"))
    for code in rest:
        if code in ("", "0"):
            attributes, fore, back = set(), "", ""
        elif code in _ENDS:
            attributes.add(code)
        elif code in _ENDS.values():
            attributes = {kept for kept in attributes if _ENDS[kept] != code}
        elif _FORE.fullmatch(code):
            fore = _colour(code, rest)
        elif _BACK.fullmatch(code):
            back = _colour(code, rest)
        else:
            raise NotUnderstood(codes)
    return pen(frozenset(attributes), fore, back, before.link)


@lru_cache(4096)
def change(before: Pen | None, to: Pen) -> str:
    """Return the shortest sequence from one pen (None if unknown) to another."""
    return _link_change(before, to) + _sgr_change(before, to)


def _link_change(before: Pen | None, to: Pen) -> str:
    known = "" if before is None else before.link
    if known == to.link:
        return ""
    return f"\x1b]8;{to.link or ';'}\x1b\\"


def _sgr_change(before: Pen | None, to: Pen) -> str:
    colours = [colour for colour in (to.fore, to.back) if colour]
    from_scratch = ";".join(["", *sorted(to.attributes), *colours])
    if before is None:
        return f"\x1b[{from_scratch}m"
    steps = _steps(before, to)
    if not steps:
        return ""
    shortest = min(from_scratch, ";".join(steps), key=len)
    return f"\x1b[{shortest}m"


def _steps(before: Pen, to: Pen) -> list[str]:
    """Return the codes that only change what differs."""
    ends = {_ENDS[ended] for ended in before.attributes - to.attributes}
    begun = {
        code
        for code in to.attributes
        if code not in before.attributes or _ENDS[code] in ends
    }
    steps = [*sorted(ends), *sorted(begun)]
    if to.fore != before.fore:
        steps.append(to.fore or "39")
    if to.back != before.back:
        steps.append(to.back or "49")
    return steps


def _colour(code: str, rest: Iterator[str]) -> str:
    """Return a colour's codes; palette and RGB colours take more from the rest."""
    if code in ("39", "49"):
        return ""
    if code not in ("38", "48"):
        return code
    kind = next(rest, "")
    wanted = {_PALETTE: 1, _RGB: 3}.get(kind, 0)
    values = [value for _, value in zip(range(wanted), rest, strict=False)]
    if not wanted or len(values) < wanted:
        raise NotUnderstood(code)
    if kind == _RGB:
        return _short_grey(code, values)
    return ";".join((code, kind, *values))


def _short_grey(code: str, values: list[str]) -> str:
    """Return an RGB colour, or its number in the palette if it's a grey or white."""
    if values == _WHITE:
        return f"{code};{_PALETTE};{_WHITE_AT}"
    level, rest = divmod(int(values[0] or 0) - _FIRST_GREY, _GREY_STEP)
    if len(set(values)) == 1 and not rest and 0 <= level < _GREYS:
        return f"{code};{_PALETTE};{_GREY_AT + level}"
    return ";".join((code, _RGB, *values))
