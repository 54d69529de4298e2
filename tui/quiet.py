"""Does work of thousands of steps between the user's key presses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

_BREATH = 0.003
"""Seconds, long enough for a waiting key, which takes several turns of the loop."""
_ANSWER = 0.025
"""Seconds to handle a key and draw the result, if nothing else is done."""
_TRIES = 4
"""Keys after which work continues, however fast more come."""


class Quiet:
    """Whether someone is typing.

    There's only one keyboard, so everything shares one instance: `KEYBOARD`.
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
        """How long it's been since the last key."""
        return self._clock() - self._typed_at

    async def gap(self) -> None:
        """Let the program do other things, and handle a key first.

        Call it every few milliseconds during work that would delay keys.
        """
        await self._sleep(_BREATH)
        for _ in range(_TRIES):
            wanted = _ANSWER - self.seconds
            if wanted <= 0:
                return
            await self._sleep(wanted)


KEYBOARD = Quiet()
