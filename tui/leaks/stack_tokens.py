"""The values that a stack shows, for comparing with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.leaks.known import KnownToken, KnownTokens

if TYPE_CHECKING:
    from tui.contentstack.models import Token
    from tui.secret import Secret
    from tui.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class Unknowable:
    """Values that can't be recognized, because they aren't known.

    Attributes:
        management: how many management tokens have a value that isn't known; None if
            their number isn't known.
        unread: the stacks whose delivery tokens couldn't all be read.
        too_short: the names of tokens whose values are too short to look for.
    """

    management: int | None = 0
    unread: tuple[str, ...] = ()
    too_short: tuple[str, ...] = ()


def known_of(snapshots: Iterable[Snapshot]) -> KnownTokens:
    """Return what recognizes the values of stacks' tokens."""
    return KnownTokens.of(pair for each in snapshots for pair in _pairs(each))


def known_authtoken(secret: Secret) -> KnownTokens:
    """Return what recognizes the signed-in user's authtoken."""
    return KnownTokens.of([(secret, KnownToken("your own authtoken", "authtoken"))])


def values_of(
    token: Token, stack: str, api_key: str
) -> Iterator[tuple[Secret, KnownToken]]:
    """Yield the known values of one of this stack's tokens."""
    named = stack, api_key
    if token.value:
        yield token.value, KnownToken(token.name, token.kind, token.uid, *named)
    if token.preview:
        yield token.preview, KnownToken(token.name, "preview", token.uid, *named)


def unknowable_in(
    snapshots: Sequence[Snapshot], known: KnownTokens, compared: KnownTokens
) -> Unknowable:
    """Return what can't be recognized in stacks.

    `known` is what the stacks show, and `compared` is everything compared with,
    including fingerprints that were kept.
    """
    uids = {token.uid for token in compared.by_digest.values()}
    listed = all(each.management.whole for each in snapshots)
    managed = [token for each in snapshots for token in each.management.items]
    return Unknowable(
        management=sum(token.uid not in uids for token in managed) if listed else None,
        unread=tuple(map(_name, filter(_is_unread, snapshots))),
        too_short=tuple(token.name for token in known.too_short),
    )


def _is_unread(snapshot: Snapshot) -> bool:
    return not snapshot.delivery.whole


def _name(snapshot: Snapshot) -> str:
    return snapshot.stack.name if snapshot.stack else ""


def _pairs(snapshot: Snapshot) -> Iterator[tuple[Secret, KnownToken]]:
    stack = snapshot.stack
    named = (stack.name, stack.api_key) if stack else ("", "")
    tokens: list[Token] = [*snapshot.delivery.items, *snapshot.management.items]
    for token in tokens:
        yield from values_of(token, *named)
