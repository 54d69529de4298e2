"""How fast we send requests, and how long we wait before we retry.

The limit of 10 reads and 10 writes a second belongs to the organization, and others use
it too, so we take only a share.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

PER_SECOND = 8
READ_TRIES = 3
LIMIT_TRIES = 8
LIMIT_PATIENCE = 120.0

_SHORTEST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0

Sleep = Callable[[float], Awaitable[object]]


class Pacer:
    """Lets `per_second` requests of a kind start each second, first come first served.

    Each organization's (`bucket`'s) reads and writes have separate queues. A request
    that is cancelled while it waits doesn't count.
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
        self._queues: dict[tuple[str, bool], _Queue] = {}

    async def turn(self, bucket: str, *, write: bool) -> None:
        """Return when a request of this kind may start; it then counts as started."""
        queue = self._queue(bucket, write)
        async with queue.gate:
            while (wait := queue.seconds_until_free(self._clock())) > 0:
                await self._sleep(wait)
            queue.starts.append(self._clock())

    def join(self, bucket: str, other: str) -> None:
        """Count both buckets as one from now on: they turned out to share a limit."""
        for write in (False, True):
            one, two = self._queue(bucket, write), self._queue(other, write)
            if one.starts is not two.starts:
                starts = sorted((*one.starts, *two.starts))
                one.starts = two.starts = deque(starts, maxlen=self._per_second)

    def hear(self, bucket: str, limit: int, remaining: int, *, write: bool) -> None:
        """Note the limit, and how much of it is left according to an answer."""

    def hold(self, bucket: str, seconds: float, *, write: bool) -> None:
        """Note that Contentstack wants a pause in all requests of this kind."""

    def _queue(self, bucket: str, write: bool) -> _Queue:
        return self._queues.setdefault((bucket, write), _Queue(self._per_second))


class _Queue:
    """Requests of one kind: the latest starts, and who may start next."""

    def __init__(self, per_second: int) -> None:
        # asyncio's lock wakes its waiters in order.
        self.gate = asyncio.Lock()
        self.starts = deque[float](maxlen=per_second)

    def seconds_until_free(self, now: float) -> float:
        """Return the seconds that the next request must wait; zero or less for none."""
        is_full = len(self.starts) == self.starts.maxlen
        return self.starts[0] + 1.0 - now if is_full else 0.0


class Tries:
    """How many tries and seconds one request has left.

    Both waits return how many seconds to wait, or None if no tries are left.
    """

    def __init__(self, deadline: float) -> None:
        self.seconds_left = deadline
        self._deadline = deadline
        self._failures = 0
        self._limits = 0
        self._waited = 0.0

    def wait_for_limit(self, asked: float | None) -> float | None:
        """Return the pause asked for, or a backoff; it doesn't use up the deadline."""
        pause = asked or backoff(self._limits, random.random())  # noqa: S311 - jitter
        self._limits += 1
        self._waited += pause
        self.seconds_left = self._deadline
        over = self._limits == LIMIT_TRIES or self._waited > LIMIT_PATIENCE
        return None if over else pause

    def wait_after_failure(self, seconds: float) -> float | None:
        """Return a short pause after a try that failed after `seconds`."""
        self._failures += 1
        pause = 0.1 * 2**self._failures * (1 + random.random() / 2)  # noqa: S311 - jitter
        self.seconds_left -= seconds + pause
        over = self._failures == READ_TRIES or self.seconds_left <= 0
        return None if over else pause


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for; `now` is aware.

    It contains seconds or an HTTP date. None if it has nothing usable: a wait of zero
    would use up all tries at once.
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


def whole_number(value: str | None) -> int | None:
    """Return a header's number; None if it isn't one."""
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def backoff(attempt: int, chance: float) -> float:
    """Return the seconds to wait if the server doesn't say how long.

    `attempt` is how many waits came before; `chance`, 0 to 1, is jitter.
    """
    doubled = _SHORTEST_BACKOFF * 2.0 ** min(attempt, 10)
    return min(doubled * (1 + chance / 2), _LONGEST_BACKOFF)
