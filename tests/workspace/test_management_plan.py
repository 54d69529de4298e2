from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOW
from tui.contentstack.models import Branch, ManagementToken, Stack
from tui.contentstack.scope import Scope
from tui.messages.plan import expiry_problem, name_problem
from tui.workspace.comparison import differences
from tui.workspace.plan import (
    LIFETIMES,
    Lifetime,
    Plan,
    form_of,
    parsed,
)
from tui.workspace.snapshot import Listing, Snapshot

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
MOMENTS = st.builds(
    datetime.combine,
    DAYS,
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    st.just(UTC),
)
TOKENS = st.builds(
    ManagementToken,
    uid=st.just("blt1"),
    name=st.text(max_size=3),
    description=st.text(max_size=3),
    scope=st.builds(
        Scope.of,
        branches=st.lists(st.sampled_from(["main", "$all"]), unique=True).map(tuple),
        aliases=st.lists(st.sampled_from(["release"]), unique=True).map(tuple),
        rights=st.sampled_from([(), ({"module": "entry", "acl": {"read": True}},)]),
    ),
    expires_on=st.none() | MOMENTS,
    extra=st.sampled_from(
        [{}, {"rate_limit_enabled": True, "rate_limit": {"read": 5}}]
    ),
)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert parsed(day.isoformat()) == day


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True))
def test_anything_else_is_no_day(text: str) -> None:
    day = parsed(text)
    assert day is None or day.isoformat() == text


@pytest.mark.parametrize(
    "text", ["20261031", "2026-W44-6", " 2026-10-31", "2026-10-31\n", "٢٠٢٦-10-31"]
)
def test_no_other_way_to_write_a_day_is_guessed_at(text: str) -> None:
    assert parsed(text) is None


@given(DAYS, st.sampled_from(LIFETIMES[2:]), st.times())
def test_a_number_of_days_comes_to_a_day_that_is_still_to_come(
    today: date, lifetime: Lifetime, at: time
) -> None:
    plan = Plan("management", name="ci").lasting(lifetime, today)
    assert plan.expires_on == today + timedelta(days=int(lifetime))
    assert expiry_problem(plan, None, datetime.combine(today, at, UTC)) is None
    assert plan.request(has_branches=False).to_api()["expires_on"] == plan.ends


@given(DAYS, MOMENTS)
def test_a_day_that_has_begun_is_refused_and_a_later_one_is_not(
    day: date, now: datetime
) -> None:
    plan = Plan("management", name="ci", lifetime="date", ends=day.isoformat())
    assert (expiry_problem(plan, None, now) is None) == (day > now.date())


def test_never_takes_day_and_notice_back() -> None:
    plan = replace(
        Plan("management", name="ci").lasting("30", NOW.date()), email_notice=True
    )
    assert plan.management_request(has_branches=True).email_notice
    never = plan.lasting("never", NOW.date())
    assert (never.ends, never.email_notice, never.expires_on) == ("", False, None)
    assert expiry_problem(never, None, NOW) is None


def test_choosing_a_date_keeps_what_was_worked_out_and_wants_one_otherwise() -> None:
    plan = Plan("management", name="ci")
    assert "date" in (expiry_problem(plan.lasting("date", NOW.date()), None, NOW) or "")
    kept = plan.lasting("90", NOW.date()).lasting("date", NOW.date())
    assert (kept.lifetime, kept.ends) == ("date", "2027-01-13")


@given(TOKENS, st.booleans())
def test_a_form_that_was_not_touched_changes_nothing(
    token: ManagementToken, has_branches: bool
) -> None:
    edit = form_of(token)
    assert not edit.begun
    request = edit.plan.management_request(token, has_branches=has_branches)
    assert differences(token, request) == ()
    assert (request.scope, request.extra) == (token.scope, token.extra)
    assert expiry_problem(edit.plan, token, NOW) is None


@given(TOKENS, TOKENS, st.text(max_size=3))
def test_what_others_changed_is_taken_and_what_was_typed_stays(
    before: ManagementToken, after: ManagementToken, typed: str
) -> None:
    edit = form_of(before)
    edit.plan = replace(edit.plan, description=typed)
    edit.rebase(after)
    assert (edit.seen, edit.plan.ends) == (after, form_of(after).plan.ends)
    assert edit.plan.description == (
        typed if typed != before.description else after.description
    )


def test_a_name_is_required_and_not_one_of_the_others() -> None:
    snapshot = Snapshot(
        stack=Stack(
            uid="bltu", name="Storefront", api_key="bltk", branches_enabled=True
        ),
        management=Listing((ManagementToken(uid="blt1", name="ci"),), read=True),
        branches=Listing((Branch(uid="main"),), read=True),
    )
    assert name_problem(Plan("management"), snapshot) is not None
    assert "ci" in (name_problem(Plan("management", name="ci"), snapshot) or "")
    assert name_problem(Plan("management", name="ci", changes="blt1"), snapshot) is None
    assert name_problem(Plan("management", name="nightly"), snapshot) is None
