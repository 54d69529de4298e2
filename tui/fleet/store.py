"""Holds the current snapshot of a fleet, and tells listeners about changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from tui.contentstack.errors import ContentstackError, NotAllowed
from tui.contentstack.models import Person
from tui.fleet.places import FleetStack
from tui.fleet.rows import TOKEN_KINDS
from tui.fleet.snapshot import (
    FleetSnapshot,
    FleetTrouble,
    ListKind,
    SomeListing,
    StackReading,
)
from tui.fleet.ways import Outcome
from tui.workspace.snapshot import Listing, Snapshot

_LISTS: tuple[ListKind, ...] = (*TOKEN_KINDS, "environments", "branches", "aliases")

FleetListener: TypeAlias = Callable[[FleetSnapshot], None]


class FleetStore:
    """Holds the snapshot, and tells listeners about each new one."""

    def __init__(self) -> None:
        self.snapshot = FleetSnapshot()
        self._listeners: list[FleetListener] = []
        self._people: dict[str, Person] = {}
        self._own: frozenset[str] = frozenset()

    def listen(self, listener: FleetListener) -> Callable[[], None]:
        """Tell `listener` about new snapshots; return a function that stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def reading(self, key: str) -> StackReading:
        """Return what has been read of a stack; raises KeyError if there is none."""
        return self.snapshot.readings[key]

    def begin(self, *, is_looking: bool) -> None:
        """Note that reading begins, and whether it looks for new stacks."""
        snapshot = replace(self.snapshot, is_reading=True, was_stopped=False)
        if is_looking:
            snapshot = replace(snapshot, troubles=(), is_looking=True)
        self._show(snapshot)
        if is_looking:
            self.wait_for(self.snapshot.readings, TOKEN_KINDS)

    def meet(self, trouble: FleetTrouble) -> None:
        """Note why there may be more stacks."""
        troubles = (*self.snapshot.troubles, trouble)
        self._show(replace(self.snapshot, troubles=troubles))

    def add(self, stack: FleetStack, own: str) -> None:
        """Add a stack, or update it; `own` is the uid of the user who can see it."""
        self._own |= {own}
        before = self.snapshot.readings.get(stack.key)
        if before is None:
            before = StackReading(stack, people=self._people)
        self._put([replace(before, stack=stack, own=self._own, is_stale=False)])

    def wait_for(self, keys: Iterable[str], kinds: Iterable[ListKind]) -> None:
        """Note that lists are waiting to be read."""
        kinds, readings = frozenset(kinds), map(self.reading, keys)
        self._put([replace(it, pending=it.pending | kinds) for it in readings])

    def wait_for_none(self) -> None:
        """Mark lists still pending as stale: their stacks weren't found again."""
        waiting = [it for it in self.snapshot.readings.values() if it.pending]
        self._put([replace(it, pending=frozenset(), is_stale=True) for it in waiting])

    def put_list(
        self, key: str, kind: ListKind, outcome: Outcome, moment: datetime
    ) -> None:
        """Store the result of reading one of a stack's lists."""
        before = self.snapshot.readings.get(key)
        if before is None:
            return
        listing, is_answer = before.listing(kind), True
        if isinstance(outcome, NotAllowed):
            # Don't keep from an earlier reading what the user may no longer see.
            listing = Listing(error=outcome)
        elif isinstance(outcome, ContentstackError):
            listing, is_answer = replace(listing, error=outcome), False
        else:
            listing = outcome
        reading = replace(
            before,
            lists={**before.lists, kind: listing},
            pending=before.pending - {kind},
            is_stale=before.is_stale and not is_answer,
        )
        if is_answer:
            reading = replace(reading, read_at={**before.read_at, kind: moment})
        self._put([reading])
        if kind == "people":
            self._take_people(before.stack.lane, listing)

    def adopt(self, key: str, snapshot: Snapshot, moment: datetime) -> None:
        """Copy a stack's lists from its workspace, after something changed there."""
        before = self.snapshot.readings[key]
        lists: dict[ListKind, SomeListing] = {
            kind: getattr(snapshot, kind)
            for kind in _LISTS
            if getattr(snapshot, kind).read
        }
        read_at = {**before.read_at, **dict.fromkeys(lists, moment)}
        self._put([replace(before, lists={**before.lists, **lists}, read_at=read_at)])

    def found_all(self, gone: Iterable[str]) -> None:
        """Note that all stacks have been found, and drop those that are gone."""
        gone = frozenset(gone)
        readings = self.snapshot.readings.items()
        left = {key: reading for key, reading in readings if key not in gone}
        left_readings = MappingProxyType(left)
        self._show(replace(self.snapshot, readings=left_readings, is_looking=False))

    def end(self, *, was_stopped: bool) -> None:
        """Note that reading has ended; keep what was read."""
        snapshot = replace(self.snapshot, is_looking=False, is_reading=False)
        self._show(replace(snapshot, was_stopped=was_stopped))

    def _take_people(self, lane: str, listing: SomeListing) -> None:
        """Store users' names: they may have created tokens in other stacks too."""
        people = {it.uid: it for it in listing.items if isinstance(it, Person)}
        if not people.items() <= self._people.items():
            self._people = {**self._people, **people}
        readings = self.snapshot.readings.values()
        its = [reading for reading in readings if reading.stack.lane == lane]
        self._put([replace(it, people=self._people, own=self._own) for it in its])

    def _put(self, changed: Iterable[StackReading]) -> None:
        new = {reading.stack.key: reading for reading in changed}
        readings = MappingProxyType({**self.snapshot.readings, **new})
        self._show(replace(self.snapshot, readings=readings))

    def _show(self, snapshot: FleetSnapshot) -> None:
        self.snapshot = snapshot
        for listener in tuple(self._listeners):
            listener(snapshot)
