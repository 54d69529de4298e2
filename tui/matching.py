"""Filters: every word must appear, in any case, with accents composed or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tui.display import visible


def fold(text: str) -> str:
    """Return the text as it's compared: as drawn, case-folded, accents composed."""
    text = visible(text)
    if text.isascii():
        return text.lower()
    # Folding decomposes some letters again, so the result is composed once more.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def haystack(cells: Iterable[str]) -> str:
    """Return the cells of a row folded into one text."""
    # Spaces keep a word from matching across cells.
    return fold(" ".join(cells))


def words(filter_text: str) -> list[str]:
    """Return the words of a filter, folded."""
    return fold(filter_text).split()


def matches(wanted: Iterable[str], hay: str) -> bool:
    """Return whether every word, from `words`, appears in the text, from `haystack`."""
    return all(word in hay for word in wanted)
