"""The moment in which all tests and pictures take place."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)


def clock() -> datetime:
    """`NOW`, as the clock that the program is handed."""
    return NOW
