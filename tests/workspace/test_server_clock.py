"""A server's clock, or this machine's, that's hours off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOW, clock
from tests.workspace.test_lost_writes import make
from tests.workspace.test_workspace import PLAN
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.server_clock import ServerClock
from tui.sandbox.service import Sandbox
from tui.workspace.workspace import Workspace

APART = [timedelta(hours=-9), timedelta(hours=-3), timedelta(0), timedelta(hours=5)]


def dated(app: Any, ahead: timedelta) -> Callable[..., Any]:
    """The application, with the date of a server that is ahead in each answer."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(datetime.now(UTC) + ahead).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        await app(scope, receive, sent)

    return answered


@asynccontextmanager
async def apart(ahead: timedelta) -> AsyncIterator[tuple[Workspace, Sandbox]]:
    """A workspace whose server has another clock."""
    sandbox = Sandbox.demo(now=lambda: NOW + ahead)

    def way() -> Connection:
        way = connection_to(sandbox)
        return replace(
            way,
            apps={host: dated(app, ahead) for host, app in (way.apps or {}).items()},
        )

    workspace = Workspace(way, clock=clock)
    await workspace.refresh()
    yield workspace, sandbox
    await workspace.close()


@pytest.mark.parametrize("ahead", APART, ids=str)
async def test_what_was_created_without_an_answer_is_recognised(
    ahead: timedelta,
) -> None:
    async with apart(ahead) as (workspace, sandbox):
        sandbox.fail("close-after", method="POST", times=1)
        workspace.forms["delivery"].plan = PLAN
        made = await make(workspace)
        assert made.error is None
        assert [token.name for token in made.tokens] == ["kiosk"]


@pytest.mark.parametrize("ahead", APART, ids=str)
async def test_the_servers_time_is_what_its_moments_are_compared_with(
    ahead: timedelta,
) -> None:
    async with apart(ahead) as (workspace, _):
        assert abs(workspace.connection.server_now() - (NOW + ahead)) < timedelta(
            minutes=1
        )
        assert workspace.snapshot.read_at == NOW


@pytest.mark.parametrize("ahead", APART, ids=str)
async def test_an_expired_token_is_told_by_the_servers_clock(ahead: timedelta) -> None:
    async with apart(ahead) as (workspace, _):
        now = NOW + ahead
        expired = {
            warning.token.uid
            for warning in workspace.warnings
            if warning.what.startswith("expired")
        }
        tokens = workspace.snapshot.management.items
        assert expired == {
            token.uid
            for token in tokens
            if token.expires_on and token.expires_on <= now
        }


@given(st.text(max_size=40))
def test_a_date_that_cannot_be_read_says_nothing(date: str) -> None:
    clock = ServerClock()
    clock.hear(date, datetime(1, 1, 1, tzinfo=UTC))
    clock.hear(None, NOW)


@given(st.timedeltas(timedelta(days=-300), timedelta(days=300)))
def test_only_what_matters_counts_as_apart(ahead: timedelta) -> None:
    clock = ServerClock()
    clock.hear(format_datetime(NOW + ahead), NOW)
    assert abs(clock.ahead - ahead) < timedelta(minutes=2, seconds=1)
    clock.hear(format_datetime(NOW), NOW)
    assert clock.ahead == timedelta()
