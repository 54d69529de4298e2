"""A theme's text colours, moved towards black or white until they are readable.

Textual's themes draw inactive words at 38 %, and light themes have accents that are too
pale for text. Greys move a little further, to one that has a short escape code: most
frames contain one or two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rich.color import ColorSystem
from textual.color import Color

LEAST = 4.5
"""The contrast that WCAG 2 requires for text (level AA)."""

_SHORT_GREYS = range(8, 239, 10)
"""The levels of the greys among the 256 colours of a terminal."""
_TEXT_OF_TERMINAL = "ansi_default"
_ACCENTS = ("primary", "secondary", "accent", "success", "warning", "error")
_SHARE = 0.06
_STEPS = 50


def legible(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a theme's CSS variables, with every `text-…` readable on all backgrounds.

    We can't know what the terminal's own colours look like: yellow is lost on white,
    blue on black. So of these, only its text colour is used for text.
    """
    surface, background = (
        Color.parse(variables[name]) for name in ("surface", "background")
    )
    if surface.ansi is not None or background.ansi is not None:
        return {name: _of_terminal(name, value) for name, value in variables.items()}
    # A focused field is a little lighter or darker than the surface.
    used = surface.blend(Color.parse(variables["foreground"]), _SHARE)
    grounds = (background, surface, used)
    changed = {
        name: _readable(value, grounds)
        for name, value in variables.items()
        if name.startswith("text-")
    }
    foreground = _short_grey(variables["foreground"], background)
    # The background for production, under black or white text.
    ground = _ground(variables["secondary"])
    named = {"foreground": foreground, "secondary": ground}
    return {**variables, **changed, **named}


def _ground(value: str) -> str:
    """Return the first variation of a colour on which black or white is readable."""
    colour = Color.parse(value)
    end = colour.get_contrast_text(1).inverse
    for step in range(_STEPS):
        tried = colour.blend(end, step / _STEPS)
        if _contrast(tried.get_contrast_text(1), tried) >= LEAST:
            return tried.hex
    return value


def _of_terminal(name: str, value: str) -> str:
    return _TEXT_OF_TERMINAL if name in _ACCENTS or name.startswith("text") else value


def _short_grey(value: str, ground: Color) -> str:
    """Return the next grey, away from the background, that has a short escape code.

    Colours other than greys stay as they are.
    """
    colour = Color.parse(value)
    if not _is_grey(colour):
        return value
    levels = list(_SHORT_GREYS)
    if colour.brightness <= ground.brightness:
        levels.reverse()
    distance = abs(colour.r - ground.r)
    for level in levels:
        if abs(level - ground.r) >= distance:
            return Color(level, level, level).hex
    return value


def _readable(value: str, grounds: tuple[Color, ...]) -> str:
    """Return the first variation of a colour that is readable on all backgrounds."""
    for tried in _variations(value, grounds):
        if _least_contrast(tried, grounds) >= LEAST:
            return tried
    return value


def _variations(value: str, grounds: tuple[Color, ...]) -> Iterator[str]:
    """Yield the colour, then stronger and stronger ones; short greys come first."""
    kind, _, share = value.partition(" ")
    if kind == "auto":
        first = 10 * int(share.rstrip("%"))
        shares = [f"auto {tenth / 10:g}%" for tenth in range(first, 1000)]
        yield from (each for each in shares if _is_short_grey(_on(each, grounds[0])))
        yield from shares
        return
    colour = Color.parse(value)
    if colour.ansi is None:
        end = grounds[1].get_contrast_text(1)
        yield from (colour.blend(end, step / _STEPS).hex for step in range(_STEPS))


def _least_contrast(value: str, grounds: tuple[Color, ...]) -> float:
    return min(_contrast(_on(value, ground), ground) for ground in grounds)


def _is_short_grey(colour: Color) -> bool:
    return _is_grey(colour) and colour.r in _SHORT_GREYS


def _is_grey(colour: Color) -> bool:
    return colour.r == colour.g == colour.b


def _on(value: str, ground: Color) -> Color:
    kind, _, share = value.partition(" ")
    if kind == "auto":
        return ground + ground.get_contrast_text(float(share.rstrip("%")) / 100)
    return Color.parse(value)


def _contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, or if lower, that in a 256-colour palette."""
    rounded = _luminance(_rounded(one)), _luminance(_rounded(other))
    return min(_ratio(_luminance(one), _luminance(other)), _ratio(*rounded))


def _ratio(one: float, other: float) -> float:
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def _rounded(colour: Color) -> Color:
    """Return the colour that a terminal of 256 colours shows instead."""
    rounded = colour.rich_color.downgrade(ColorSystem.EIGHT_BIT)
    return Color.from_rich_color(rounded)


def _luminance(colour: Color) -> float:
    """Return the relative luminance, as WCAG 2 defines it."""
    red, green, blue = map(_linear, colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    if part <= 0.04045:
        return part / 12.92
    return float(((part + 0.055) / 1.055) ** 2.4)
