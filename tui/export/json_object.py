"""Keys and values as one JSON object, new or with an existing one around them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tui.export.dotenv import Merged, Span, replaced
from tui.export.source import Unfit

_BETWEEN = re.compile(r"[\s,:]*")
_INDENT = re.compile(r"\{(\s*)")


def word(value: str) -> str:
    """The value as JSON, in ASCII, so that nothing in it can steer a terminal."""
    return json.dumps(value)


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
            found.append(
                Span(
                    key,
                    start,
                    end,
                    value if isinstance(value, str) else text[start:end],
                )
            )
            place = _past(text, end)
    except (json.JSONDecodeError, RecursionError):
        raise Unfit("It is not JSON, so no key can be replaced in it.") from None
    return found


def merge(text: str, words: Mapping[str, str]) -> Merged:
    """The text with these written values in place of the old ones, and behind the last the keys it lacks.

    Raises:
        Unfit: as `spans`.
    """
    text = text if text.strip() else "{}\n"
    found = spans(text)
    lacking = [
        f"{word(key)}: {words[key]}"
        for key in words
        if key not in {span.key for span in found}
    ]
    if found:
        indent = _INDENT.search(text)
        end = found[-1].end
        added = "".join(f",{indent[1] if indent else ''}{member}" for member in lacking)
    else:
        end = text.index("{") + 1
        added = ",".join(f"\n  {member}" for member in lacking) + "\n"
    return replaced(text[:end] + added + text[end:], found, words)


def _past(text: str, place: int) -> int:
    """The place of the next thing after blanks and separators."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place
