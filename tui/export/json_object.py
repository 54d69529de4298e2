"""Keys and values as a JSON object: a new one, or merged into an existing one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from tui.export.dotenv import Merged
from tui.export.source import Unfit

_BETWEEN = re.compile(r"[\s,:]*")
_INDENT = re.compile(r"\{(\s*)")
_MARK = "\ufeff"
"""A byte order mark. It's kept, because what wrote it can read it too."""


class Span(NamedTuple):
    """A key's value, and where it is in a text, from `start` to `end`."""

    key: str
    start: int
    end: int
    value: str


def word(value: str) -> str:
    """Return the value as JSON in ASCII: nothing in it can control a terminal."""
    return json.dumps(value)


def spans(text: str) -> list[Span]:
    """Return every member of the object, in order; values that aren't strings as JSON.

    Raises:
        Unfit: if the text isn't a JSON object.
    """
    decoder = json.JSONDecoder()
    try:
        if not isinstance(json.loads(text), dict):
            raise Unfit("It's JSON, but not an object that can have keys.")
        found: list[Span] = []
        place = _past(text, text.index("{") + 1)
        while text[place] != "}":
            key, end = decoder.raw_decode(text, place)
            start = _past(text, end)
            value, end = decoder.raw_decode(text, start)
            if not isinstance(value, str):
                value = text[start:end]
            found.append(Span(key, start, end, value))
            place = _past(text, end)
    except (json.JSONDecodeError, RecursionError):
        raise Unfit("It isn't JSON, so Tokendeck can't replace keys in it.") from None
    return found


def merge(text: str, words: Mapping[str, str]) -> Merged:
    """Return the text with these written values, with missing keys added at the end.

    Raises:
        Unfit: as in `spans`.
    """
    if text.startswith(_MARK):
        merged = merge(text.removeprefix(_MARK), words)
        return merged._replace(text=_MARK + merged.text)
    text = text if text.strip() else "{}\n"
    found = spans(text)
    there = {span.key for span in found}
    lacking = [
        f"{word(key)}: {written}" for key, written in words.items() if key not in there
    ]
    if found:
        end = found[-1].end
        before = _INDENT.search(text)
        indent = before[1] if before else ""
        added = "".join(f",{indent}{member}" for member in lacking)
    else:
        end = text.index("{") + 1
        added = ",".join(f"\n  {member}" for member in lacking) + "\n"
    held = tuple((span.key, span.value) for span in found)
    return Merged(_replaced(text[:end] + added + text[end:], found, words), held)


def _replaced(text: str, found: list[Span], words: Mapping[str, str]) -> str:
    """Return the text with each found key's value replaced by the written one."""
    pieces: list[str] = []
    place = 0
    for span in found:
        if span.key in words:
            pieces += [text[place : span.start], words[span.key]]
            place = span.end
    pieces.append(text[place:])
    return "".join(pieces)


def _past(text: str, place: int) -> int:
    """Return the position after any blanks and separators."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place
