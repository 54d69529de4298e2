"""The rows of the table of all stacks: tokens, and why others can't be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias

from tui.contentstack.errors import ContentstackError, NotAllowed
from tui.contentstack.models import Odd, Person, Token, TokenKind, access_of
from tui.contentstack.scope import Scope
from tui.fleet.places import FleetPlace, FleetStack
from tui.matching import fold
from tui.query.fields import NEVER

TOKEN_KINDS: tuple[TokenKind, ...] = ("management", "delivery")
"""In order of risk, which is also the order of reading."""

RowKind: TypeAlias = TokenKind | Literal[""]
People: TypeAlias = Mapping[str, Person]

_ONLY = {
    "management": "Owners and Admins only",
    "delivery": "Owners, Admins and Developers only",
}


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A token, or the reason why others can't be seen.

    Attributes:
        key: identifies the row across readings.
        place: where it is; `stack` says in which stack.
        kind: the kind of the tokens; empty if it's about both.
        token: None if there's none to see.
        odd: the token that wasn't understood.
        error: why Contentstack shows no more.
        reason: the same in a few words; empty for a token.
        maker: who created the token: a name, an address, "you" or a short uid.
        as_of: when it was read.
        makers: all names of the user who created the token.
        can_write: whether the token may change the stack.
    """

    key: str
    place: FleetPlace
    kind: RowKind
    token: Token | None = None
    odd: Odd | None = None
    error: ContentstackError | None = None
    reason: str = ""
    maker: str = ""
    as_of: datetime | None = None
    makers: tuple[str, ...] = ()
    can_write: bool = False

    @property
    def stack(self) -> FleetStack | None:
        """The stack that it's in; None if a whole organization can't be read."""
        return self.place if isinstance(self.place, FleetStack) else None

    @property
    def name(self) -> str:
        """What the token is called; empty if there's none."""
        if self.token is not None:
            return self.token.name
        return self.odd.title if self.odd is not None else ""

    @property
    def haystack(self) -> str:
        """The text that free words are looked for in.

        Not stored, because thousands of texts would take megabytes.
        """
        token = self.token
        parts: tuple[str, ...] = (self.name, self.reason)
        if token is not None:
            own = token.name, *reach(token.scope), token.kind, *_tails(token)
            parts = (*own, *self.makers[:1])
        # No word spans lines.
        own_text = "\n".join(map(fold, parts))
        return f"{own_text}\n{self.place.haystack}"

    @property
    def expires(self) -> datetime | None:
        """When the token expires, `NEVER`, or None if there's no token."""
        if self.token is None:
            return None
        return self.token.expires_on or NEVER

    def texts(self, field: str) -> Sequence[str]:
        """Return the texts that a query can search in a field, folded."""
        found = self.place.texts.get(field)
        return found if found is not None else _TEXTS[field](self)

    def moment(self, field: str) -> datetime | None:
        """Return the moment of a field of the query language."""
        if field == "expires":
            return self.expires
        if self.token is None:
            return None
        return self.token.created_at if field == "created" else self.token.updated_at


def token_row(
    place: FleetPlace, token: Token, makers: tuple[str, ...], as_of: datetime | None
) -> FleetRow:
    """Return the row of a token; `makers` are all names of the user who created it."""
    return FleetRow(
        key=f"{place.key}/{token.uid}",
        place=place,
        kind=token.kind,
        token=token,
        maker=makers[0] if makers else "",
        as_of=as_of,
        makers=makers,
        can_write=access_of(token.rights) == "read+write",
    )


def odd_row(
    place: FleetPlace, kind: TokenKind, odd: Odd, as_of: datetime | None
) -> FleetRow:
    """Return the row of a token that wasn't understood."""
    reason = f"{kind}: {odd.why}"
    return FleetRow(
        key=f"{place.key}/{kind}{odd.key}",
        place=place,
        kind=kind,
        odd=odd,
        reason=reason,
        as_of=as_of,
    )


def reason_row(
    place: FleetPlace,
    key: str,
    reason: str,
    *,
    kind: RowKind = "",
    error: ContentstackError | None = None,
    as_of: datetime | None = None,
) -> FleetRow:
    """Return a row that says why there's no more to see."""
    return FleetRow(
        key=key,
        place=place,
        kind=kind,
        error=error,
        reason=reason,
        as_of=as_of,
    )


def reason_of(kind: RowKind, error: ContentstackError) -> str:
    """Say in a few words why tokens can't be seen."""
    if isinstance(error, NotAllowed) and kind:
        return _ONLY[kind]
    return error.what or error.summary


def makers_of(uid: str, people: People, own: frozenset[str]) -> tuple[str, ...]:
    """Return all names of the user with a uid, starting with the one to show.

    Args:
        uid: as in `created_by`.
        people: the users whose names are known.
        own: the uids of the signed-in user.
    """
    if not uid:
        return ()
    short = f"{uid[:8]}…" if len(uid) > 9 else uid
    names = ["you"] if uid in own else []
    person = people.get(uid)
    if person is not None:
        full = f"{person.first_name} {person.last_name}".strip()
        names += [name for name in (full, person.email) if name]
    return (*names, short, uid)


def reach(scope: Scope) -> tuple[str, ...]:
    """Return the environments, branches and aliases that a scope names."""
    return (*scope.environments, *lanes(scope))


def lanes(scope: Scope) -> tuple[str, ...]:
    """Return the branches and aliases that a scope names."""
    return (*scope.branches, *scope.aliases, *scope.within_modules)


def _tails(token: Token) -> tuple[str, ...]:
    """Return the last four characters of each value, by which people look it up."""
    values = (token.value, token.preview)
    return tuple(value.last4 for value in values if value)


@lru_cache(maxsize=4096)
def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    # Thousands of tokens share a few scopes and makers.
    return tuple(map(fold, texts))


def _name(row: FleetRow) -> Sequence[str]:
    return (fold(row.name),) if row.name else ()


def _environments(row: FleetRow) -> Sequence[str]:
    return _folded(row.token.scope.environments) if row.token else ()


def _branches(row: FleetRow) -> Sequence[str]:
    return _folded(lanes(row.token.scope)) if row.token else ()


def _kind(row: FleetRow) -> Sequence[str]:
    return (row.kind,) if row.kind else TOKEN_KINDS


def _access(row: FleetRow) -> Sequence[str]:
    if row.token is None:
        return ()
    return ("write",) if row.can_write else ("read",)


def _preview(row: FleetRow) -> Sequence[str]:
    if row.token is None or row.token.kind != "delivery":
        return ()
    return ("yes",) if row.token.preview else ("no",)


def _makers(row: FleetRow) -> Sequence[str]:
    return _folded(row.makers)


def _values(row: FleetRow) -> Sequence[str]:
    return tuple(map(fold, _tails(row.token))) if row.token else ()


def _readable(row: FleetRow) -> Sequence[str]:
    return ("no",) if row.reason else ("yes",)


_TEXTS: Mapping[str, Callable[[FleetRow], Sequence[str]]] = {
    "name": _name,
    "env": _environments,
    "branch": _branches,
    "kind": _kind,
    "access": _access,
    "preview": _preview,
    "by": _makers,
    "token": _values,
    "readable": _readable,
}
"""By the fields of the query language that aren't a place."""
