"""How fast we ask: a share of each organization's limit, and how long to wait when told to.

The limit of 10 reads and 10 writes a second belongs to the organization, and others use it too.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

PER_SECOND = 8

_SHORTEST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0

Sleep = Callable[[float], Awaitable[object]]


class _Lane:
    """Starts of one kind in one organization: who may start next, and when the latest ones did."""

    def __init__(self, per_second: int) -> None:
        self.gate = asyncio.Lock()
        self.starts: deque[float] = deque(maxlen=per_second)


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
        self._lanes: dict[tuple[str, bool], _Lane] = {}

    async def turn(self, bucket: str, *, write: bool) -> None:
        """Return when a request of this kind may start; it then counts as started."""
        lane = self._lanes.setdefault((bucket, write), _Lane(self._per_second))
        # asyncio's lock wakes its waiters in the order they came.
        async with lane.gate:
            while len(lane.starts) == self._per_second:
                wait = lane.starts[0] + 1.0 - self._clock()
                if wait <= 0:
                    break
                await self._sleep(wait)
            lane.starts.append(self._clock())


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for, or None where it asks for nothing usable.

    Args:
        value: the header: seconds, or an HTTP date.
        now: aware time to measure a date against.
    """
    text = (value or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now)
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait before try `attempt` + 1 (from 0) when nobody says how long.

    Args:
        attempt: how often we have waited already.
        chance: jitter, from 0 to 1.
    """
    doubled = _SHORTEST_BACKOFF * 2 ** min(attempt, 10)
    return float(min(doubled * (1 + chance / 2), _LONGEST_BACKOFF))


def _seconds_until(text: str, now: datetime) -> float:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only an HTTP date needs it

    try:
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
