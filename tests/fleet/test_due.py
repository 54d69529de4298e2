"""What expires when, and its calendar, read back by `icalendar`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.clock import NOW
from tui.contentstack.models import DeliveryToken, ManagementToken, Stack
from tui.contentstack.regions import REGIONS
from tui.contentstack.scope import Scope
from tui.fleet.calendar import as_calendar
from tui.fleet.due import attention, due_tokens
from tui.fleet.places import FleetStack
from tui.fleet.rows import FleetRow, reason_row, token_row

STACK = FleetStack(
    key="na/1",
    region=REGIONS[0],
    organization="Acme, Inc.; Ltd",
    stack=Stack(uid="blts", name="Storefront", api_key="bltk"),
)
WRITES = Scope(({"module": "$all", "acl": {"read": True, "write": True}},))
moments = st.datetimes(timezones=st.just(UTC))


def job(
    name: str, expires: datetime | None, *, age: int | None = 30, scope: Scope = WRITES
) -> FleetRow:
    created = None if age is None else NOW - timedelta(days=age)
    token = ManagementToken(
        uid=f"blt{name}", name=name, scope=scope, expires_on=expires, created_at=created
    )
    return token_row(STACK, token, (), NOW)


def web(name: str, age: int) -> FleetRow:
    token = DeliveryToken(
        uid=f"blt{name}", name=name, created_at=NOW - timedelta(days=age)
    )
    return token_row(STACK, token, (), NOW)


def in_days(days: float) -> datetime:
    return NOW + timedelta(days=days)


def test_the_next_to_expire_comes_first_and_of_the_endless_the_oldest() -> None:
    rows = [
        web("new", 5),
        job("later", in_days(40)),
        web("old", 900),
        job("endless", None, age=None),
        job("soon", in_days(3)),
        reason_row(STACK, "why", "management: Owners and Admins only"),
        job("over", in_days(-2)),
    ]
    tokens = due_tokens(rows, NOW)
    names = [token.name for token in tokens]
    assert names == ["over", "soon", "later", "endless", "old", "new"]
    states = [token.state for token in tokens]
    assert states == ["expired", "due", "later", "never", "never", "never"]
    assert [token.days_left for token in tokens] == [-2, 3, 40, None, None, None]
    assert [token.age_days for token in tokens] == [30, 30, 30, None, 900, 5]
    assert [token.access for token in tokens[2:5]] == ["read+write"] * 2 + ["read"]


@pytest.mark.parametrize(
    ("days", "within", "expected"),
    [
        (3, 14, True),
        (14, 14, True),
        (14.1, 14, False),
        (0, 14, True),
        (-3, 14, True),
        (-14.1, 14, False),
        (20, 30, True),
    ],
)
def test_what_expired_long_ago_is_no_news(
    days: float, within: int, expected: bool
) -> None:
    tokens = due_tokens([job("ci", in_days(days))], NOW, timedelta(days=within))
    assert bool(attention(tokens)) is expected


def events(text: str) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(text)
    return list(calendar.walk("VEVENT"))


def test_a_calendar_has_a_day_and_a_reminder_for_each_token() -> None:
    midnight = datetime(2026, 12, 6, tzinfo=UTC)
    rows = [job("ci; \\deploy, now", midnight), web("web", 3), job("over", in_days(-1))]
    text = as_calendar(due_tokens(rows, NOW), NOW)
    (event,) = events(text)
    assert event["DTSTART"].dt == date(2026, 12, 6)
    assert event.end == date(2026, 12, 7)
    assert event["SUMMARY"] == "ci; \\deploy, now of Storefront expires"
    assert event["LOCATION"] == "Storefront · Acme, Inc.; Ltd · AWS NA"
    assert event["DTSTAMP"].dt == NOW
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-14)
    assert alarm["ACTION"] == "DISPLAY"
    assert "web" not in text


def test_the_day_is_that_of_utc_wherever_one_is() -> None:
    zone = datetime.fromisoformat("2026-12-06T01:00:00+05:00").tzinfo
    local = datetime(2026, 12, 6, 1, 0, tzinfo=zone)
    (event,) = events(as_calendar(due_tokens([job("ci", local)], NOW), NOW))
    assert event["DTSTART"].dt == date(2026, 12, 5)


def test_two_calendars_of_the_same_tokens_have_the_same_events() -> None:
    rows = [job("a", in_days(3)), job("b", in_days(3))]
    first, second = (
        as_calendar(due_tokens(rows, NOW), NOW + timedelta(hours=hours))
        for hours in (0, 5)
    )
    uids = [str(event["UID"]) for event in events(first)]
    assert uids == [str(event["UID"]) for event in events(second)]
    assert len(set(uids)) == 2


@given(st.text(min_size=1, max_size=120), moments)
def test_every_name_and_moment_can_be_read_back(name: str, expires: datetime) -> None:
    now = datetime.min.replace(tzinfo=UTC)
    assume(expires > now)
    named = ManagementToken(uid="bltci", name=name, expires_on=expires)
    text = as_calendar(due_tokens([token_row(STACK, named, (), NOW)], now), now)
    (event,) = events(text)
    assert event["DTSTART"].dt == expires.date()
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any("\n" in line or "\r" in line for line in lines)


def test_an_empty_calendar_is_one() -> None:
    assert events(as_calendar((), NOW)) == []
