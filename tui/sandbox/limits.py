"""The rate limit: so many reads and so many writes in any second, for each organization."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from tui.sandbox.answers import ApiError

_WINDOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may run, and what its answer's headers say."""

    admitted: bool
    limit: int
    remaining: int

    def headers(self) -> dict[str, str]:
        """The headers that the real API sends: no Retry-After is among them."""
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(self.remaining)}


class RateLimiter:
    """Counts the requests of the last second; what it refuses does not count."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._clock = clock
        self._admitted: defaultdict[tuple[str, bool], deque[float]] = defaultdict(deque)

    def admit(self, bucket: str, *, write: bool) -> Verdict:
        """Count one request against the reads or the writes of a bucket."""
        now = self._clock()
        recent = self._admitted[(bucket, write)]
        while recent and now - recent[0] >= _WINDOW_SECONDS:
            recent.popleft()
        if len(recent) >= self._per_second:
            return Verdict(False, self._per_second, 0)
        recent.append(now)
        return Verdict(True, self._per_second, self._per_second - len(recent))


def too_many_requests(headers: dict[str, str]) -> ApiError:
    """The refusal of a request over the limit; it was not executed."""
    return ApiError(429, "Too many requests", 429, headers=headers)
