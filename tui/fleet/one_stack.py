"""The tokens of one stack, in the form that queries need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tui.contentstack.models import Odd, Token, TokenKind
from tui.fleet.places import FleetPlace, FleetStack
from tui.fleet.rows import FleetRow, makers_of, odd_row, token_row
from tui.workspace.snapshot import Snapshot

AskedOf: TypeAlias = Callable[[Token | Odd], FleetRow]
"""Returns the row that has a token's fields for a query."""

AskedAt: TypeAlias = Callable[[int], FleetRow]
"""Returns the row with the fields for a query, by its index in a list."""


def asked_of(snapshot: Snapshot, kind: TokenKind) -> AskedOf:
    """Return a function that gives a token's row; each row is created only once."""
    place = FleetPlace(region=snapshot.region)
    if snapshot.stack is not None:
        place = FleetStack(region=snapshot.region, key="", stack=snapshot.stack)
    own = frozenset({snapshot.user.uid}) if snapshot.user else frozenset()
    rows: dict[str, FleetRow] = {}

    def asked(token: Token | Odd) -> FleetRow:
        key = token.key if isinstance(token, Odd) else token.uid
        if key not in rows:
            rows[key] = row_of(token)
        return rows[key]

    def row_of(token: Token | Odd) -> FleetRow:
        if isinstance(token, Odd):
            return odd_row(place, kind, token, None)
        makers = makers_of(token.created_by, snapshot.people, own)
        return token_row(place, token, makers, None)

    return asked


def asked_at(snapshot: Snapshot, kind: TokenKind, keys: Sequence[str]) -> AskedAt:
    """Return a function for the rows with these keys: uids, or those of odd rows."""
    listing, asked = snapshot.listing(kind), asked_of(snapshot, kind)

    def at(index: int) -> FleetRow:
        key = keys[index]
        return asked(listing.odd_by_key.get(key) or listing.by_uid[key])

    return at
