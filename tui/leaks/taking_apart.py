"""Extracts values from what surrounds them: quotes, `.env`, JSON, URLs, messages."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from urllib.parse import parse_qsl, unquote, urlsplit

from tui.contentstack.dressing import NoValue, Undressed, undress
from tui.leaks.known import looks_usual
from tui.secret import Secret

_URL = re.compile(r"https?://[^\s\"'<>`]+", re.IGNORECASE)
_USUAL = re.compile(r"cs[0-9a-f]{24}(?![0-9A-Za-z_])|blt[0-9a-f]{16}(?![0-9A-Za-z_])")
_LIKELY = re.compile(r"token|auth|secret|preview|bearer", re.IGNORECASE)
_UNLIKELY = re.compile(r"host|url|endpoint|environment|region|branch", re.IGNORECASE)
_LINE = re.compile(r"[\r\n]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value in the input, and what surrounded it.

    Attributes:
        name: what it was called there: a variable, a key, a parameter.
        removed: what was removed from around it, in words.
        is_likely: whether its form or name suggests a token; if not, it only counts if
            it's known.
    """

    value: Secret
    name: str = ""
    removed: tuple[str, ...] = ()
    is_likely: bool = True


def candidates(given: bytes) -> tuple[Candidate, ...]:
    """Return the values in what was given, each once, in order.

    Raises:
        NoValue: if nothing in it can be one of Contentstack's values.
    """
    text, encoding = _decoded(given)
    try:
        parts = [*_parts(text)]
    except RecursionError:
        parts = [*_in_text(text)]
    from_base64 = _in_base64(text)
    parts += chain.from_iterable(from_base64.values())
    found: dict[Secret, Candidate] = {}
    for each in parts:
        if each.value in from_base64:
            continue
        known = found.get(each.value)
        if known is None or (each.is_likely and not known.is_likely):
            found[each.value] = each
    if not found:
        raise _none_in(text)
    return tuple(
        Candidate(each.value, each.name, (*encoding, *each.removed), each.is_likely)
        for each in found.values()
    )


def _none_in(text: str) -> NoValue:
    """Return an error that says what is there instead of a value."""
    if any(sign in text for sign in "\0\ufffd"):
        return NoValue("isn't text.")
    try:
        undress(text)
    except NoValue as wrong:
        if "is empty" not in str(wrong) or not text.strip():
            return wrong
    return NoValue("contains no Contentstack value.")


def _decoded(given: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if given.startswith(mark):
            return given.decode(encoding, "replace"), ("UTF-16",)
    if b"\0" in given[:64]:
        wide = "utf-16-be" if given[:1] == b"\0" else "utf-16-le"
        return given.decode(wide, "replace"), ("UTF-16",)
    return given.decode("utf-8", "replace"), ()


def _parts(text: str) -> Iterator[Candidate]:
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        document = None
    if isinstance(document, dict | list):
        for name, value in _leaves(document):
            yield from _value(value, "JSON", name)
        return
    lines = [line for line in _LINE.split(text) if _is_of_interest(line)]
    around = ("a file with several settings",) if len(lines) > 1 else ()
    for line in lines:
        yield from _in_line(line, around)
    yield from _in_text(text)


def _is_of_interest(line: str) -> bool:
    stripped = line.strip().strip("\ufeff")
    return bool(stripped) and not stripped.startswith(("#", "//"))


def _in_line(line: str, around: tuple[str, ...]) -> Iterator[Candidate]:
    for url in _URL.findall(line):
        yield from _in_url(url)
    try:
        found = undress(line)
    except NoValue:
        return
    if _is_value(found, alone=not around):
        words = (*around, *map(str, found.removed))
        yield _candidate(found, words, alone=not around)


def _is_value(found: Undressed, *, alone: bool) -> bool:
    return alone or bool(found.name) or looks_usual(found.value)


def _candidate(found: Undressed, words: tuple[str, ...], *, alone: bool) -> Candidate:
    likely = (
        (alone and not found.name)
        or looks_usual(found.value)
        or _names_token(found.name)
    )
    return Candidate(found.value, found.name, words, likely)


def _in_url(url: str) -> Iterator[Candidate]:
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query) + parse_qsl(parts.fragment)
        pairs += [("", unquote(x)) for x in (parts.username, parts.password) if x]
    except ValueError:
        return
    for name, value in pairs:
        yield from _value(value, "a URL", name)


def _value(text: str, where: str, name: str) -> Iterator[Candidate]:
    """Yield a value that was found under a name."""
    try:
        found = undress(text)
    except NoValue:
        return
    likely = looks_usual(found.value) or _names_token(name)
    yield Candidate(found.value, name, (where, *map(str, found.removed)), likely)


def _names_token(name: str) -> bool:
    return bool(_LIKELY.search(name)) and not _UNLIKELY.search(name)


def _in_text(text: str, around: str = "other text") -> Iterator[Candidate]:
    """Yield anything that looks like a value, wherever it is."""
    for found in _USUAL.finditer(text):
        yield Candidate(Secret(found[0]), "", (around,))


def _in_base64(text: str) -> dict[Secret, list[Candidate]]:
    """Return the values in base64, as in a Kubernetes secret, by their encoded form."""
    found: dict[Secret, list[Candidate]] = {}
    for run in _BASE64.findall(text):
        padded = run + "=" * (-len(run) % 4)
        with suppress(ValueError):
            plain = b64decode(padded, altchars=b"-_").decode("latin-1")
            if inside := [*_in_text(plain, "Base64")]:
                found[Secret(run)] = inside
    return found


def _leaves(document: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the strings in a JSON document, each with the key it is under."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(value, str(key))
    elif isinstance(document, list):
        for value in document:
            yield from _leaves(value, name)
    elif isinstance(document, str):
        yield name, document
