"""The signs that widgets draw with: one set for UTF-8 terminals, one for ASCII."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

_LIKENESSES = {
    "…": ".", "·": "-", "•": "*", "│": "|", "─": "-", "—": "-", "–": "-", "×": "x",
    "→": ">", "←": "<", "▲": "^", "▼": "v", "▌": ">", "✓": "+", "✗": "x",
    "‘": "'", "’": "'", "“": '"', "”": '"',
}  # fmt: skip

# After a space it marks a wait instead of a cut: "Reading …".
_CUT = re.compile(r"(?<=\S)…")


@dataclass(frozen=True)
class Glyphs:
    """One set of signs; each is a single cell wide.

    Attributes:
        ascii: Whether only ASCII may be sent; `plain` then replaces everything else.
        bar: Shown before the line under the cursor.
        ellipsis: Ends a text that was cut.
        rule: Repeated for a horizontal line.
        divider: Shown between tabs.
        dot: Shown between parts of a line.
        up: Marks the column that is sorted by.
        down: Marks it if the order is reversed.
        thumb: Shows at the right edge which part of a long list is in view.
        mask: Hides a character of a secret.
        done: Shown beside what is done, and before a good message.
        failed: Shown before a message about a failure.
        plain_screen: Whether widgets say things in words, one per line, without columns
            and rules: for screen readers and braille displays.
    """

    ascii: bool
    bar: str
    ellipsis: str
    rule: str
    divider: str
    dot: str
    up: str
    down: str
    thumb: str
    mask: str
    done: str
    failed: str
    plain_screen: bool = False

    def plain(self, text: str) -> str:
        """Return the text, or its ASCII equivalent with `?` for what has none."""
        if not self.ascii or text.isascii():
            return text
        text = _CUT.sub(self.ellipsis, text)
        return "".join(_ascii(character) for character in text)


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    if character in _LIKENESSES:
        return _LIKENESSES[character]
    if unicodedata.combining(character):
        return ""
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() else "?"


UNICODE = Glyphs(
    ascii=False,
    bar="▌",
    ellipsis="…",
    rule="─",
    divider="│",
    dot="·",
    up="▲",
    down="▼",
    thumb="▐",
    mask="•",
    done="✓",
    failed="✗",
)
ASCII = Glyphs(
    ascii=True,
    bar=">",
    ellipsis="~",
    rule="-",
    divider="|",
    dot="-",
    up="^",
    down="v",
    thumb="|",
    mask="*",
    done="+",
    failed="x",
)
PLAIN_SCREEN = replace(ASCII, rule="", divider="", thumb=" ", plain_screen=True)
"""ASCII, without anything purely visual."""
