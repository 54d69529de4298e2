"""The `.env` format, as far as python-dotenv and node's dotenv read it alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tui.display import visible
from tui.export.source import Unfit

_BARE = re.compile(r"[\w.:/@%+,-]+", re.ASCII)
# Between single quotes both keep a backslash, unless it stands before another one or
# before the quote.
_SINGLE = re.compile(r"(?:[^'\\]|\\(?!\\|\Z))*")
_DOUBLE = re.compile(r'[^"\\`]*')

_BLANK = r"[^\S\r\n]*"
_SIGN = rf"{_BLANK}(?:export[^\S\r\n]+)?(?P<key>[\w.-]+){_BLANK}=(?P<gap>{_BLANK})"
_QUOTED = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`"
_LINE_REST = rf"{_BLANK}(?:#[^\r\n]*)?(?:[\r\n]|\Z)"
_BARE_VALUE = r"(?![\"'`])[^\r\n]*"
_BINDING = re.compile(
    rf"{_SIGN}(?:(?P<quoted>{_QUOTED})(?={_LINE_REST})|(?P<bare>{_BARE_VALUE}))",
    re.ASCII | re.DOTALL,
)
_OPEN_QUOTE = re.compile(rf"(?:{_SIGN}|{_BLANK})[\"'`]", re.ASCII)
_COMMENT = re.compile(r"\s#.*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Merged(NamedTuple):
    """A text with new values in it, and the values that it had `before`, by key."""

    text: str
    before: dict[str, str]


class Span(NamedTuple):
    """Where in a text a key's value stands, from `start` to `end`, and the value."""

    key: str
    start: int
    end: int
    value: str


def check_legible(text: str) -> None:
    """Refuse characters that steer a terminal, end a line, or are nothing at all.

    Raises:
        Unfit: naming the first of them.
    """
    for character in text:
        if visible(character) != character:
            code = f"U+{ord(character):04X}"
            raise Unfit(
                f"A value holds {code}, which can't be handed out in this form."
            )


def word(value: str) -> str:
    """Return the value as it stands after the sign: bare, or between quotes.

    Raises:
        Unfit: if the two can't both read it back, naming the character.
    """
    check_legible(value)
    # Both leave a lone one as it is, but frameworks and the shell put a variable in its
    # place.
    if "$" in value:
        raise Unfit(_refusal("$"))
    if _BARE.fullmatch(value):
        return value
    if _SINGLE.fullmatch(value):
        return f"'{value}'"
    if _DOUBLE.fullmatch(value):
        return f'"{value}"'
    raise Unfit(_refusal("\\" if "\\" in value else "'"))


def spans(text: str) -> list[Span]:
    """Return every binding of a file, in order.

    Raises:
        Unfit: if a quote is open at the end of a line that can't be told from what
            follows it.
    """
    found, place = [], 0
    while place < len(text):
        binding = _BINDING.match(text, place)
        if binding is not None:
            found.append(_span(binding))
            place = binding.end()
        elif _OPEN_QUOTE.match(text, place):
            number = len(_LINE_END.findall(text, 0, place)) + 1
            raise Unfit(
                f"Line {number} opens a quote that does not end with a line:"
                " mend it first."
            )
        end = _LINE_END.search(text, place)
        place = end.end() if end else len(text)
    return found


def merge(text: str, words: Mapping[str, str]) -> Merged:
    """Return the text with these written values, below it the keys that it lacks.

    Raises:
        Unfit: as `spans`.
    """
    found = spans(text)
    merged = replaced(text, found, words)
    lacking = words.keys() - merged.before.keys()
    if not lacking:
        return merged
    ending = _LINE_END.search(text)
    end = ending[0] if ending else "\n"
    pieces = [merged.text]
    if text and not text.endswith(("\r", "\n")):
        pieces.append(end)
    for key, written in words.items():
        if key in lacking:
            pieces.append(f"{key}={written}{end}")
    return Merged("".join(pieces), merged.before)


def replaced(text: str, found: list[Span], words: Mapping[str, str]) -> Merged:
    """Return the text with the written value of each found key in its place."""
    pieces: list[str] = []
    place = 0
    for span in found:
        if span.key in words:
            # A comment may touch a quote, but not a bare value.
            gap = " " if text[span.end : span.end + 1] == "#" else ""
            pieces += [text[place : span.start], words[span.key] + gap]
            place = span.end
    pieces.append(text[place:])
    before = {span.key: span.value for span in found}
    return Merged("".join(pieces), before)


def _span(binding: re.Match[str]) -> Span:
    key, quoted = binding["key"], binding["quoted"]
    if quoted is not None:
        return Span(key, *binding.span("quoted"), quoted[1:-1])
    if binding["gap"] and binding["bare"].startswith("#"):
        return Span(key, binding.start("gap"), binding.start("gap"), "")
    value = _COMMENT.sub("", binding["bare"], count=1).rstrip()
    start = binding.start("bare")
    return Span(key, start, start + len(value), value)


def _refusal(character: str) -> str:
    return (
        f"A value holds {character}, which not every program that reads .env files"
        " would read back."
    )
