"""Finds a token by what people and scripts know about it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.contentstack.models import Odd, Token, TokenKind
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot

_LAST = 4
_FINGERPRINT = 6


def find_tokens(
    wanted: str, snapshot: Snapshot, kind: TokenKind | None = None
) -> tuple[Token, ...]:
    """Return the tokens of a kind, or of both, that `wanted` may mean.

    A uid comes before an exact name, which comes before the last four characters or the
    fingerprint of a value. A management token's value isn't known, so the last four
    characters of its uid are used.
    """
    tokens = tuple(_tokens(snapshot, kind))
    for matches in (_has_uid, _has_name, _has_trace):
        if found := tuple(token for token in tokens if matches(token, wanted)):
            return found
    return ()


def find_odd(
    wanted: str, snapshot: Snapshot, kind: TokenKind | None = None
) -> Odd | None:
    """Return the row with this uid or name that wasn't understood."""
    for each in _kinds(kind):
        for row in snapshot.listing(each).odd:
            if wanted and wanted in (row.uid, row.name):
                return row
    return None


def _kinds(kind: TokenKind | None) -> tuple[TokenKind, ...]:
    return ("delivery", "management") if kind is None else (kind,)


def _tokens(snapshot: Snapshot, kind: TokenKind | None) -> Iterator[Token]:
    for each in _kinds(kind):
        yield from snapshot.listing(each).items


def _has_uid(token: Token, wanted: str) -> bool:
    return token.uid == wanted


def _has_name(token: Token, wanted: str) -> bool:
    return token.name == wanted


def _has_trace(token: Token, wanted: str) -> bool:
    if len(wanted) == _LAST:
        ends = [value.last4 for value in _values(token)]
        if token.kind == "management":
            ends.append(token.uid[-_LAST:])
        return wanted in ends
    if len(wanted) == _FINGERPRINT:
        return wanted.casefold() in (value.fingerprint for value in _values(token))
    return False


def _values(token: Token) -> Iterator[Secret]:
    for value in (token.value, token.preview):
        if value:
            yield value
