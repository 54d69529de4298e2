"""What a command does, as one coroutine that may wait for a screen or for Contentstack.

Each key is handled completely before the next one, yet no key waits until a question is
answered. So the caller that starts a flow waits until it rests: until it waits for
someone else, or is finished.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Awaited = TypeVar("Awaited")
Work = Callable[[], Awaitable[object]]


class Flow:
    """A command that is being carried out."""

    def __init__(self, work: Work) -> None:
        self._resting = asyncio.Event()
        self._work = work
        self.task = asyncio.create_task(self._run())
        self.task.add_done_callback(lambda _task: self.rest())

    def rest(self) -> None:
        """Release callers that wait for it."""
        self._resting.set()

    def wake(self) -> None:
        """Make callers wait from now on."""
        self._resting.clear()

    async def rests(self) -> None:
        """Wait until it rests, and raise its exception if it failed."""
        await self._resting.wait()
        if self.task.done() and not self.task.cancelled():
            self.task.result()

    async def _run(self) -> None:
        await self._work()


class Pause(Generic[Awaited]):
    """A point at which a flow, or a worker, waits for an answer."""

    def __init__(self, flow: Flow | None) -> None:
        self._flow = flow
        self._answer: asyncio.Future[Awaited] = (
            asyncio.get_running_loop().create_future()
        )

    async def answer(self) -> Awaited:
        """Wait for the answer."""
        if self._flow is not None and not self._answer.done():
            self._flow.rest()
        return await self._answer

    async def end(self, answer: Awaited) -> None:
        """Give the answer, and wait until the flow rests again.

        A flow that has ended meanwhile doesn't need one.
        """
        if self._answer.done():
            return
        if self._flow is not None:
            self._flow.wake()
        self._answer.set_result(answer)
        if self._flow is not None:
            await self._flow.rests()

    def give_up(self) -> None:
        """End the flow here, quietly."""
        self._answer.cancel()


class Flows:
    """The flows of one screen, or of the application."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[None], Flow] = {}

    async def carry_out(self, work: Work) -> None:
        """Start a flow, and wait until it rests."""
        flow = Flow(work)
        self._running[flow.task] = flow
        flow.task.add_done_callback(self._running.pop)
        await flow.rests()

    def pause(self) -> Pause[Awaited]:
        """Return a point for the current flow to wait at."""
        task = asyncio.current_task()
        return Pause(self._running.get(task) if task else None)

    def end(self) -> None:
        """End them quietly, except the one that calls this."""
        for task in set(self._running) - {asyncio.current_task()}:
            task.cancel()
