"""When tokens expire, which never do, and how old they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from tui.contentstack.models import Access, TokenKind
from tui.fleet.places import FleetPlace
from tui.fleet.rows import FleetRow

DueState: TypeAlias = Literal["expired", "due", "later", "never"]

WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class DueToken:
    """A token, and when it expires.

    Attributes:
        days_left: whole days until it expires, below 0 once it has; None for never.
        age_days: whole days since it was created; None if that isn't known.
        needs_attention: whether it expires within the days asked for, or expired no
            longer ago than that. What expired earlier is old news.
    """

    place: FleetPlace
    kind: TokenKind
    uid: str
    name: str
    access: Access
    expires: datetime | None
    days_left: int | None
    created_at: datetime | None
    age_days: int | None
    state: DueState
    needs_attention: bool


def due_tokens(
    rows: Iterable[FleetRow], now: datetime, within: timedelta = WITHIN
) -> tuple[DueToken, ...]:
    """Return all tokens by expiry, then those that never expire, the oldest first."""
    return tuple(sorted(_tokens(rows, now, within), key=_order))


def attention(tokens: Iterable[DueToken]) -> tuple[DueToken, ...]:
    """Return the tokens that need attention now."""
    return tuple(token for token in tokens if token.needs_attention)


def _tokens(
    rows: Iterable[FleetRow], now: datetime, within: timedelta
) -> Iterable[DueToken]:
    for row in rows:
        token = row.token
        if token is None:
            continue
        expires = token.expires_on
        created = token.created_at
        yield DueToken(
            place=row.place,
            kind=token.kind,
            uid=token.uid,
            name=token.name,
            access="read+write" if row.can_write else "read",
            expires=expires,
            days_left=None if expires is None else (expires - now).days,
            created_at=created,
            age_days=None if created is None else (now - created).days,
            state=_state(expires, now, within),
            needs_attention=expires is not None and abs(expires - now) <= within,
        )


def _state(expires: datetime | None, now: datetime, within: timedelta) -> DueState:
    if expires is None:
        return "never"
    if expires <= now:
        return "expired"
    return "due" if expires - now <= within else "later"


def _order(token: DueToken) -> tuple[bool, float, float, str, str, str]:
    expires = token.expires.timestamp() if token.expires else 0.0
    created = token.created_at.timestamp() if token.created_at else 0.0
    place = token.place
    age = 0.0 if token.expires else created
    names = (place.stack_name.casefold(), token.name.casefold(), token.uid)
    return (token.expires is None, expires, age, *names)
