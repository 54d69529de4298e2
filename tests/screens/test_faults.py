"""Every fault through the whole program: a sentence, nothing is lost, and the next key works."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from tests.contentstack.faults import FAULTS, Fault
from tests.screens.deck import Table
from tests.screens.served import served, settled
from tests.screens.test_wizard import fill, status
from tui.screens.delete import DeleteScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.tokens import TokensScreen

# What has no server to come from is met below the screens, in tests/contentstack/test_faults.py.
STRIKING = [fault for fault in FAULTS if fault.place == "answers"]


def names(table: Table) -> list[str]:
    stack = next(iter(table.sandbox.world.stacks.values()))
    return [token.name for token in stack.delivery_tokens.values()]


def told(table: Table, fault: Fault) -> None:
    assert len(status(table)) > 20, fault.name
    assert "correct" not in table.text, fault.name
    assert "\x1b" not in table.text, fault.name


async def back_to(table: Table, screen: Screen[Any]) -> None:
    """Leave what opened by itself to mend the fault: the sign-in, the regions."""
    await table.pilot.pause()
    while table.app.screen is not screen:
        await table.press("escape")
        await table.pilot.pause()


async def test_a_form_outlives_every_fault_and_is_sent_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as (table, line):
        await fill(table)
        screen = table.app.screen
        plan, before = table.app.workspace.forms["delivery"].plan, names(table)
        line.hits = "POST /v3/stacks/delivery_tokens"
        for fault in STRIKING:
            line.fault, line.struck = fault, 0
            await table.press("enter")
            await table.until(lambda: line.struck > 0 and settled(table)())
            await back_to(table, screen)
            assert "Not made" in status(table), fault.name
            told(table, fault)
            assert table.app.workspace.forms["delivery"].plan == plan, fault.name
            assert "kiosk" in table.text
            assert names(table) == before, fault.name
        line.fault = None
        await table.press("enter")
        await table.until("Generated: kiosk")
        assert names(table) == [*before, "kiosk"]


async def test_marks_cursor_and_list_outlive_every_fault_of_a_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with served(monkeypatch) as (table, line):
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        await table.press("down", "space", "down", "space")
        marked, rows = screen.facts().marked, screen.table.shown_count
        assert len(marked) == 2
        line.hits = "GET /v3/stacks/delivery_tokens"
        for fault in STRIKING:
            if "403" in fault.name:
                continue  # what may not be seen any more does not stay: another test
            line.fault, line.struck = fault, 0
            await table.press("r")
            await table.until(lambda: line.struck > 0 and settled(table)())
            await back_to(table, screen)
            assert table.app.workspace.snapshot.trouble, fault.name
            assert screen.facts().marked == marked, fault.name
            assert screen.table.shown_count == rows, fault.name
            assert "\x1b" not in table.text
        line.fault = None
        await table.press("r")
        await table.until(lambda: settled(table)() and table.app.workspace.snapshot.trouble is None)
        assert screen.facts().marked == marked


async def test_a_deletion_outlives_every_fault_and_happens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch) as (table, line):
        token, before = table.app.workspace.snapshot.delivery.items[0], names(table)
        await table.press("d")
        await table.until(lambda: isinstance(table.app.screen, DeleteScreen) and "Type " in table.text)
        await table.type(token.name)
        screen = table.app.screen
        line.hits = "DELETE /v3/stacks/delivery_tokens"
        for fault in STRIKING:
            if fault.lenient or fault.name == "404":
                continue  # an answer that takes it for done, or for gone already
            line.fault, line.struck = fault, 0
            await table.press("enter")
            await table.until(lambda: line.struck > 0 and settled(table)())
            await back_to(table, screen)
            assert "Not deleted" in status(table), fault.name
            told(table, fault)
            assert names(table) == before, fault.name
        line.fault = None
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert names(table) == [name for name in before if name != token.name]


async def test_a_sign_in_outlives_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(monkeypatch, credential=False, wait="E-mail and password") as (table, line):
        user = table.sandbox.user("Admin")
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        screen.field("email").value = user.email
        line.hits = "POST /v3/user-session"
        for fault in STRIKING:
            line.fault, line.struck = fault, 0
            screen.field("password").value = user.password
            await table.press("enter")
            await table.until(lambda: line.struck > 0 and settled(table)())
            told(table, fault)
            assert screen.is_current, fault.name
            assert screen.field("email").value == user.email, fault.name
            # A password that was looked at and refused is not kept.
            kept = "" if fault.name.startswith("4") and not fault.waits else user.password
            assert screen.field("password").value == kept, fault.name
            assert user.password not in table.text, fault.name
        line.fault = None
        screen.field("password").value = user.password
        await table.press("enter")
        await table.until("Delivery 12")
