"""All stacks as the screens use them: what was read, and a session for each."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from tui.account.account import Connect
from tui.contentstack.steady_pace import STEADY_RATE

if TYPE_CHECKING:
    from tui.connection.connection import Connection
    from tui.contentstack.models import TokenKind
    from tui.fleet.fleet import Fleet
    from tui.fleet.snapshot import StackReading
    from tui.workspace.snapshot import Snapshot
    from tui.workspace.workspace import Workspace

_FRESH = timedelta(minutes=1)
"""How long a stack that was read is fresh enough to act on."""


@dataclass(frozen=True)
class Left:
    """Where the table of all stacks was left."""

    tab: TokenKind
    key: str
    filter_text: str


class SomeSession(Protocol):
    """The part of a session that is needed here."""

    @property
    def workspace(self) -> Workspace:
        """Its stack."""

    def for_stack(self, workspace: Workspace) -> Self:
        """Return such a session for another stack."""


OneSession = TypeVar("OneSession", bound=SomeSession)


class StackSessions(Generic[OneSession]):
    """The fleet of this run, once asked for, and the sessions of its stacks.

    Each stack that commands run in has a workspace of its own. Changes there show in
    the fleet at once.

    Args:
        profiles: How to connect each of several profiles, by name.
        profile: The one that the dashboard itself uses.
        rate: How many reads a second each organization gets.
    """

    def __init__(
        self,
        profiles: Mapping[str, Connect] | None = None,
        profile: str = "",
        rate: int = STEADY_RATE,
    ) -> None:
        self._profiles = profiles or {}
        self._profile = profile if self._profiles else ""
        self._rate = rate
        self._connection: Connection | None = None
        self._sessions: dict[str, OneSession] = {}
        self._seeds: dict[str, StackReading] = {}
        self._read_at: dict[str, datetime] = {}
        self.fleet: Fleet | None = None
        self.left: Left | None = None

    async def open(self, main: OneSession) -> Fleet:
        """Return the fleet of the user who is signed in; a new one for someone else."""
        # Only needed for all stacks.
        from tui.fleet.opening import open_fleet  # noqa: PLC0415

        connection = await main.workspace.account.connection()
        if self.fleet is None or not _is_same(connection, self._connection):
            await self.close()
            self._connection = connection
            self.fleet = open_fleet(
                connection,
                self._profiles,
                profile=self._profile,
                rate=self._rate,
                clock=main.workspace.clock,
            )
        return self.fleet

    def session_of(self, key: str, main: OneSession) -> OneSession:
        """Return the session of a stack, with what has been read of it."""
        if self.fleet is None:
            raise LookupError("no stack was read")
        if key not in self._sessions:
            from tui.workspace.workspace import Workspace  # noqa: PLC0415 - as the fleet

            workspace = Workspace(
                self.fleet.connect_to(key), clock=main.workspace.clock
            )
            self._sessions[key] = main.for_stack(workspace)
            workspace.snapshots.listen(partial(self._adopt, key))
        session, reading = self._sessions[key], self.fleet.store.reading(key)
        if key not in self._read_at and self._seeds.get(key) is not reading:
            self._seeds[key] = reading
            session.workspace.snapshots.snapshot = self.fleet.workspace_view(key)
        return session

    def is_fresh(self, key: str, main: OneSession) -> bool:
        """Return whether all of a stack was just read into its workspace."""
        read_at = self._read_at.get(key)
        return read_at is not None and main.workspace.clock() - read_at < _FRESH

    async def read(self, key: str, main: OneSession) -> None:
        """Read all of a stack, for example before a command changes it."""
        workspace = self.session_of(key, main).workspace
        try:
            await workspace.refresh()
        except CancelledError:
            workspace.stop_reading()
            raise
        if workspace.snapshot.trouble is None:
            self._read_at[key] = main.workspace.clock()

    def _adopt(self, key: str, snapshot: Snapshot) -> None:
        if self.fleet is not None:
            self.fleet.adopt(key, snapshot)

    def has_changed(self, api_key: str) -> bool:
        """Return whether a command on a row of the table changed a stack."""
        return any(
            _key_of(session) == api_key and session.workspace.carried_out
            for session in self
        )

    def is_mains(self, profile: str) -> bool:
        """Return whether a profile is the one that the dashboard uses."""
        return profile == self._profile

    def __iter__(self) -> Iterator[OneSession]:
        return iter(self._sessions.values())

    async def close(self) -> None:
        """Close the connections, and forget everything."""
        sessions, self._sessions = self._sessions, {}
        self._seeds, self._read_at = {}, {}
        fleet, self.fleet = self.fleet, None
        self.left = None
        for session in sessions.values():
            await session.workspace.close()
        if fleet is not None:
            await fleet.close()


def _is_same(one: Connection, other: Connection | None) -> bool:
    """Return whether two connections see the same stacks."""
    if other is None:
        return False
    return (one.region, one.credential) == (other.region, other.credential)


def _key_of(session: SomeSession) -> str:
    stack = session.workspace.snapshot.stack
    return stack.api_key if stack else ""
