"""How the screens handle copies and revealed values."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.screens.session import Table, running
from tui.config.settings import Settings
from tui.screens import token_values
from tui.screens.details import DetailsScreen
from tui.secret import Secret
from tui.state.memory import Memory
from tui.state.value_files import ValueFiles
from tui.widgets.status_line import StatusLine


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def value(table: Table) -> str:
    """Return the value of the token under the cursor."""
    token = table.app.screen.token  # type: ignore[attr-defined]  # a screen of ours
    assert token is not None
    revealed: str = token.value.reveal()
    return revealed


async def test_a_test_copy_is_asked_about_and_its_answer_outlives_the_run(
    tmp_path: Path,
) -> None:
    memory = Memory({"XDG_STATE_HOME": str(tmp_path)})
    async with running(memory=memory) as table:
        await table.press("c")
        await table.until("T tests it")
        for leave in ("escape", "b", "alt+q"):
            await table.press("T")
            await table.until("Did it arrive?")
            assert table.copied[-1] == "tokendeck"
            await table.press(leave)
            await table.until("Press T to test again")
        await table.press("T")
        await table.until("Did it arrive?")
        await table.press("n")
        await table.until(lambda: "Copies don't arrive here. f shows" in status(table))
    async with running(memory=memory) as table:
        await table.press("c")
        await table.until(lambda: "didn't arrive. f shows it." in status(table))


async def test_a_copy_can_be_taken_back_and_only_then() -> None:
    async with running() as table:
        await table.press("C")
        await table.until("Nothing you copied in this run")
        await table.press("c")
        await table.until("Paste to check")
        copied = value(table)
        await table.press("C")
        await table.until("Asked your terminal to replace it.")
        assert table.copied == [copied, "tokendeck"]


async def test_with_the_clipboard_off_the_way_on_is_named() -> None:
    async with running(settings=Settings(clipboard="off")) as table:
        await table.press("c")
        await table.until(
            lambda: 'the clipboard setting is "off". f shows it.' in status(table)
        )
        assert table.written == []


@pytest.mark.parametrize("place", ["list", "card"])
async def test_a_value_that_is_shown_is_masked_again_when_the_terminal_loses_the_focus(
    place: str,
) -> None:
    async with running() as table:
        if place == "card":
            await table.press("enter")
            await table.until(lambda: isinstance(table.app.screen, DetailsScreen))
        await table.press("u")
        await table.until(value(table))
        table.app.app_focus = False
        await table.until(lambda: value(table) not in table.text)


async def test_a_value_that_is_shown_is_masked_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as table:
        await table.press("u")
        await table.until(value(table))
        monkeypatch.setattr(token_values, "REVEALED_SECONDS", 0.05)
        await table.press("u", "u")
        await table.until(lambda: value(table) not in table.text)


async def test_no_value_is_in_a_picture_of_the_screen() -> None:
    async with running() as table:
        await table.press("u")
        await table.until(value(table))
        assert value(table) not in table.app.export_screenshot()
        assert value(table)[-4:] in table.app.export_screenshot()


async def test_without_revealing_no_key_shows_a_value() -> None:
    async with running(masked=True) as table:
        for key in ("u", "f"):
            await table.press("y", key)
            await table.until("Values stay hidden")
        assert value(table) not in table.text
        await table.press("c")
        await table.until(lambda: table.copied[-1:] == [value(table)])


async def test_a_fingerprint_stands_beside_a_masked_value() -> None:
    async with running() as table:
        fingerprint = f"fingerprint {Secret(value(table)).fingerprint}"
        assert "fingerprint" not in table.text
        await table.press("enter")
        await table.until(fingerprint)


@pytest.mark.long
async def test_where_the_screen_cannot_be_left_that_is_said() -> None:
    async with running() as table:
        await table.press("f")
        await table.until("can't leave this terminal")


def test_a_value_in_a_file_is_for_the_user_alone_and_gone_at_the_end(
    tmp_path: Path,
) -> None:
    secret = Secret("cs" + "0a1b" * 6)
    files = ValueFiles(
        {
            "XDG_RUNTIME_DIR": str(tmp_path),
            "SSH_CONNECTION": "192.0.2.1 1 2001:db8::2 22",
        }
    )
    command = files.write(secret)
    (path,) = (tmp_path / "tokendeck").iterdir()
    assert path.read_text() == secret.reveal()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert f"@[2001:db8::2]:{path}" in command
    assert secret.reveal() not in command
    files.delete()
    assert not path.exists()
