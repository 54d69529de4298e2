"""Moments in words, short enough for a column."""

from __future__ import annotations

from datetime import datetime, timedelta

_HOUR, _DAY = 3600, 24 * 3600
_UNITS = (
    ("", 1, 60),
    ("min", 60, _HOUR),
    ("h", _HOUR, _DAY),
    ("d", _DAY, 14 * _DAY),
    ("w", 7 * _DAY, 365 * _DAY),
)
"""Each with its seconds, and the age from which the next unit is used."""
_SOON = timedelta(days=7)


def age(moment: datetime | None, now: datetime) -> str:
    """Return how long ago `moment` was: "2 h", "5 w"; "-" if it isn't known."""
    if moment is None:
        return "-"
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, size, end in _UNITS:
        if seconds < end:
            return f"{int(seconds // size)} {unit}" if unit else "now"
    return f"{int(seconds // (365 * _DAY))} y"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return the age for a sentence: "2 h ago", "just now", "at an unknown time"."""
    words = age(moment, now)
    if words == "-":
        return "at an unknown time"
    return "just now" if words == "now" else f"{words} ago"


def day_and_time(moment: datetime | None) -> str:
    """Return a moment: "2026-10-02 14:03 UTC"; "unknown" if it isn't known."""
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "unknown"


def day_of(moment: datetime) -> str:
    """Return the day of a moment in UTC: "2026-10-02"."""
    return moment.date().isoformat()


def is_ending(moment: datetime | None, now: datetime) -> bool:
    """Return whether `moment` is past, or will be within a week."""
    return moment is not None and moment - now <= _SOON


def expiry(moment: datetime | None, now: datetime) -> str:
    """Return when a token expires: "never", "2026-10-21 (in 6 d)", "expired …"."""
    if moment is None:
        return "never"
    day = day_of(moment)
    return f"expired {day}" if moment <= now else f"{day} ({until(moment, now)})"


def until(moment: datetime, now: datetime) -> str:
    """Return how long it is until a moment: "in 6 d", "now"."""
    left = age(now, moment)
    return "today" if left == "now" else f"in {left}"
