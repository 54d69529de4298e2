"""Runs jobs side by side in lanes, the most urgent of each lane first."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Job = TypeVar("Job", bound=Hashable)


@dataclass
class _JobLane(Generic[Job]):
    waiting: list[tuple[int, int, Job]] = field(default_factory=list)
    workers: int = 0


class JobQueue(Generic[Job]):
    """Carries out jobs, `workers` in each lane at a time.

    A job that's already waiting isn't added again, but may become more urgent.
    """

    def __init__(
        self, carry_out: Callable[[Job], Awaitable[None]], workers: int
    ) -> None:
        self._carry_out = carry_out
        self._most = workers
        self._lanes: defaultdict[str, _JobLane[Job]] = defaultdict(_JobLane)
        self._numbers = count()
        self._urgency: dict[Job, int] = {}
        self._finished: dict[Job, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    def add(self, lane: str, urgency: int, job: Job) -> None:
        """Add a job; those with a lower `urgency` go first."""
        if self._urgency.get(job, urgency + 1) <= urgency:
            return
        self._urgency[job] = urgency
        self._finished.setdefault(job, asyncio.Event())
        its = self._lanes[lane]
        heappush(its.waiting, (urgency, next(self._numbers), job))
        if its.workers < self._most:
            its.workers += 1
            task = asyncio.create_task(self._work(its))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def join(self) -> None:
        """Wait until nothing is left to do; if a job raised an error, raise it."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._raise()

    async def finish(self, jobs: Iterable[Job]) -> None:
        """Wait until these are done or stopped; raises like `join`."""
        for finished in [self._finished.get(job) for job in jobs]:
            if finished is not None:
                await finished.wait()
        self._raise()

    def _raise(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def stop(self) -> None:
        """Stop, and cancel the jobs in progress."""
        self._urgency.clear()
        self._lanes.clear()
        for finished in self._finished.values():
            finished.set()
        self._finished.clear()
        for task in self._tasks:
            task.cancel()

    async def _work(self, lane: _JobLane[Job]) -> None:
        try:
            while lane.waiting:
                urgency, _, job = heappop(lane.waiting)
                # A job that became more urgent has already been carried out.
                if self._urgency.get(job) == urgency:
                    del self._urgency[job]
                    await self._carry_out_one(job)
        finally:
            lane.workers -= 1

    async def _carry_out_one(self, job: Job) -> None:
        finished = self._finished.get(job)
        try:
            await self._carry_out(job)
        finally:
            # It may have been added again in the meantime.
            if job not in self._urgency:
                self._finished.pop(job, None)
                if finished is not None:
                    finished.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and self._failure is None:
            self._failure = task.exception()
