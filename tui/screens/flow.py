"""What a command does, as one coroutine that may wait for a screen or for Contentstack.

A key is carried out wholly before the next one is looked at, and yet no key waits until
a question is answered. So whoever sets a flow going waits until it rests: until it
waits for someone else, or is over.
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
        """Let those go on who wait for it."""
        self._resting.set()

    def wake(self) -> None:
        """Have those wait who ask for it from now on."""
        self._resting.clear()

    async def rests(self) -> None:
        """Wait until it rests, and raise what it failed with."""
        await self._resting.wait()
        if self.task.done() and not self.task.cancelled():
            self.task.result()

    async def _run(self) -> None:
        await self._work()


class Pause(Generic[Awaited]):
    """A place at which a flow waits for an answer; a worker may wait at one, too."""

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

        A flow that was ended meanwhile needs none.
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
        """Begin a flow, and wait until it rests."""
        flow = Flow(work)
        self._running[flow.task] = flow
        flow.task.add_done_callback(self._running.pop)
        await flow.rests()

    def pause(self) -> Pause[Awaited]:
        """Return a place for the present flow to wait at."""
        task = asyncio.current_task()
        return Pause(self._running.get(task) if task else None)

    def end(self) -> None:
        """End them, quietly, but for the one that says so."""
        for task in set(self._running) - {asyncio.current_task()}:
            task.cancel()
