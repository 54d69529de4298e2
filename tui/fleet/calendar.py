"""When tokens expire, as a calendar (RFC 5545): all-day events with a reminder.

Tokens usually expire at 00:00 UTC, so an event is on the UTC day, whatever the
calendar's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from tui.display import visible
from tui.fleet.due import DueToken

REMINDER_DAYS = 14
_LONGEST_LINE = 75
"""In octets, without the line ending."""


def as_calendar(tokens: Iterable[DueToken], now: datetime) -> str:
    """Return an event for each token that has yet to expire."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tokendeck//Expiry//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for token in tokens:
        if token.expires is not None and token.state != "expired":
            lines += _event(token, token.expires, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(token: DueToken, expires: datetime, now: datetime) -> Iterator[str]:
    day = expires.astimezone(UTC).date()
    place = token.place
    title = f"{token.name} of {place.stack_name} expires"
    where = filter(None, (place.stack_name, place.organization, place.region_name))
    what = f"{token.kind} token {token.name} ({token.access})"
    text = f"The {what} expires at {_time(expires)}."
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(token.uid)}@tokendeck"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_day(day)}"
    # An event that starts on a date and has no end lasts that day.
    yield f"SUMMARY:{_text(title)}"
    yield f"LOCATION:{_text(' · '.join(where))}"
    yield f"DESCRIPTION:{_text(text)}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_text(title)}"
    yield f"TRIGGER:-P{REMINDER_DAYS}D"
    yield "END:VALARM"
    yield "END:VEVENT"


def _day(day: date) -> str:
    # `strftime` drops the leading zeros of early years.
    return day.isoformat().replace("-", "")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC on {moment.astimezone(UTC).date()}"


def _text(text: str) -> str:
    cleaned = visible(text)
    for char in "\\;,":
        cleaned = cleaned.replace(char, f"\\{char}")
    return cleaned


def _folded(line: str) -> Iterator[str]:
    """Yield a line in short enough parts; all but the first start with a space."""
    part, octets = "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > _LONGEST_LINE:
            yield part
            part, octets = " ", 1
        part += char
        octets += size
    yield part
