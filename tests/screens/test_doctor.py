from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest

from tests.screens.session import running
from tests.support.clock import clock
from tui.account.account import Account
from tui.config.settings import Settings
from tui.connection.demo import connection_to
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import SignedOut
from tui.sandbox.service import Sandbox
from tui.screens.doctor import DoctorScreen
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.widgets.facts_card import FactsCard


async def test_all_that_was_found_is_reached_by_keys() -> None:
    async with running(
        size=(60, 15), settings=Settings(profile=None, stack="Storefront")
    ) as table:
        await table.press("i")
        await table.until("No problems found")
        assert "tokendeck 0." in table.text
        await table.press("G")
        assert "Clipboard" in table.text
        await table.press("escape")
        assert isinstance(table.app.screen, TokensScreen)


async def test_settings_has_a_row_for_the_doctor() -> None:
    async with running() as table:
        await table.press("S", *["down"] * 6, "enter")
        await table.until("No problems found")
        assert isinstance(table.app.screen, DoctorScreen)


@pytest.mark.long
async def test_signed_out_the_key_that_mends_it_is_beside_it_and_does() -> None:
    sandbox = Sandbox.demo(now=clock)
    user = sandbox.user("Admin")
    nobody = replace(connection_to(sandbox), credential=None)
    async with running(
        size=(80, 40), connect=lambda: nobody, wait="E-mail and password"
    ) as table:
        await table.press("escape", "i")
        await table.until("alt+s sign in")
        # The fix is below the problem.
        lines = table.text.splitlines()
        (place,) = (
            place for place, line in enumerate(lines) if "alt+s sign in" in line
        )
        words = lines[place - 1].index("You aren't signed in.")
        assert lines[place][:words].strip() == ""
        assert lines[place][words] != " "
        await table.press("L")
        await table.until("E-mail and password")
        await table.press("tab", "tab")
        await table.type(user.authtoken)
        await table.press("enter")
        await table.until("an authtoken from this run's sign-in")
        assert user.authtoken not in table.text


async def test_r_looks_again_and_a_failure_is_said() -> None:
    async with running(size=(80, 40)) as table:
        await table.press("i")
        await table.until("No problems found")
        await table.app.workspace.account.use(
            Credential("authtoken", Secret("blt" + "0" * 16))
        )
        await table.press("r")
        await table.until("FAIL User")
        await table.until("1 problem")
        facts = table.app.screen.query_one(FactsCard)._facts
        tones = {fact.label[:4].strip(): fact.tone for fact in facts}
        assert tones["FAIL"] == "error"
        assert tones["ok"] == ""


@pytest.mark.long
async def test_what_is_asked_for_long_is_said_and_left_by_escape() -> None:
    async with running() as table:
        table.sandbox.fail("delay=60", method="GET", path="/v3/user", times=9)
        await table.press("i")
        await table.until("Checking hosts and session")
        assert "Configuration" in table.app.screen.query_one(FactsCard)._facts[1].label
        await table.press("escape")
        assert isinstance(table.app.screen, TokensScreen)


async def test_whoever_signs_out_while_it_asks_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def gone(_account: Account) -> NoReturn:
        raise SignedOut("You aren't signed in")

    async with running() as table:
        monkeypatch.setattr(Account, "client", gone)
        await table.press("i")
        await table.until("You aren't signed in.")
        assert isinstance(table.app.screen, DoctorScreen)
