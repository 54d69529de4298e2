"""The requests that are under way, and an end to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class InFlight:
    """Limits how long each request takes, and can end them all at once.

    A connection that's made after its pool was closed would stay open. So the pool's
    owner ends the requests first.
    """

    def __init__(self) -> None:
        self._limits: set[asyncio.Timeout] = set()
        self._all_ended = asyncio.Event()

    @asynccontextmanager
    async def at_most(self, seconds: float) -> AsyncIterator[None]:
        """Raise a TimeoutError within the context, by then or at the end of all."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            self._all_ended.clear()
            try:
                yield
            finally:
                self._limits.discard(limit)
                if not self._limits:
                    self._all_ended.set()

    async def end(self) -> None:
        """End every request, and wait until it has cleaned up."""
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(0)
        if self._limits:
            await self._all_ended.wait()
