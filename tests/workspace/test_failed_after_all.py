"""A gateway's 5xx instead of the answer to a write that was carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.support.clock import clock
from tests.workspace.test_lost_writes import CHANGES, change, make, seen_in, state_of
from tests.workspace.test_workspace import PLAN, names_of
from tests.workspace.test_writing import stack_of
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.sandbox.service import Sandbox
from tui.workspace.plan import Plan
from tui.workspace.workspace import Workspace

STATUSES = (500, 502, 503, 504)


class Gateway:
    """Carries out each request.

    To the next write it then answers with a status of its own.
    """

    def __init__(self, sandbox: Sandbox, status: int) -> None:
        self.sandbox = sandbox
        self.armed = False
        self._status = status

    def way(self) -> Connection:
        way = connection_to(self.sandbox)
        return replace(
            way,
            apps={host: self._before(app) for host, app in (way.apps or {}).items()},
        )

    def _before(self, app: Any) -> Callable[..., Any]:
        async def answered(scope: Any, receive: Any, send: Any) -> None:
            if not self.armed or scope["method"] == "GET":
                await app(scope, receive, send)
                return
            self.armed = False

            async def nothing(_message: Any) -> None:
                """Drop the answer."""

            await app(scope, receive, nothing)
            kind = (b"content-type", b"text/html")
            await send(
                {
                    "type": "http.response.start",
                    "status": self._status,
                    "headers": [kind],
                }
            )
            await send({"type": "http.response.body", "body": b"<html>Gateway</html>"})

        return answered


@asynccontextmanager
async def behind(status: int) -> AsyncIterator[tuple[Workspace, Gateway]]:
    gateway = Gateway(Sandbox.demo(now=clock), status)
    workspace = Workspace(gateway.way, clock=clock)
    await workspace.refresh()
    gateway.armed = True
    yield workspace, gateway
    assert not gateway.armed
    await workspace.close()


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("status", STATUSES)
async def test_a_change_that_was_carried_out_is_told_as_done(
    what: str, status: int
) -> None:
    async with behind(status) as (workspace, gateway):
        before = state_of(gateway.sandbox)
        assert await change(workspace, what)
        assert state_of(gateway.sandbox) != before
        shown = seen_in(workspace)
        await workspace.refresh()
        assert seen_in(workspace) == shown


@pytest.mark.parametrize("status", STATUSES)
async def test_a_token_that_was_created_is_found(status: int) -> None:
    async with behind(status) as (workspace, gateway):
        workspace.forms["delivery"].plan = PLAN
        made = await make(workspace)
        assert [token.name for token in made.tokens] == ["kiosk"]
        assert names_of(gateway.sandbox).count("kiosk") == 1


@pytest.mark.parametrize("status", STATUSES)
async def test_a_management_token_that_was_created_is_found_without_its_value(
    status: int,
) -> None:
    async with behind(status) as (workspace, gateway):
        workspace.forms["management"].plan = Plan(
            "management", name="nightly", branches=("main",)
        )
        made = await workspace.create_management_token("")
        assert (made.tokens[0].name, made.tokens[0].value) == ("nightly", None)
        names = [
            token.name for token in stack_of(gateway.sandbox).management_tokens.values()
        ]
        assert names.count("nightly") == 1
