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
_BINDING = re.compile(
    rf"{_SIGN}(?:(?P<quoted>{_QUOTED})(?={_BLANK}(?:#[^\r\n]*)?(?:[\r\n]|\Z))|(?P<bare>(?![\"'`])[^\r\n]*))",
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
    """Where in a text a key's value stands, from `start` to `end`, and the value itself."""

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
            raise Unfit(
                f"A value holds U+{ord(character):04X}, which can't be handed out in this form."
            )


def word(value: str) -> str:
    """The value as it stands after the sign: bare, or between quotes.

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
    """Every binding of a file, in order.

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
                f"Line {number} opens a quote that does not end with a line: mend it first."
            )
        end = _LINE_END.search(text, place)
        place = end.end() if end else len(text)
    return found


def merge(text: str, words: Mapping[str, str]) -> Merged:
    """The text with these written values in place of the old ones, and below it the keys that it lacks.

    Raises:
        Unfit: as `spans`.
    """
    found = spans(text)
    ending = _LINE_END.search(text)
    end = ending[0] if ending else "\n"
    added = "".join(
        f"{key}={words[key]}{end}"
        for key in words
        if key not in {span.key for span in found}
    )
    gap = end if added and text and not text.endswith(("\r", "\n")) else ""
    merged = replaced(text, found, words)
    return merged._replace(text=merged.text + gap + added)


def replaced(text: str, found: list[Span], words: Mapping[str, str]) -> Merged:
    """The text with the written value of each found key in its place."""
    pieces, place = [], 0
    for span in found:
        if span.key in words:
            # A comment may touch a quote, but not a bare value.
            gap = " " if text[span.end : span.end + 1] == "#" else ""
            pieces += [text[place : span.start], words[span.key] + gap]
            place = span.end
    return Merged(
        "".join([*pieces, text[place:]]), {span.key: span.value for span in found}
    )


def _span(binding: re.Match[str]) -> Span:
    key, quoted = binding["key"], binding["quoted"]
    if quoted is not None:
        return Span(key, *binding.span("quoted"), quoted[1:-1])
    if binding["gap"] and binding["bare"].startswith("#"):
        return Span(key, binding.start("gap"), binding.start("gap"), "")
    value = _COMMENT.sub("", binding["bare"], count=1).rstrip()
    return Span(key, binding.start("bare"), binding.start("bare") + len(value), value)


def _refusal(character: str) -> str:
    return f"A value holds {character}, which not every program that reads .env files would read back."
