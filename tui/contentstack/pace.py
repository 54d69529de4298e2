"""How fast we ask: a share of each organization's limit, and how long to wait when told to.

The limit of 10 reads and 10 writes a second belongs to the organization, and others use it too.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

PER_SECOND = 8

_SHORTEST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0

Sleep = Callable[[float], Awaitable[object]]


class Pacer:
    """Lets requests start, first come first served, no more than `per_second` of a kind in any second.

    Reads and writes of each organization (`bucket`) queue apart. A request that is cancelled while it queues
    takes no place.
    """

    def __init__(
        self,
        per_second: int = PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        # For each queue its gate and its latest starts. asyncio's lock wakes its
        # waiters in order.
        self._queues: dict[tuple[str, bool], tuple[asyncio.Lock, deque[float]]] = {}

    async def turn(self, bucket: str, *, write: bool) -> None:
        """Return when a request of this kind may start; it then counts as started."""
        fresh = (asyncio.Lock(), deque[float](maxlen=self._per_second))
        gate, starts = self._queues.setdefault((bucket, write), fresh)
        async with gate:
            while (
                len(starts) == self._per_second
                and (wait := starts[0] + 1.0 - self._clock()) > 0
            ):
                await self._sleep(wait)
            starts.append(self._clock())


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header (seconds or an HTTP date) asks for from the aware time `now`.

    None where it asks for nothing usable: a wait of nothing would spend all tries at once.
    """
    text = (value or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only an HTTP date needs it

        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return seconds if 0 < seconds < float("inf") else None


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait when nobody says how long, `attempt` waits being over.

    `chance`, 0 to 1, is jitter.
    """
    doubled = _SHORTEST_BACKOFF * 2.0 ** min(attempt, 10)
    return min(doubled * (1 + chance / 2), _LONGEST_BACKOFF)
