"""How a cell is drawn: attributes, colours and link, and the fewest bytes from one look to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

# By attribute: what ends it. Some are ended by one code together.
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
# These are seen on a blank, and with them the colour that they are drawn in.
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_FORE, _BACK = re.compile("[39][0-7]|3[89]"), re.compile("(4|10)[0-7]|4[89]")
_PALETTE, _RGB = "5", "2"
# The greys at the end of the palette of 256 colours: nearly black to nearly white.
# Themes of terminals change the first 16 colours, and a few more, but not these.
_GREYS, _GREY_AT, _FIRST_GREY, _GREY_STEP = 24, 232, 8, 10


class NotUnderstood(Exception):
    """An update says something that the wire does not know, so it can't tell what the terminal shows."""


@dataclass(frozen=True, eq=False, slots=True)
class Pen:
    """A look; two that look the same are one object, so that `is` compares them.

    Made by `pen` alone.

    Attributes and colours are codes of SGR, "" for the terminal's own colour; `link` is
    the body of OSC 8.
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
    """The one pen of this look."""
    return Pen(attributes, fore, back, link)


PLAIN = pen()


@cache
def ground(of: Pen) -> Pen:
    """What is seen of a pen on a blank.

    The same object for two pens whose blanks look the same.
    """
    return of if of.attributes & _SEEN_ON_BLANKS else pen(back=of.back, link=of.link)


def on_ground(of: Pen, current: Pen | None) -> Pen:
    """The pen nearest to `current` that draws blanks as `of` does."""
    if current is None or of.attributes & _SEEN_ON_BLANKS:
        return ground(of)
    return pen(current.attributes - _SEEN_ON_BLANKS, current.fore, of.back, of.link)


def linked(of: Pen, link: str) -> Pen:
    """The same pen within another link; "" or ";" ends one."""
    return pen(of.attributes, of.fore, of.back, "" if link == ";" else link)


@lru_cache(4096)
def after(before: Pen, codes: str) -> Pen:
    """The pen that SGR with these codes makes of another.

    Raises:
        NotUnderstood: for a code that Textual does not send.
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
    """The shortest sequence from one pen to another.

    None is a pen that nobody knows.
    """
    link = (
        ""
        if before is not None and before.link == to.link
        else f"\x1b]8;{to.link or ';'}\x1b\\"
    )
    if before is None and not to.link:
        link = ""
    whole = ["", *sorted(to.attributes), *filter(None, (to.fore, to.back))]
    shortest = ";".join(whole)
    if before is not None:
        ends = {_ENDS[ended] for ended in before.attributes - to.attributes}
        begun = {
            code
            for code in to.attributes
            if code not in before.attributes or _ENDS[code] in ends
        }
        steps = [*sorted(ends), *sorted(begun)]
        steps += [to.fore or "39"] if to.fore != before.fore else []
        steps += [to.back or "49"] if to.back != before.back else []
        if not steps:
            return link
        shortest = min(shortest, ";".join(steps), key=len)
    return f"{link}\x1b[{shortest}m"


def _colour(code: str, rest: Iterator[str]) -> str:
    """A colour's codes, of which the first is known.

    A palette's or RGB's take more from the rest.
    """
    if code in ("39", "49"):
        return ""
    if code not in ("38", "48"):
        return code
    kind = next(rest, "")
    wanted = {_PALETTE: 1, _RGB: 3}.get(kind, 0)
    values = [value for _, value in zip(range(wanted), rest, strict=False)]
    if not wanted or len(values) < wanted:
        raise NotUnderstood(code)
    return (
        _short_grey(code, values) if kind == _RGB else ";".join((code, kind, *values))
    )


def _short_grey(code: str, values: list[str]) -> str:
    """A colour by its parts.

    A grey that the palette has too by its number there, which is half as long.
    """
    level, rest = divmod(int(values[0] or 0) - _FIRST_GREY, _GREY_STEP)
    if len(set(values)) == 1 and not rest and 0 <= level < _GREYS:
        return f"{code};{_PALETTE};{_GREY_AT + level}"
    return ";".join((code, _RGB, *values))
