"""The rate limit: so many reads and so many writes in any second, for each organization."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

_WINDOW_SECONDS = 1.0


class RateLimiter:
    """Counts the requests of the last second; what it refuses does not count."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._clock = clock
        self._admitted: defaultdict[tuple[str, bool], deque[float]] = defaultdict(deque)

    def admit(self, bucket: str, *, write: bool) -> int | None:
        """Count a request against the reads or writes of a bucket.

        Returns:
            How many more may come in this second; None if this one may not.
        """
        now = self._clock()
        recent = self._admitted[(bucket, write)]
        while recent and now - recent[0] >= _WINDOW_SECONDS:
            recent.popleft()
        if len(recent) >= self.per_second:
            return None
        recent.append(now)
        return self.per_second - len(recent)
