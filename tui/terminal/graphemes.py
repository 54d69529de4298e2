"""Text as cells: which characters share one, take two, or have an uncertain width."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category

from rich.cells import split_graphemes

# Wide in every terminal: Hangul, kana, Han and the full-width forms.
_WIDE = (
    ("\u1100", "\u115f"),
    ("\u2e80", "\u303e"),
    ("\u3041", "\ua4cf"),
    ("\uac00", "\ud7a3"),
    ("\uf900", "\ufaff"),
    ("\uff01", "\uff60"),
    ("\uffe0", "\uffe6"),
)
_BRAILLE = ("\u2800", "\u28ff")


@lru_cache(4096)
def cells(text: str) -> tuple[str, list[str]]:
    """Return marks that belong to the letter before, and a string for each cell.

    A character that covers two cells is followed by an empty string. Control characters
    take no cell and would move what follows, so they are omitted. The list is shared:
    copy it before you change it.
    """
    marks, found = "", []
    clean = "".join(character for character in text if category(character) != "Cc")
    for start, end, width in split_graphemes(clean)[0] if clean else ():
        if not width:
            marks += clean[start:end]
            continue
        found.append(clean[start:end])
        if width > 1:
            found.append("")
    return marks, found


@lru_cache(4096)
def certain(cell: str) -> bool:
    """Return whether every terminal gives this as many cells as we do."""
    if len(cell) > 1:
        return False
    if cell < "\u2600":
        return cell < "\u0300" or category(cell)[0] != "M"
    if _BRAILLE[0] <= cell <= _BRAILLE[1]:
        return True
    return any(first <= cell <= last for first, last in _WIDE)
