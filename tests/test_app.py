from __future__ import annotations

import asyncio
import threading

import pytest
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen

from tests.screens.session import running
from tui.app import TokendeckApp
from tui.secret import Secret


class Exploding(TokendeckApp):
    """Fails while a local variable has a value."""

    async def do_repaint(self) -> None:
        revealed = Secret("cs" + "0a1b" * 6).reveal()
        raise RuntimeError(f"a bug, with {len(revealed)} characters at hand")


async def test_a_crash_report_holds_no_local_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.screens.session.TokendeckApp", Exploding)
    with pytest.raises(RuntimeError, match="a bug"):
        async with running() as table:
            await table.press("ctrl+l")
    table.app._print_error_renderables()
    report = capsys.readouterr().err
    assert "a bug, with 26 characters" in report
    assert "0a1b0a1b" not in report
    assert table.app.return_code == 1


TEXTUALS_OWN = {"screen.copy_text", "quit", "help_quit", "command_palette"}


def actions_of(node: DOMNode) -> set[str]:
    """Return the actions that an app or a screen binds to keys."""
    bound = node._bindings.key_to_bindings.values()
    return {binding.action for bindings in bound for binding in bindings}


async def test_no_key_of_textuals_own_copies_or_quits() -> None:
    async with running() as table:
        for node in (table.app, table.app.screen):
            assert actions_of(node).isdisjoint(TEXTUALS_OWN)
        # Textual itself binds them all.
        assert actions_of(App[None]()) | actions_of(Screen[None]()) >= TEXTUALS_OWN


async def test_a_selected_authtoken_does_not_reach_the_clipboard() -> None:
    async with running() as table:
        await table.press("L")
        await table.until("E-mail and password")
        field = table.app.screen.query_one("#authtoken")
        field.focus()
        await table.until(lambda: field.has_focus)
        await table.type("blt" + "7" * 16)
        for key in ("ctrl+x", "super+x", "super+c", "ctrl+c"):
            await table.press("home", "shift+end", key)
            assert table.written == []
            assert table.app.clipboard == ""
        table.app.copy_to_clipboard("a selection")
        assert table.app.clipboard == ""
        await table.until(lambda: table.app._exit)


async def test_a_value_is_copied_while_many_names_are_being_looked_up() -> None:
    """asyncio looks them up in the threads that everything else shares."""
    over = threading.Event()
    async with running() as table:
        hanging = [asyncio.create_task(asyncio.to_thread(over.wait)) for _ in range(40)]
        try:
            await table.press("c")
            await table.until(lambda: bool(table.copied))
        finally:
            over.set()
            await asyncio.gather(*hanging)
