"""Keys and values as one JSON object, new or with an existing one around them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tui.handout.dotenv import Span, replaced
from tui.handout.source import Unfit

_BETWEEN = re.compile(r"[\s,:]*")
_INDENT = re.compile(r"\{(\s*)")


def word(value: str) -> str:
    """The value as JSON, in ASCII, so that nothing in it can steer a terminal."""
    return json.dumps(value)


def whole(words: Mapping[str, str]) -> str:
    """An object of these keys with their written values."""
    return "{\n" + ",\n".join(f"  {word(key)}: {written}" for key, written in words.items()) + "\n}\n"


def spans(text: str) -> list[Span]:
    """Every member of the object, in order; values other than strings as their JSON.

    Raises:
        Unfit: if the text is no JSON object.
    """
    decoder = json.JSONDecoder()
    try:
        if not isinstance(json.loads(text), dict):
            raise Unfit("It holds JSON, but no object to put keys into.")
        found, place = [], _past(text, text.index("{") + 1)
        while text[place] != "}":
            key, end = decoder.raw_decode(text, place)
            start = _past(text, end)
            value, end = decoder.raw_decode(text, start)
            found.append(Span(key, start, end, value if isinstance(value, str) else text[start:end]))
            place = _past(text, end)
    except (json.JSONDecodeError, RecursionError):
        raise Unfit("It is not JSON, so no key can be replaced in it.") from None
    return found


def merge(text: str, words: Mapping[str, str]) -> str:
    """The text with these values in place of the old ones, and behind the last member the keys that it lacks.

    Raises:
        Unfit: as `spans`.
    """
    if not text.strip():
        return whole(words)
    found = spans(text)
    indent = _INDENT.search(text)
    lacking = [key for key in words if key not in {span.key for span in found}]
    if found:
        gap, end = (indent[1] if indent else ""), found[-1].end
        added = "".join(f",{gap}{word(key)}: {words[key]}" for key in lacking)
    else:
        end = text.index("{") + 1
        added = ",".join(f"\n  {word(key)}: {words[key]}" for key in lacking) + "\n"
    return replaced(text[:end] + added + text[end:], [span for span in found if span.key in words], words)


def _past(text: str, place: int) -> int:
    """The place of the next thing after blanks and separators."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place
