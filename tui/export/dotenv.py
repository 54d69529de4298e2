"""The part of the `.env` format that python-dotenv and node's dotenv read alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from tui.display import visible
from tui.export.readers import LINE_END, VIEWS, Binding, values
from tui.export.source import Unfit

_BARE = re.compile(r"[\w.:/@%+,-]+", re.ASCII)
# Between single quotes both keep a backslash, unless it's before another one or
# before the quote.
_SINGLE = re.compile(r"(?:[^'\\]|\\(?!\\|\Z))*")
_DOUBLE = re.compile(r'[^"\\`]*')
_SIGN = re.compile(r"[ \t]*=[ \t]*")


class Merged(NamedTuple):
    """A text with new values, and all keys and values that it `held` before."""

    text: str
    held: tuple[tuple[str, str], ...]

    @property
    def before(self) -> dict[str, str]:
        """The values that it had, by key."""
        return dict(self.held)


def check_legible(text: str) -> None:
    """Refuse characters that control a terminal, end a line, or draw nothing.

    Raises:
        Unfit: naming the first of them.
    """
    for character in text:
        if visible(character) != character:
            code = f"U+{ord(character):04X}"
            raise Unfit(f"A value contains {code}, which this format can't contain.")


def word(value: str) -> str:
    """Return the value as written after the `=`: bare or quoted.

    Raises:
        Unfit: if it can't be written so that both readers agree, naming the character.
    """
    check_legible(value)
    # Both keep a single `$` as it is, but frameworks and the shell replace it with a
    # variable.
    if "$" in value:
        raise Unfit(_refusal("$"))
    if _BARE.fullmatch(value):
        return value
    if _SINGLE.fullmatch(value):
        return f"'{value}'"
    if _DOUBLE.fullmatch(value):
        return f'"{value}"'
    raise Unfit(_refusal("\\" if "\\" in value else "'"))


def merge(text: str, words: Mapping[str, str]) -> Merged:
    """Return the text with these written values, with missing keys added at the end.

    Every binding of these keys that a reader sees gets the new value, and nothing else
    changes for any reader.

    Raises:
        Unfit: if the readers see the text too differently for this.
    """
    seen = [tuple(view(text)) for view in VIEWS]
    places = _places(seen, words)
    if places is None:
        raise Unfit(_disagreement(seen, text))
    merged = _appended(_replaced(text, places, words), words)
    alone = "".join(f"{key}={word}\n" for key, word in words.items())
    for view, before in zip(VIEWS, seen, strict=True):
        wanted, after = values(view(alone)), tuple(view(merged))
        own = {(each.key, each.value) for each in after if each.key in words}
        if own != wanted.items() or values(after) != values(before) | wanted:
            raise Unfit(_disagreement(seen, text))
    held = [
        (each.key, each.value)
        for each in chain.from_iterable(seen)
        if each.value is not None
    ]
    return Merged(merged, tuple(held))


def _places(
    seen: Iterable[tuple[Binding, ...]], words: Mapping[str, str]
) -> list[Binding] | None:
    """Return where any reader sees these keys, in order.

    None if two readers see different keys in one place.
    """
    ours = [each for each in chain.from_iterable(seen) if each.key in words]
    places: list[Binding] = []
    for place in sorted(ours, key=lambda each: each.key_at):
        last = places[-1] if places else None
        if last is None or place.key_at >= last.end:
            places.append(place)
        elif place.key_at == last.key_at:
            # One of them ends the value at a `#`, or continues on the next line.
            start, end = min(place.start, last.start), max(place.end, last.end)
            places[-1] = last._replace(start=start, end=end)
        else:
            return None
    return places


def _replaced(text: str, places: list[Binding], words: Mapping[str, str]) -> str:
    pieces: list[str] = []
    done = 0
    for place in places:
        lead = text[place.key_at : place.start]
        if not _SIGN.fullmatch(lead.removeprefix(place.key)):
            # Not every reader knows this form: `KEY: value`, or `'KEY'=value`.
            lead = f"{place.key}="
        # A comment may touch a quote, but not a bare value.
        gap = " " if text.startswith("#", place.end) else ""
        pieces += [text[done : place.key_at], lead, words[place.key], gap]
        done = place.end
    pieces.append(text[done:])
    return "".join(pieces)


def _appended(text: str, words: Mapping[str, str]) -> str:
    """Return the text with a line for each key that a reader doesn't see."""
    read = [values(view(text)) for view in VIEWS]
    lacking = [key for key in words if any(key not in each for each in read)]
    if not lacking:
        return text
    first = LINE_END.search(text)
    ending = first[0] if first else "\n"
    pieces = [text]
    if text.removeprefix("\ufeff") and not text.endswith(("\r", "\n")):
        pieces.append(ending)
    pieces += [f"{key}={words[key]}{ending}" for key in lacking]
    return "".join(pieces)


def _disagreement(seen: Iterable[tuple[Binding, ...]], text: str) -> str:
    """Name the first line in which only one reader sees a key, or the last one."""
    python, node = ({(each.key, each.key_at) for each in view} for view in seen)
    places = [key_at for _, key_at in python ^ node]
    last = len(text.rstrip())
    number = len(LINE_END.findall(text, 0, min(places, default=last))) + 1
    return f"Programs read line {number} differently. Fix it, or choose another file."


def _refusal(character: str) -> str:
    return f"A value contains {character}, which some .env readers get wrong."
