from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest

from tests.screens.session import Table, running
from tests.support.clock import NOW, clock
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.credentials import Credential
from tui.sandbox.service import Sandbox
from tui.screens.sign_in import SignInScreen
from tui.screens.stacks import StacksScreen
from tui.screens.tokens import TokensScreen
from tui.secret import Secret
from tui.widgets.status_line import StatusLine


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def nobody(
    sandbox: Sandbox, stack: str | None = "Storefront"
) -> Callable[[], Connection]:
    return lambda: replace(connection_to(sandbox), credential=None, stack=stack)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


async def fill(table: Table, email: str, password: str) -> None:
    screen = table.app.screen
    assert isinstance(screen, SignInScreen)
    screen.field("email").value = email
    screen.field("password").value = password
    await table.press("enter")


async def test_e_mail_and_password_lead_to_the_tokens(sandbox: Sandbox) -> None:
    user = sandbox.user("Admin")
    async with running(
        size=(60, 15), connect=nobody(sandbox), wait="E-mail and password"
    ) as table:
        await fill(table, user.email, user.password)
        await table.until("Delivery 12")
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.long
async def test_a_wrong_password_keeps_the_form_and_says_why(sandbox: Sandbox) -> None:
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        await fill(table, "ana@example.com", "wrong")
        await table.until(lambda: "email or password is invalid" in status(table))
        assert "ana@example.com" in table.text
        assert "wrong" not in table.text


async def test_the_second_factor_is_asked_for_when_contentstack_asks(
    sandbox: Sandbox,
) -> None:
    user = next(user for user in sandbox.users if user.tfa_secret)
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        assert "six digits" not in table.text
        await fill(table, user.email, user.password)
        await table.until("six digits")
        await table.type("000000")
        await table.press("enter")
        await table.until(lambda: "refused the sign-in" in status(table))
        await table.press("alt+m")
        await table.until(lambda: "code sent" in status(table))
        await table.type(pyotp.TOTP(user.tfa_secret or "").at(NOW))
        await table.press("enter")
        await table.until("Delivery 12")


async def test_without_a_code_asked_for_no_sms_is_sent(sandbox: Sandbox) -> None:
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        await table.press("alt+m")
        assert "hasn't asked for a code" in status(table)


@pytest.mark.long
async def test_an_unknown_region_names_those_there_are(sandbox: Sandbox) -> None:
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        screen = table.app.screen
        assert isinstance(screen, SignInScreen)
        screen.field("region").value = "mars"
        await fill(table, "ana@example.com", "x")
        await table.until(lambda: "azure-na" in status(table))


async def test_the_demo_needs_no_login(sandbox: Sandbox) -> None:
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        await table.press("alt+d")
        await table.until("Delivery 12")
        assert "nothing is saved" in table.text


@pytest.mark.long
async def test_without_a_stack_the_list_of_stacks_follows(sandbox: Sandbox) -> None:
    user = sandbox.user("Admin")
    async with running(
        connect=nobody(sandbox, None), wait="E-mail and password"
    ) as table:
        await fill(table, user.email, user.password)
        await table.until("ORGANIZATION")
        assert isinstance(table.app.screen, StacksScreen)
        await table.until("2 stacks")
        await table.press(*"press", "enter")
        await table.until("Press · demo")


@pytest.mark.long
async def test_w_goes_to_another_stack_and_back(sandbox: Sandbox) -> None:
    async with running(sandbox=sandbox) as table:
        await table.press("w")
        await table.until("2 stacks")
        await table.press(*"press", "enter")
        await table.until("Press · demo")
        await table.until("read 09:30:00")
        await table.press("w")
        await table.until("2 stacks")
        await table.press(*"store", "enter")
        await table.until("Delivery 12")


async def test_a_session_that_ran_out_opens_sign_in_over_the_work(
    sandbox: Sandbox,
) -> None:
    async with running(sandbox=sandbox) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk")
        await table.app.workspace.account.use(
            Credential("authtoken", Secret("blt" + "0" * 16))
        )
        # In the group of all readings, so that none of the old login's answers comes
        # after the new one's.
        table.app.run_worker(table.app.workspace.reopen(), group="read")
        await table.until("E-mail and password")
        user = sandbox.user("Admin")
        await fill(table, user.email, user.password)
        await table.until("Name (required")
        assert "kiosk" in table.text


@pytest.mark.long
async def test_escape_leaves_sign_in_with_the_key_that_returns(
    sandbox: Sandbox,
) -> None:
    async with running(connect=nobody(sandbox), wait="E-mail and password") as table:
        await table.press("escape")
        await table.until("You aren't signed in")
        await table.press("L")
        await table.until("E-mail and password")
