from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.messages.ages import age, ago, day_and_time, expiry, is_ending

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(weeks=5), "5 w"),
        (timedelta(days=800), "2 y"),
        (timedelta(seconds=-90), "now"),
    ],
)
def test_an_age_takes_the_largest_unit_that_tells(past: timedelta, words: str) -> None:
    assert age(NOW - past, NOW) == words


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36000)))
def test_an_age_fits_its_column(past: timedelta) -> None:
    assert len(age(NOW - past, NOW)) <= 7


def test_what_is_not_known_is_not_guessed() -> None:
    assert (age(None, NOW), ago(None, NOW), day_and_time(None)) == (
        "-",
        "at an unknown time",
        "unknown",
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (None, "never"),
        (NOW - timedelta(days=1), "expired 2026-10-14"),
        (NOW, "expired 2026-10-15"),
        (NOW + timedelta(days=6), "2026-10-21 (in 6 d)"),
        (NOW + timedelta(days=60), "2026-12-14 (in 8 w)"),
    ],
)
def test_an_end_is_said_in_words(end: datetime | None, words: str) -> None:
    assert expiry(end, NOW) == words
    assert is_ending(end, NOW) == words.startswith(("expired", "2026-10"))
    assert is_ending(end, NOW) == ("expired" in words or "6 d" in words)
