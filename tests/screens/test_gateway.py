"""A gateway in front of Contentstack answers with a page: the program asks for nothing.

No form opens, nothing disappears from the screen, and it doesn't say "signed out".
`test_faults.py` tries such answers with every kind of call.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.contentstack.fakes import http
from tests.contentstack.faults import Fault
from tests.screens.served import served, settled
from tests.screens.session import Table, running
from tests.support.clock import clock
from tests.support.short_form import Few
from tui.sandbox.service import Sandbox
from tui.screens.tokens import TokensScreen
from tui.widgets.status_line import StatusLine

PAGE = b"<html><head><title>Blocked</title></head><body>category cms</body></html>"
LIE = b'{"message": "Forbidden", "errors": {"authtoken": ["is not valid."]}}'
SAID = "The answer isn't from Contentstack"


def gateway(status: int, body: bytes = PAGE, headers: str = "") -> Fault:
    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(
            http(body, status=f"{status} No", headers=f"server: ACME SWG\r\n{headers}")
        )

    return Fault(f"{status}", reply, foreign=True)


GATEWAYS = [
    *(gateway(status) for status in (200, 401, 403, 404, 407, 412, 429, 451, 503, 511)),
    *(gateway(status, LIE) for status in (401, 403, 404, 412)),
    *(gateway(status, b"") for status in (200, 401, 403, 404, 412)),
    gateway(302, b"", "location: https://corp.example.com/access/login\r\n"),
]


def nothing_is_asked(table: Table) -> None:
    assert isinstance(table.app.screen, TokensScreen)
    assert table.app.workspace.snapshot.remedy == "refresh"
    for claim in ("signed in", "allowed to", "No such stack", "find it"):
        assert claim not in table.text


@pytest.mark.parametrize("status", ["401", "403", "404", "412", "451", "502"])
async def test_at_the_start(status: str) -> None:
    sandbox = Sandbox.demo(now=clock)
    sandbox.fail(f"{status}-html", times=None)
    async with running(sandbox=sandbox, wait=SAID) as table:
        await table.until(settled(table))
        await table.pilot.pause()
        nothing_is_asked(table)
        assert f"status {status}" in " ".join(table.text.split())
        sandbox.faults.clear()
        await table.press("r")
        await table.until("Delivery 12")


async def test_at_a_reading_all_stays(
    few: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(monkeypatch) as (table, line):
        line.hits = ".*"
        before = table.app.workspace.snapshot
        connection = await table.app.workspace.account.connection()
        for fault in few(GATEWAYS, 2):
            async with line.meeting(fault):
                await table.press("r")
                await table.until(lambda: line.struck > 0 and settled(table)())
                await table.pilot.pause()
            after = table.app.workspace.snapshot
            nothing_is_asked(table)
            said = table.app.screen.query_one(StatusLine).text
            assert SAID in said
            assert f"status {fault.name}, server ACME SWG." in said
            for kind in (
                "delivery",
                "management",
                "environments",
                "branches",
                "aliases",
            ):
                assert getattr(after, kind).items == getattr(before, kind).items
            assert (after.user, after.permissions) == (before.user, before.permissions)
            assert await table.app.workspace.account.connection() is connection
        await table.press("r")
        await table.until(lambda: table.app.workspace.snapshot.trouble is None)


@pytest.mark.long
async def test_a_filter_that_lets_some_calls_through_hides_no_list_and_no_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served(monkeypatch) as (table, line):
        before = table.app.workspace.snapshot
        for hits in (
            "GET /roles",
            "GET /stacks/management_tokens",
            "GET /stacks/branches",
        ):
            line.hits = hits
            async with line.meeting(gateway(403)):
                await table.press("r")
                await table.until(lambda: line.struck > 0 and settled(table)())
                await table.pilot.pause()
            nothing_is_asked(table)
            after = table.app.workspace.snapshot
            assert after.permissions == before.permissions
            assert len(after.management.items) == len(before.management.items)
            assert after.branches.items == before.branches.items
            assert SAID in str(after.trouble)


@pytest.mark.long
async def test_the_stacks_are_not_listed_by_halves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served(monkeypatch) as (table, line):
        line.hits = "GET /organizations"
        async with line.meeting(gateway(403)):
            await table.press("w")
            await table.until(SAID)


@pytest.mark.long
async def test_the_doctor_fails_the_line_of_that_host_alone() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(size=(80, 40), sandbox=sandbox) as table:
        sandbox.fail("401-html", api="delivery", times=None)
        await table.press("i")
        await table.until("1 problem")
        text = " ".join(table.text.split())
        assert "FAIL Delivery API The answer isn't from Contentstack" in text
        assert "ok Management API" in text
        assert "ok User" in text
