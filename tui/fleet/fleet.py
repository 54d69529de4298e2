"""Reads many stacks gently, the riskiest lists first, and reports as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    Callable,
    Container,
    Coroutine,
    Iterable,
    Mapping,
)
from dataclasses import replace
from typing import NamedTuple

from tui.account.account import Account, Connect
from tui.clock import Clock, utc_now
from tui.contentstack.errors import ContentstackError, NotAllowed, SignedOut
from tui.contentstack.steady_pace import STEADY_RATE, SteadyPacer
from tui.fleet.job_queue import JobQueue
from tui.fleet.places import FleetStack
from tui.fleet.rows import TOKEN_KINDS
from tui.fleet.snapshot import FleetSnapshot, ListKind, StackReading
from tui.fleet.store import FleetListener, FleetStore
from tui.fleet.ways import Outcome, StackSearch, Way, settled
from tui.workspace.snapshot import Snapshot

_AT_ONCE = 0
_URGENCY: Mapping[ListKind, int] = {"management": 1, "delivery": 2, "people": 3}
"""Management lists first: they show what expires, and what may write."""

_LOOKED_AT: tuple[ListKind, ...] = ("environments", "branches", "aliases", "people")


class ListJob(NamedTuple):
    """One list of one stack to read."""

    key: str
    kind: ListKind


class Fleet:
    """The stacks of several profiles, read side by side.

    All methods run on the event loop that created it. `rate` is how many reads a second
    an organization gets; it slows down if others need the limit. What can't be read is
    a row with a reason, not an exception.

    Attributes:
        store: holds the snapshot.
    """

    def __init__(
        self,
        connects: Mapping[str, Connect],
        *,
        rate: int = STEADY_RATE,
        clock: Clock = utc_now,
        pacer: SteadyPacer | None = None,
    ) -> None:
        self._pacer = pacer or SteadyPacer(rate)
        self._accounts = {
            profile: Account(connect, pacer=self._pacer)
            for profile, connect in connects.items()
        }
        self._clock = clock
        self.store = FleetStore()
        # Twice the rate: answers may take up to two seconds before the pace suffers.
        self._queue: JobQueue[ListJob] = JobQueue(self._read_list, 2 * rate)
        self._ways: dict[str, list[Way]] = {}
        self._found_now: set[str] = set()
        self._lanes_asked: set[str] = set()
        self._runs: set[asyncio.Task[None]] = set()

    @property
    def snapshot(self) -> FleetSnapshot:
        """What is known now."""
        return self.store.snapshot

    def listen(self, listener: FleetListener) -> Callable[[], None]:
        """Tell `listener` of every new snapshot; return the function that ends it."""
        return self.store.listen(listener)

    async def read(self) -> None:
        """Find all stacks and read their tokens; return when done or stopped."""
        await self._halt()
        self.store.begin(is_looking=True)
        await self._run(self._read_all())

    async def arrivals(self) -> AsyncGenerator[StackReading, None]:
        """Read like `read`, and yield each stack once its tokens are there."""
        arrived: asyncio.Queue[StackReading | None] = asyncio.Queue()
        told: set[str] = set()

        def note(snapshot: FleetSnapshot) -> None:
            for key, reading in snapshot.readings.items():
                if reading.is_whole and key not in told:
                    told.add(key)
                    arrived.put_nowait(reading)

        quiet = self.listen(note)
        reading = asyncio.create_task(self.read())
        reading.add_done_callback(lambda _: arrived.put_nowait(None))
        try:
            while (stack := await arrived.get()) is not None:
                yield stack
            await reading
        finally:
            quiet()
            if not reading.done():
                self.stop()
                await reading

    async def refresh(self, keys: Iterable[str]) -> None:
        """Refresh the tokens of some stacks before all others."""
        known = self._known(keys)
        self.store.begin(is_looking=False)
        self.store.wait_for(known, TOKEN_KINDS)
        jobs = [ListJob(key, kind) for kind in TOKEN_KINDS for key in known]
        for job in jobs:
            self._add(job, _AT_ONCE)
        await self._run(self._queue.finish(jobs))

    async def look_at(self, keys: Iterable[str]) -> None:
        """Read the environments, branches, aliases and people of stacks, each once."""
        self.store.begin(is_looking=False)
        jobs: list[ListJob] = []
        for key in self._known(keys):
            read_at = self.store.reading(key).read_at
            wanted = [kind for kind in _LOOKED_AT if kind not in read_at]
            self.store.wait_for([key], wanted)
            jobs += [ListJob(key, kind) for kind in wanted]
        for job in jobs:
            self._add(job, _AT_ONCE)
        await self._run(self._queue.finish(jobs))

    def stop(self) -> None:
        """Stop reading, and keep what was read."""
        if not self._runs:
            return
        self._queue.stop()
        for run in self._runs:
            run.cancel()

    def connect_to(self, key: str) -> Connect:
        """Return the connection to a stack, through the account that sees most of it.

        It shares this fleet's pace, so that both together stay within the limit. Raises
        a KeyError if there's no such stack.
        """
        way, stack = self._ways[key][0], self.store.reading(key).stack.stack
        # A workspace requests everything before it knows the organization.
        self._pacer.join(stack.api_key, stack.org_uid or stack.api_key)
        connection = way.connection_to(stack, self._pacer)
        return lambda: connection

    def adopt(self, key: str, snapshot: Snapshot) -> None:
        """Take over a stack from its workspace, after something was changed there."""
        if key in self.snapshot.readings:
            self.store.adopt(key, snapshot, self._clock())

    def workspace_view(self, key: str) -> Snapshot:
        """Return a stack as the workspace of `connect_to` would see it now."""
        way = self._ways[key][0]
        return replace(
            self.store.reading(key).as_snapshot(),
            user=way.user,
            demo=way.connection.demo,
            read_only=way.connection.read_only,
        )

    async def close(self) -> None:
        """Stop, and close the connections."""
        await self._halt()
        for account in self._accounts.values():
            await account.close()

    async def _halt(self) -> None:
        self.stop()
        if self._runs:
            await asyncio.wait(self._runs)

    def _known(self, keys: Iterable[str]) -> list[str]:
        return [key for key in dict.fromkeys(keys) if key in self.snapshot.readings]

    async def _run(self, work: Coroutine[object, object, None]) -> None:
        """Carry out a reading that `stop` can end early."""
        run = asyncio.create_task(work)
        self._runs.add(run)
        try:
            await asyncio.wait({run})
        finally:
            self._runs.discard(run)
            if not run.done():
                # Its caller was cancelled; others may be waiting for the same lists.
                run.cancel()
                if not self._runs:
                    self._queue.stop()
            if not self._runs:
                self.store.end(was_stopped=not run.done() or run.cancelled())
        if run.cancelled():
            await self._queue.join()
        else:
            run.result()

    async def _read_all(self) -> None:
        self._found_now.clear()
        self._lanes_asked.clear()
        searches = [
            StackSearch(profile, account, self._found, self.store.meet)
            for profile, account in self._accounts.items()
        ]
        await asyncio.gather(*(search.run() for search in searches))
        self.store.found_all(self._gone(searches))
        await self._queue.join()
        self.store.wait_for_none()

    def _gone(self, searches: Iterable[StackSearch]) -> list[str]:
        """Return the stacks that no account can see any more."""
        by_profile = {search.profile: search for search in searches}
        gone = []
        for key, reading in self.snapshot.readings.items():
            search = by_profile[reading.stack.profile]
            is_told = search.is_whole and reading.stack.lane not in search.unread
            if key not in self._found_now and is_told:
                gone.append(key)
        return gone

    def _found(self, way: Way, stack: FleetStack) -> None:
        """Read a stack as soon as it's found; if one way fails, try the next."""
        if stack.key in self._found_now:
            self._ways[stack.key].append(way)
            for kind, error in self.store.reading(stack.key).errors.items():
                if isinstance(error, NotAllowed | SignedOut):
                    self._add(ListJob(stack.key, kind), _URGENCY[kind])
            return
        self._found_now.add(stack.key)
        self._ways[stack.key] = [way]
        self.store.add(stack, way.user.uid)
        for kind in TOKEN_KINDS:
            self._add(ListJob(stack.key, kind), _URGENCY[kind])
        if stack.lane not in self._lanes_asked:
            # One stack has the names of most people in its organization.
            self._lanes_asked.add(stack.lane)
            self._add(ListJob(stack.key, "people"), _URGENCY["people"])

    def _add(self, job: ListJob, urgency: int) -> None:
        self._queue.add(self.store.reading(job.key).stack.lane, urgency, job)

    async def _read_list(self, job: ListJob) -> None:
        outcome = await self._ask(job)
        self.store.put_list(job.key, job.kind, outcome, self._clock())

    async def _ask(self, job: ListJob) -> Outcome:
        """Read a list by the first way that can; that one is then tried first."""
        stack = self.store.reading(job.key).stack
        # Another way may be found in the meantime.
        ways, tried = self._ways[job.key], set[Way]()
        refusal: ContentstackError | None = None
        while (way := _first_but(ways, tried)) is not None:
            tried.add(way)
            try:
                listing = await way.read(job.kind, stack.stack)
            except (NotAllowed, SignedOut) as error:
                refusal = refusal or settled(error)
            except ContentstackError as error:
                return settled(error)
            else:
                if job.kind == "management" and way is not ways[0]:
                    ways.remove(way)
                    ways.insert(0, way)
                return listing
        if refusal is None:
            raise RuntimeError("no way leads to a stack of the fleet")
        return refusal


def _first_but(ways: Iterable[Way], tried: Container[Way]) -> Way | None:
    return next((way for way in ways if way not in tried), None)
