"""Finds values of tokens in bytes.

Each pattern begins with a literal, which Python's `re` searches for at memory speed.
What surrounds a match is checked afterwards: a look-behind at the start of a pattern
makes it nine times slower.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tui.leaks.known import KnownToken, KnownTokens, OwnForm, digest_of

_TOKEN = re.compile(rb"cs[0-9a-f]{24}")
_AUTHTOKEN = re.compile(rb"blt[0-9a-f]{16}")
# UTF-16 in either byte order: a NUL between any two characters.
_WIDE_TOKEN = re.compile(rb"c\0s(?:\0[0-9a-f]){24}")
_WIDE_AUTHTOKEN = re.compile(rb"b\0l\0t(?:\0[0-9a-f]){16}")

_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
# Escapes that end in a letter or digit but aren't part of the value: "\n", "%3D".
_ESCAPE = re.compile(rb"(?:\\[a-z]|%[0-9A-Fa-f]{2}|\\x..|\\u....)\Z", re.DOTALL)
_NAMED_AUTHTOKEN = re.compile(
    rb"auth[_-]?token[\w-]{0,24}[\s\"'`\\:=>,()\[\]{}&#;+]{0,16}\Z", re.IGNORECASE
)
_FEW_DIGITS = 4
"""A value with this many different digits, or fewer, is a placeholder."""

CONTEXT = 64
"""How many bytes before a match are looked at; twice as many in UTF-16."""


@dataclass(frozen=True, slots=True)
class Match:
    """A value in bytes.

    Attributes:
        width: bytes per character: 2 in UTF-16.
        token: whose it is; None if only its form suggests that it's a value.
    """

    start: int
    width: int
    digest: bytes
    token: KnownToken | None
    is_authtoken: bool = False


@dataclass(frozen=True)
class Matcher:
    """Finds values of known tokens, and what only looks like a value."""

    known: KnownTokens

    def may_match(self, data: bytes | bytearray, end: int) -> bool:
        """Return quickly whether it's worth looking for matches."""
        return bool(
            _TOKEN.search(data, 0, end)
            or _AUTHTOKEN.search(data, 0, end)
            or self._lengths
            or (
                data.find(b"\0", 0, end) >= 0
                and (
                    _WIDE_TOKEN.search(data, 0, end)
                    or _WIDE_AUTHTOKEN.search(data, 0, end)
                )
            )
        )

    def matches(self, data: bytes | bytearray, end: int) -> list[Match]:
        """Return what is in the first `end` bytes, in order."""
        found = [
            *self._tokens(data, end, _TOKEN, 1),
            *self._authtokens(data, end, _AUTHTOKEN, 1),
            *self._of_own_form(data, end, 1),
        ]
        if data.find(b"\0", 0, end) >= 0:
            found += self._tokens(data, end, _WIDE_TOKEN, 2)
            found += self._authtokens(data, end, _WIDE_AUTHTOKEN, 2)
            found += self._of_own_form(data, end, 2)
        return sorted(found, key=lambda match: match.start)

    def _tokens(
        self, data: bytes | bytearray, end: int, pattern: re.Pattern[bytes], width: int
    ) -> Iterator[Match]:
        for found in pattern.finditer(data, 0, end):
            value = found[0][::width]
            digest = digest_of(value)
            token = self.known.by_digest.get(digest)
            # An equal hash proves it, whatever surrounds it.
            is_value = token or (
                len({*value[2:]}) > _FEW_DIGITS
                and _stands_by_itself(data, found.start(), found.end(), end, width)
            )
            if is_value:
                yield Match(found.start(), width, digest, token)

    def _authtokens(
        self, data: bytes | bytearray, end: int, pattern: re.Pattern[bytes], width: int
    ) -> Iterator[Match]:
        for found in pattern.finditer(data, 0, end):
            start = found.start()
            is_named = (
                _NAMED_AUTHTOKEN.search(_before(data, start, width)) is not None
                and len({*found[0][3 * width :: width]}) > _FEW_DIGITS
                and not _goes_on(data, found.end(), end, width)
            )
            if not (is_named or self._knows_authtokens):
                continue
            digest = digest_of(found[0][::width])
            token = self.known.by_digest.get(digest)
            if token or is_named:
                yield Match(start, width, digest, token, is_authtoken=True)

    @cached_property
    def _knows_authtokens(self) -> bool:
        kinds = {token.kind for token in self.known.by_digest.values()}
        return "authtoken" in kinds

    @cached_property
    def _lengths(self) -> dict[bytes, list[int]]:
        """The lengths of values with an unusual form, by their first bytes."""
        lengths: dict[bytes, list[int]] = {}
        for form in sorted({*self.known.form_of.values()}, key=_by_length):
            lengths.setdefault(form.prefix, []).append(form.length)
        return lengths

    def _of_own_form(
        self, data: bytes | bytearray, end: int, width: int
    ) -> Iterator[Match]:
        for prefix, lengths in self._lengths.items():
            literal = prefix if width == 1 else b"\0".join(bytes([x]) for x in prefix)
            start = data.find(literal, 0, end)
            while start >= 0:
                if match := self._exact(data, start, end, width, lengths):
                    yield match
                start = data.find(literal, start + 1, end)

    def _exact(
        self,
        data: bytes | bytearray,
        start: int,
        end: int,
        width: int,
        lengths: list[int],
    ) -> Match | None:
        for length in lengths:
            stop = start + width * (length - 1) + 1
            if stop > end:
                continue
            digest = digest_of(bytes(data[start:stop:width]))
            if token := self.known.by_digest.get(digest):
                return Match(start, width, digest, token)
        return None


def _by_length(form: OwnForm) -> int:
    return -form.length


def _stands_by_itself(
    data: bytes | bytearray, start: int, stop: int, end: int, width: int
) -> bool:
    """Return whether what looks like a value isn't part of a longer word."""
    if _goes_on(data, stop, end, width):
        return False
    before = _before(data, start, width)[-6:]
    return not before or before[-1] not in _WORD or bool(_ESCAPE.search(before))


def _goes_on(data: bytes | bytearray, stop: int, end: int, width: int) -> bool:
    """Return whether a letter or digit follows."""
    if width == 1:
        return stop < end and data[stop] in _WORD
    return stop + 1 < end and data[stop] == 0 and data[stop + 1] in _WORD


def _before(data: bytes | bytearray, start: int, width: int) -> bytes:
    """Return the characters before a match, as single bytes."""
    if width == 1:
        return bytes(data[max(0, start - CONTEXT) : start])
    # The byte before is the other half of the match, or of the character before it.
    first = start - 2 * CONTEXT
    if first < 0:
        first = start % 2
    characters = data[first:start:2]
    return bytes(characters)
