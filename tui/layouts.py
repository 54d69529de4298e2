"""The letters of layouts that aren't Latin, by the place of their key on a US keyboard."""

from __future__ import annotations

from collections.abc import Mapping

_PLACES = "qwertyuiop[]asdfghjkl;'zxcvbnm,./"

_LETTERS: Mapping[str, str] = {
    "ru": "йцукенгшщзхъфывапролджэячсмитьбю.",
    "uk": "йцукенгшщзхїфівапролджєячсмитьбю.",
    "el": ";ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,./",
    "he": "/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ.",
    "ar": "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرﻻىةوزظ",
}
"""What each key types, of the layouts by their names, in the order of `_PLACES`."""


def _by_letter() -> dict[str, str]:
    found: dict[str, str] = {}
    for letters in _LETTERS.values():
        for letter, place in zip(letters, _PLACES, strict=True):
            if not letter.isascii():
                found.setdefault(letter, place)
                found.setdefault(letter.upper(), place.upper())
    return found


_BY_LETTER = _by_letter()


def at_place(character: str) -> str:
    """The character that a US keyboard types at the place of this one's key; itself if unknown."""
    return _BY_LETTER.get(character, character)
