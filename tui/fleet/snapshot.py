"""What was read of a fleet: frozen, and replaced in full with each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import (
    Alias,
    Branch,
    DeliveryToken,
    Environment,
    ManagementToken,
    Thing,
    Token,
    TokenKind,
)
from tui.fleet.places import FleetPlace, FleetStack
from tui.fleet.rows import (
    TOKEN_KINDS,
    FleetRow,
    People,
    makers_of,
    odd_row,
    reason_of,
    reason_row,
    token_row,
)
from tui.workspace.snapshot import Listing, Snapshot

ListKind: TypeAlias = Literal[
    "management", "delivery", "environments", "branches", "aliases", "people"
]


SomeListing: TypeAlias = Listing[Thing]
"""A list of the items that its kind names."""

_UNREAD: SomeListing = Listing()


@dataclass(frozen=True)
class StackReading:
    """What has been read of one stack so far.

    Attributes:
        lists: each list by its kind; those never read are missing.
        pending: the lists that still have to be read or refreshed.
        read_at: when each list was read, or refused.
        people: names for those who created tokens.
        own: the uids of the signed-in user.
        is_stale: whether the latest reading couldn't find it again, because the list of
            its organization was refused.
    """

    stack: FleetStack
    lists: Mapping[ListKind, SomeListing] = field(default_factory=dict)
    pending: frozenset[ListKind] = frozenset(TOKEN_KINDS)
    read_at: Mapping[ListKind, datetime] = field(default_factory=dict)
    people: People = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    is_stale: bool = False

    def listing(self, kind: ListKind) -> SomeListing:
        """Return what has been read of a list so far."""
        return self.lists.get(kind, _UNREAD)

    def tokens(self, kind: TokenKind) -> Listing[Token]:
        """Return the tokens of a kind."""
        return cast("Listing[Token]", self.listing(kind))

    @property
    def is_whole(self) -> bool:
        """Whether both lists of tokens have been answered, or refused."""
        return not any(kind in self.pending for kind in TOKEN_KINDS)

    @property
    def errors(self) -> dict[TokenKind, ContentstackError]:
        """Why lists of tokens couldn't be read, by kind."""
        errors = {kind: self.listing(kind).error for kind in TOKEN_KINDS}
        return {kind: error for kind, error in errors.items() if error is not None}

    @property
    def as_of(self) -> datetime | None:
        """How current its tokens are: the time of the older list."""
        moments = (self.read_at.get(kind) for kind in TOKEN_KINDS)
        return min((moment for moment in moments if moment), default=None)

    @cached_property
    def rows(self) -> tuple[FleetRow, ...]:
        """Its tokens by risk, and why others can't be seen."""
        return tuple(chain(chain(*map(self._token_rows, TOKEN_KINDS)), self._reasons()))

    def _token_rows(self, kind: TokenKind) -> Iterator[FleetRow]:
        listing, as_of = self.tokens(kind), self.read_at.get(kind)
        for token in listing.items:
            makers = makers_of(token.created_by, self.people, self.own)
            yield token_row(self.stack, token, makers, as_of)
        for odd in listing.odd:
            yield odd_row(self.stack, kind, odd, as_of)

    def _reasons(self) -> Iterator[FleetRow]:
        told: dict[str, TokenKind] = {}
        errors = self.errors
        for kind, error in errors.items():
            told.setdefault(reason_of(kind, error), kind)
        for reason, kind in told.items():
            # A reason that applies to both kinds gets only one row.
            both = len(told) < len(errors)
            yield reason_row(
                self.stack,
                f"{self.stack.key}/{kind}",
                reason if both else f"{kind}: {reason}",
                kind="" if both else kind,
                error=errors[kind],
                as_of=self.read_at.get(kind),
            )
        for kind in TOKEN_KINDS:
            if cut := self.listing(kind).cut:
                key = f"{self.stack.key}/{kind}-cut"
                yield reason_row(self.stack, key, f"{kind}: {cut}", kind=kind)

    def as_snapshot(self) -> Snapshot:
        """Return it as its workspace would see it, for health, coverage and details."""
        return Snapshot(
            region=self.stack.region,
            stack=self.stack.stack,
            delivery=cast("Listing[DeliveryToken]", self.listing("delivery")),
            management=cast("Listing[ManagementToken]", self.listing("management")),
            environments=cast("Listing[Environment]", self.listing("environments")),
            branches=cast("Listing[Branch]", self.listing("branches")),
            aliases=cast("Listing[Alias]", self.listing("aliases")),
            people=self.people,
            read_at=self.as_of,
        )


@dataclass(frozen=True)
class FleetTrouble:
    """Why some stacks of a profile or an organization are missing.

    `uid` is the uid of the stack, if it's about a single one.
    """

    place: FleetPlace
    reason: str
    error: ContentstackError | None = None
    uid: str = ""

    @cached_property
    def row(self) -> FleetRow:
        """The row that says so."""
        place = self.place
        key = f"{place.profile}/{place.region_name}/{place.organization}/{self.reason}"
        return reason_row(self.place, key, self.reason, error=self.error)


@dataclass(frozen=True)
class Progress:
    """How far a reading has come.

    Attributes:
        done: stacks whose answers are in.
        total: stacks that are known.
        unreadable: stacks with something that can't be read.
        is_final: whether all stacks are known.
    """

    done: int = 0
    total: int = 0
    unreadable: int = 0
    is_final: bool = False

    def __str__(self) -> str:
        so_far = "" if self.is_final else " so far"
        said = f"{self.done} of {self.total} stacks{so_far}"
        return f"{said} · {self.unreadable} not readable" if self.unreadable else said


@dataclass(frozen=True)
class FleetSnapshot:
    """Everything known about all stacks at one moment.

    Attributes:
        readings: each stack by its key, in the order they were found.
        troubles: why there may be more stacks than these.
        is_looking: whether stacks are still being looked for.
        is_reading: whether anything still has to be read.
        was_stopped: whether the last reading was stopped before its end.
    """

    readings: Mapping[str, StackReading] = field(
        default_factory=lambda: MappingProxyType({})
    )
    troubles: tuple[FleetTrouble, ...] = ()
    is_looking: bool = False
    is_reading: bool = False
    was_stopped: bool = False

    @cached_property
    def rows(self) -> tuple[FleetRow, ...]:
        """The rows of all stacks, and why some have none."""
        readings = self.readings.values()
        rows = chain.from_iterable(reading.rows for reading in readings)
        return (*(trouble.row for trouble in self.troubles), *rows)

    @cached_property
    def progress(self) -> Progress:
        """How far the reading has come."""
        readings = self.readings.values()
        done = sum(reading.is_whole for reading in readings)
        unreadable = sum(it.is_stale or bool(it.errors) for it in readings)
        return Progress(done, len(readings), unreadable, not self.is_looking)
