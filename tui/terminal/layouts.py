"""The letters of non-Latin layouts, by their place on a US keyboard."""

from __future__ import annotations

from collections.abc import Mapping

_PLACES = "qwertyuiop[]asdfghjkl;'zxcvbnm,./"

NAMES = {
    "ru": "Russian",
    "uk": "Ukrainian",
    "el": "Greek",
    "he": "Hebrew",
    "ar": "Arabic",
}
"""The English names of the layouts that we know."""

_LETTERS: Mapping[str, str] = {
    "ru": "йцукенгшщзхъфывапролджэячсмитьбю.",
    "uk": "йцукенгшщзхїфівапролджєячсмитьбю.",
    "el": ";ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,./",
    "he": "/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ.",
    "ar": "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرﻻىةوزظ",
}
"""What each key types, by layout name, in the order of `_PLACES`."""


def _by_letter(*layouts: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for layout in layouts:
        for letter, place in zip(_LETTERS[layout], _PLACES, strict=True):
            if not letter.isascii():
                found.setdefault(letter, place)
                found.setdefault(letter.upper(), place.upper())
    return found


_BY_LAYOUT = {layout: _by_letter(layout) for layout in _LETTERS}
_BY_LETTER = _by_letter(*_LETTERS)


def at_place(character: str, layout: str | None = None) -> str:
    """Return the character at the same place on a US keyboard.

    A character that isn't in the layout, or in any if none is given, stays as it is.
    """
    known = _BY_LAYOUT[layout] if layout else _BY_LETTER
    return known.get(character, character)


def layout_of(character: str) -> str | None:
    """Return a layout with this non-US letter; None if there is none."""
    return next((name for name in NAMES if character in _BY_LAYOUT[name]), None)
