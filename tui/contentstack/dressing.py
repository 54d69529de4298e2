"""Strips what surrounds a Contentstack value where it was found.

Tokens, keys and authtokens are letters, digits and a few signs. So quotes, `NAME=` or a
byte order mark around one can only be dressing, and are removed. A reference, a
placeholder or JSON isn't a value at all, and is refused before anything is sent. No
message here repeats what was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.secret import Secret

_QUOTES = "\"'`“”‘’„‚«»‹›＂＇"
# A byte order mark counts too, if it isn't the first character.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\ufeff"
_ASSIGNMENT = re.compile(
    r"(?:(?:export|set|env|declare\s+-x|const|let|var)\s+|\$env:|-e\s+|-H\s+|--header\s+)?"
    r"['\"]?(?P<name>[A-Za-z_][\w.-]*)['\"]?\s*"
    r"(?P<sign>=>?|:=|:)(?P<space>\s*)(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
# With no space after the colon, only these are names, not schemes such as `vault:…`.
_OURS = re.compile(r"(?:auth|token|key|authorization)\Z|contentstack", re.IGNORECASE)
_SETTING = re.compile(r"(?:^|\s)[A-Za-z_]\w*[ \t]*=[ \t]*[^\s=]")
_LINE = re.compile(r"\n|\r(?=[^\n])")
_COMMENT = re.compile(r"\s+(?:#|//).*\Z", re.DOTALL)
_BEARER = re.compile(r"bearer(?:[\s:]+|\Z)", re.IGNORECASE)

_VALUE = re.compile(r"[A-Za-z0-9._~-]+")
_BEARER_VALUE = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_OF_HEX = re.compile(r"(?:blt|cs)[0-9a-f]{8,}", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{.*|\$\(.*|\$[A-Za-z_].*|%\w+%|\{\{.*|\$env:.*", re.DOTALL)
_REFERENCE = re.compile(r"[a-z][\w+.-]*:\S+", re.IGNORECASE)
_MASKED = re.compile(r"[*•●…·]|\.{3}")
_LONGEST_PLACEHOLDER = 60
_FILLING = re.compile(
    r"x{3,}|your\w*|my|the|this|here|paste|insert|enter|put|replace|with|change|me"
    r"|changeme|placeholder|example|sample|dummy|test|todo|tbd|null|none|nil|undefined"
    r"|redacted|secret|value|auth|authtoken|token|api|apikey|key|access|management"
    r"|delivery|preview|stack|contentstack|cs|blt|(?:cs|blt)x+",
    re.IGNORECASE,
)


class Dressing(StrEnum):
    """What can surround a value without being part of it, in words."""

    MARK = "a byte order mark"
    RETURN = "a carriage return"
    SPACE = "whitespace"
    INVISIBLE = "invisible characters"
    QUOTES = "quotes"
    NAME = "a name"
    SIGN = "a comma or semicolon"
    COMMENT = "a comment"
    BEARER = "a second Bearer"


class NoValue(ValueError):
    """What was given isn't a Contentstack value.

    The message says what is there instead and what to do, such as "is empty." The
    caller puts a subject before it.
    """


@dataclass(frozen=True, slots=True)
class Undressed:
    """A value, and what surrounded it.

    Attributes:
        value: the value itself.
        removed: what was removed, from the outside in.
        bearer: whether it followed "Bearer", as an OAuth token does.
        name: what the value was called, as in `NAME=value`; empty if it had no name.
    """

    value: Secret
    removed: tuple[Dressing, ...] = ()
    bearer: bool = False
    name: str = ""


def undress(text: str) -> Undressed:
    """Return the value in `text`, without what can only be dressing.

    It's in the first line that is neither blank nor a comment: password stores keep
    notes below.

    Raises:
        NoValue: if what is there can't be a Contentstack value.
    """
    rest, removed = _first_line(text), list[Dressing]()
    name, bearer, before = "", False, None
    while rest != before:
        before = rest
        rest = _take_off_signs(rest, removed)
        if found := _BEARER.match(rest):
            if bearer:
                removed.append(Dressing.BEARER)
            bearer, rest = True, rest[found.end() :]
        elif not (name or bearer) and (found := _assignment(rest)):
            if len(_SETTING.findall(text)) > 1:
                raise NoValue("is a file with several settings. Give only the value.")
            removed.append(Dressing.NAME)
            name, rest = found["name"], found["rest"]
    _check(rest, bearer=bearer)
    return Undressed(Secret(rest), tuple(dict.fromkeys(removed)), bearer, name)


def told(removed: Sequence[Dressing]) -> str:
    """Say what was removed from around a value, without a full stop.

    Empty if nothing was.
    """
    if not removed:
        return ""
    *others, last = removed
    words = f"{', '.join(others)} and {last}" if others else last
    return f"Removed {words} from around the value"


def _first_line(text: str) -> str:
    for line in _LINE.split(text):
        if line.strip().strip("\ufeff") and not line.lstrip().startswith("#"):
            return line
    return ""


def _take_off_signs(text: str, removed: list[Dressing]) -> str:
    """Remove one layer from both ends, and note what it was."""
    if text.startswith("\ufeff"):
        removed.append(Dressing.MARK)
        text = text[1:]
    if any(character in text for character in _INVISIBLE):
        removed.append(Dressing.INVISIBLE)
        text = text.translate(dict.fromkeys(map(ord, _INVISIBLE)))
    if text.endswith("\r"):
        removed.append(Dressing.RETURN)
        text = text.rstrip("\r")
    if text != text.strip():
        removed.append(Dressing.SPACE)
        text = text.strip()
    if found := _COMMENT.search(text):
        removed.append(Dressing.COMMENT)
        text = text[: found.start()]
    if text.rstrip(",;") != text:
        removed.append(Dressing.SIGN)
        text = text.rstrip(",;")
    bare = text.strip(f"{_QUOTES}\\")
    if bare != text:
        removed.append(Dressing.QUOTES)
    return bare


def _assignment(text: str) -> re.Match[str] | None:
    """Match the name and rest of `NAME=value` or `NAME: value`; None if neither."""
    found = _ASSIGNMENT.fullmatch(text)
    if found is None or found["name"].casefold() == "bearer":
        return None
    colon, close = found["sign"] == ":", not found["space"]
    if colon and (found["rest"].startswith("//") or not found["rest"]):
        return None
    return None if colon and close and not _OURS.search(found["name"]) else found


def _check(text: str, *, bearer: bool) -> None:
    """Raise `NoValue` unless this could have come from Contentstack."""
    why = stand_in(text) or _placeholder(text, bearer=bearer)
    allowed = _BEARER_VALUE if bearer else _VALUE
    if not why and not allowed.fullmatch(text):
        why = (
            "has a character that Contentstack never uses, such as a space or a line"
            " break."
        )
    if why:
        raise NoValue(why)


def stand_in(text: str) -> str:
    """Say what is there instead of a value; empty if it may be a value."""
    if not text:
        return "is empty."
    if _VARIABLE.match(text):
        return (
            "is a variable that wasn't expanded. Give its value, or let a shell expand"
            " it."
        )
    if text[0] in "{[":
        return "is JSON. Give only the value, without braces and names."
    if text[0] == "<" or text[-1] == ">":
        return (
            "is in angle brackets, like a placeholder. Replace it with your own value."
        )
    if re.match(r"https?://", text, re.IGNORECASE):
        return "is a URL. Give only the value."
    if text.startswith("-----BEGIN"):
        return "is a PEM key or certificate. Contentstack doesn't use those."
    if _REFERENCE.fullmatch(text):
        return (
            "is encrypted, or refers to a secret stored elsewhere. Let its own program"
            " read it, for example with `auth_command`."
        )
    return ""


def _placeholder(text: str, *, bearer: bool) -> str:
    """Say what kind of placeholder this is; empty if it may be a value."""
    if _OF_HEX.fullmatch(text):
        return ""
    if _MASKED.search(text):
        return "is masked: some characters are hidden. Copy the whole value."
    words = re.split(r"[-_.\s]+", text.strip("-_."))
    short = len(text) <= _LONGEST_PLACEHOLDER and not bearer
    if short and all(map(_FILLING.fullmatch, words)):
        return "is a placeholder. Replace it with your own value."
    return ""
