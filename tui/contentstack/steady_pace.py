"""Paces a long read: evenly, and making way for others who share the limit.

An organization's limit is shared with its editors and programs, and reading all its
stacks takes minutes. So requests start one by one instead of several at once, and slow
down as soon as little is left for the others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tui.contentstack.pace import Pacer, Sleep

STEADY_RATE = 5
MOST_RATE = 9
"""One less than Contentstack's own limit, which others share."""

_RESERVE = 3
_SLOWEST = 2.0
_STEP = 1.5


class SteadyPacer(Pacer):
    """Spaces requests of one kind evenly, at most `per_second`.

    Each organization's (`bucket`'s) reads and writes have separate queues, which slow
    down independently.
    """

    def __init__(
        self,
        per_second: int = STEADY_RATE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(per_second, clock=clock, sleep=sleep)
        self._lanes: dict[tuple[str, bool], _Lane] = {}

    async def turn(self, bucket: str, *, write: bool) -> None:
        """Return when a request of this kind may start; it then counts as started."""
        async with self._lane(bucket, write).gate:
            # Buckets may have been joined while this request waited.
            while (wait := self._lane(bucket, write).free_at - self._clock()) > 0:
                await self._sleep(wait)
            self._lane(bucket, write).start(self._clock())

    def join(self, bucket: str, other: str) -> None:
        """Count both buckets as one from now on, at the slower one's pace."""
        for write in (False, True):
            lane = self._lane(bucket, write).slower(self._lane(other, write))
            self._lanes[bucket, write] = self._lanes[other, write] = lane

    def hear(self, bucket: str, limit: int, remaining: int, *, write: bool) -> None:
        """Slow down when others leave little, and speed up again when they don't."""
        # Our own requests, one more than usual in a second, must not slow us down.
        reserve = min(_RESERVE, limit - self._per_second - 1)
        lane = self._lane(bucket, write)
        if remaining < reserve:
            lane.slow_down(self._clock())
        else:
            lane.speed_up(self._clock())

    def hold(self, bucket: str, seconds: float, *, write: bool) -> None:
        """Start no requests of this kind for `seconds`, and fewer after that."""
        lane, now = self._lane(bucket, write), self._clock()
        lane.free_at = max(lane.free_at, now + seconds)
        lane.slow_down(now)

    def _lane(self, bucket: str, write: bool) -> _Lane:
        return self._lanes.setdefault((bucket, write), _Lane(1 / self._per_second))


class _Lane:
    """Requests of one kind: when the next may start, and how far apart they are."""

    def __init__(self, interval: float) -> None:
        # asyncio's lock wakes its waiters in order.
        self.gate = asyncio.Lock()
        self.free_at = float("-inf")
        self._interval = self._shortest = interval
        self._changed_at = float("-inf")

    def start(self, now: float) -> None:
        """Note that a request starts. One that starts a bit late delays no others."""
        is_little = now - self.free_at < self._interval
        self.free_at = (self.free_at if is_little else now) + self._interval

    def slower(self, other: _Lane) -> _Lane:
        """Slow this lane down to the slower of the two, and return it."""
        if other is not self:
            self.free_at = max(self.free_at, other.free_at)
            self._interval = max(self._interval, other._interval)
            self._changed_at = max(self._changed_at, other._changed_at)
        return self

    def slow_down(self, now: float) -> None:
        # Answers that arrive together describe the same second.
        if now - self._changed_at >= 1.0:
            self._change(min(self._interval * 2, max(_SLOWEST, self._shortest)), now)

    def speed_up(self, now: float) -> None:
        if self._interval > self._shortest and now - self._changed_at >= 1.0:
            self._change(max(self._interval / _STEP, self._shortest), now)

    def _change(self, interval: float, now: float) -> None:
        self._interval = interval
        self._changed_at = now
