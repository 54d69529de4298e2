"""The status line and Messages: nothing jumps, and no message is lost."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.support.clock import NOW
from tui.screens.message_history import MessageHistory
from tui.secret import Secret
from tui.widgets.status_line import StatusLine
from tui.widgets.token_table import TokenTable

LONG = "Couldn't reach eu-api.contentstack.com (timed out). Press r to retry. " * 5


def table_region(table: Table) -> object:
    return table.app.screen.query_one("#delivery", TokenTable).region


@pytest.mark.long
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_no_message_moves_the_table(size: tuple[int, int]) -> None:
    async with running(size=size) as table:
        before = table_region(table)
        for words in ("Saved.", LONG, ""):
            table.app.screen.say(words, "warn")  # type: ignore[attr-defined]
            await table.pilot.pause()
            assert table_region(table) == before


async def test_a_long_message_is_read_in_full_on_a_key() -> None:
    async with running() as table:
        table.app.screen.say(LONG, "error")  # type: ignore[attr-defined]
        await table.until("M more")
        await table.press("M")
        await table.until("times in UTC")
        text = " ".join(table.text.split())
        assert text.count("Press r to retry.") == 5
        assert "09:30:00 ✗ Couldn't reach" in text
        await table.press("escape")
        await table.until("M more")


async def test_what_only_the_status_line_says_is_read_in_full_too() -> None:
    async with running() as table:
        await table.press("m")
        await table.until("BRANCHES")
        await table.press("M")
        await table.until("times in UTC")
        text = " ".join(table.text.split())
        assert "now 12 uncovered (-), 9 only under another name (n)" in text
        assert "p: preview." in text


@pytest.mark.long
async def test_from_a_field_another_key_leads_there() -> None:
    async with running(size=(60, 15)) as table:
        await table.press("n")
        await table.until("Name (required")
        table.app.screen.say(LONG)  # type: ignore[attr-defined]
        await table.until("alt+l more")
        await table.press("M", "alt+l")
        await table.until("times in UTC")
        await table.press("escape")
        await table.until("▌ M")


async def test_earlier_messages_are_kept_and_the_latest_comes_first() -> None:
    async with running() as table:
        await table.press("c")
        await table.until("Paste to check")
        await table.press("y")
        await table.until("API key of Storefront")
        await table.press("M")
        await table.until("times in UTC")
        assert table.text.index("API key of") < table.text.index("Copied partner-feed")


def test_the_history_is_bounded_and_holds_no_secret() -> None:
    history, secret = MessageHistory(), Secret("cs" + "7" * 24)
    for number in range(1000):
        history.add(f"{number} {secret.reveal()}", "info", NOW)
    assert len(history.newest_first) == 200
    assert history.newest_first[0].text.startswith("999")
    assert not any(secret.reveal() in said.text for said in history.newest_first)


def test_what_is_repeated_counts_once() -> None:
    history = MessageHistory()
    for words in ("Saved.", "Saved.", "Copied."):
        history.add(words, "good", NOW)
    assert [said.text for said in history.newest_first] == ["Copied.", "Saved."]


@pytest.mark.long
async def test_copying_is_a_whole_message() -> None:
    async with running() as table:
        await table.press("c")
        await table.until("Copied partner-feed. Paste to check. T tests it.")
        status = table.app.screen.query_one(StatusLine)
        assert len(status.text) < 76
