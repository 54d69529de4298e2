"""Signing out from the dashboard ends only a session that Tokendeck opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.screens.session import running
from tests.support.clock import clock
from tui.account.account import Account
from tui.account.credential_store import keep, kept, name_of
from tui.account.sign_out import not_ours
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.errors import SignedOut
from tui.files.refusal import Refused
from tui.sandbox.service import Sandbox
from tui.screens.confirm import Confirm
from tui.screens.sign_in import SignInScreen
from tui.state.memory import Memory


def connection(sandbox: Sandbox, source: str) -> Connection:
    return replace(connection_to(sandbox), source=source, demo=False)


async def test_a_session_of_ours_is_ended_and_forgotten(tmp_path: Path) -> None:
    sandbox = Sandbox.demo(now=clock)
    here = connection(sandbox, "the saved session")
    assert here.credential is not None
    environ = {"LANG": "C.UTF-8", "XDG_STATE_HOME": str(tmp_path)}
    keep("file", environ, name_of(here.region, None), here.credential)
    async with running(connect=lambda: here, memory=Memory(environ)) as table:
        await table.press("O")
        await table.until("Sign out?")
        await table.press("n", "O")
        await table.until(lambda: isinstance(table.app.screen, Confirm))
        await table.press("y")
        await table.until("E-mail and password")
        assert isinstance(table.app.screen, SignInScreen)
        assert table.app.workspace.snapshot.stack is None
    with pytest.raises(Refused):
        kept("file", environ, name_of(here.region, None))
    account = Account(lambda: here)
    with pytest.raises(SignedOut):
        await (await account.client()).current_user()
    await account.close()


@pytest.mark.parametrize(
    "source", ["csdx", "CONTENTSTACK_AUTHTOKEN", "auth_command op"]
)
async def test_a_session_from_elsewhere_is_left_alone(source: str) -> None:
    here = connection(Sandbox.demo(now=clock), source)
    async with running(connect=lambda: here) as table:
        await table.press("O")
        await table.until(f"it comes from {source}")
        assert not isinstance(table.app.screen, Confirm)
        await table.press("r")
        await table.until("12 tokens")


def test_the_demo_has_no_session() -> None:
    assert "demo" in not_ours(connection_to(Sandbox.demo(now=clock)))
    nobody = replace(connection(Sandbox.demo(now=clock), ""), credential=None)
    assert not_ours(nobody) == "You aren't signed in."


async def test_a_session_that_can_not_be_ended_stays(tmp_path: Path) -> None:
    sandbox = Sandbox.demo(now=clock)
    here = connection(sandbox, "the saved session")
    sandbox.fail("500", path="/v3/user-session", times=None)
    environ = {"LANG": "C.UTF-8", "XDG_STATE_HOME": str(tmp_path)}
    async with running(connect=lambda: here, memory=Memory(environ)) as table:
        await table.press("O")
        await table.until("Sign out?")
        await table.press("y")
        await table.until("Still signed in:")
        assert table.app.workspace.snapshot.stack is not None
