"""Work of thousands of steps, done between the keys of someone who types."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

_BREATH = 0.003
"""Seconds, long enough for a key that waits: it takes several turns of the loop."""
_ANSWER = 0.025
"""Seconds in which a key is carried out and drawn, if nothing else is done."""
_TRIES = 4
"""Keys after which work goes on, however fast more come."""


class Quiet:
    """Whether someone types.

    There is one keyboard, so one of these serves all: `KEYBOARD`.
    """

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._typed_at = float("-inf")

    def hear_key(self) -> None:
        """Note that a key came."""
        self._typed_at = self._clock()

    @property
    def seconds(self) -> float:
        """How long no key has come."""
        return self._clock() - self._typed_at

    async def gap(self) -> None:
        """Let the program do other things, and a key be answered first.

        Call it every few milliseconds of work that someone could wait for.
        """
        await self._sleep(_BREATH)
        for _ in range(_TRIES):
            wanted = _ANSWER - self.seconds
            if wanted <= 0:
                return
            await self._sleep(wanted)


KEYBOARD = Quiet()
