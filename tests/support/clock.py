"""The time at which all tests and pictures take place."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)


def clock() -> datetime:
    """Return `NOW`; this is the program's clock in tests."""
    return NOW


class MovingClock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment
