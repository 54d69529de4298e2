"""Makes text from outside safe to show, or refuses it where it enters.

This is the only place that checks and cleans it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Joiners that Persian, Hindi and emoji names need; they don't reorder or hide
# anything.
_KEPT_FORMATS = "\u200c\u200d"

# Letters and marks, by category, that draw nothing: a name made of them looks blank
# or like another name.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"

# Control, format (bidi overrides and isolates, zero-width space, byte order mark,
# tags), surrogate, private use, unassigned, line and paragraph separators.
_MARKED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def flaw(text: str) -> str | None:
    """Return why text from outside can't be kept, sent or written; None if it can.

    Half a surrogate pair has no UTF-8, and a NUL ends file names, arguments and
    headers. Refuse such text where it enters: nothing after that expects it.
    """
    if "\0" in text:
        return "contains a NUL character"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "contains text that isn't valid Unicode"
    return None


def visible(text: str) -> str:
    """Return `text` on one line, with marks for characters that control a terminal.

    Escape becomes `␛`, and other control characters likewise; everything else that
    isn't drawn or assigned becomes a mark such as `<U+202E>`. Spaces of every kind are
    drawn as one. What is stored and sent back never changes, only what goes into cells,
    a line of a file or a message. Cleaning twice is the same as cleaning once.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def shortened(name: str, cells: int = 40) -> str:
    """Return a name short enough for a title or a question.

    The beginning and the end are kept, because names often differ at the end.
    """
    name = visible(name)
    if len(name) <= cells:
        return name
    kept = cells - 1
    return f"{name[: kept - kept // 3]}…{name[-(kept // 3) :]}"


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in _KEPT_FORMATS:
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if char in _INVISIBLE or category in _MARKED_CATEGORIES:
        return f"<U+{code:04X}>"
    return char
