"""Colours of text that can be read.

A theme's, moved towards black or white until they stand out enough.

Textual's themes draw inactive words at 38 %, and light themes take accents that are too
pale for text. Greys are moved a little further, to one that terminals also know by a
short name: most frames name one or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rich.color import ColorSystem
from textual.color import Color

LEAST = 4.5
"""The contrast that WCAG 2 asks of text (level AA)."""

_SHORT_GREYS = range(8, 239, 10)
"""The levels of the greys among the 256 colours of a terminal."""
_TEXT_OF_TERMINAL = "ansi_default"
_ACCENTS = ("primary", "secondary", "accent", "success", "warning", "error")
_SHARE = 0.06
_STEPS = 50


def legible(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's CSS variables, with every `text-…` readable on all grounds that we draw text on.

    Nobody knows what the terminal's own colours look like: yellow is lost on a white
    ground, blue on a black one. So of these, only its colour for text is used for text.
    """
    surface, background = (
        Color.parse(variables[name]) for name in ("surface", "background")
    )
    if surface.ansi is not None or background.ansi is not None:
        return {name: _of_terminal(name, value) for name, value in variables.items()}
    # A field in use is a little lighter or darker than the surface.
    used = surface.blend(Color.parse(variables["foreground"]), _SHARE)
    grounds = (background, surface, used)
    readable = {
        name: _readable(value, grounds) if name.startswith("text-") else value
        for name, value in variables.items()
    }
    return readable | {"foreground": _short_grey(variables["foreground"], background)}


def _of_terminal(name: str, value: str) -> str:
    return _TEXT_OF_TERMINAL if name in _ACCENTS or name.startswith("text") else value


def _short_grey(value: str, ground: Color) -> str:
    """The grey with a short name next to this one, away from the ground.

    Another colour as it is.
    """
    colour = Color.parse(value)
    levels = (
        _SHORT_GREYS
        if colour.brightness > ground.brightness
        else reversed(_SHORT_GREYS)
    )
    beyond = (
        level for level in levels if abs(level - ground.r) >= abs(colour.r - ground.r)
    )
    level = next(beyond, None) if colour.r == colour.g == colour.b else None
    return value if level is None else Color(level, level, level).hex


def _readable(value: str, grounds: tuple[Color, ...]) -> str:
    kind, _, share = value.partition(" ")
    if kind == "auto":
        first = 10 * int(share.rstrip("%"))
        shares = [f"auto {tenth / 10:g}%" for tenth in range(first, 1000)]
        short = [tried for tried in shares if _is_short_grey(_on(tried, grounds[0]))]
        tries = iter([*short, *shares])
    else:
        colour = Color.parse(value)
        if colour.ansi is not None:
            return value
        end = grounds[1].get_contrast_text(1)
        tries = (colour.blend(end, step / _STEPS).hex for step in range(_STEPS))
    return next(
        (tried for tried in tries if _least_contrast(tried, grounds) >= LEAST), value
    )


def _least_contrast(value: str, grounds: tuple[Color, ...]) -> float:
    return min(_contrast(_on(value, ground), ground) for ground in grounds)


def _is_short_grey(colour: Color) -> bool:
    return colour.r == colour.g == colour.b and colour.r in _SHORT_GREYS


def _on(value: str, ground: Color) -> Color:
    kind, _, share = value.partition(" ")
    if kind == "auto":
        return ground + ground.get_contrast_text(float(share.rstrip("%")) / 100)
    return Color.parse(value)


def _contrast(one: Color, other: Color) -> float:
    """The contrast of two colours, also where they are rounded to those of 256."""
    rounded = _luminance(_rounded(one)), _luminance(_rounded(other))
    return min(_ratio(_luminance(one), _luminance(other)), _ratio(*rounded))


def _ratio(one: float, other: float) -> float:
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def _rounded(colour: Color) -> Color:
    """What a terminal of 256 colours shows of it."""
    rounded = colour.rich_color.downgrade(ColorSystem.EIGHT_BIT)
    return Color.from_rich_color(rounded)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
