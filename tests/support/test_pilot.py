"""Waiting with a Pilot, tested on a small program with known answers."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.support.pilot import screen_text, wait_for
from tests.support.tiny_app import TinyApp


async def test_it_waits_until_the_condition_holds() -> None:
    app = TinyApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.press("x")
        await wait_for(
            pilot, lambda: "key x" in screen_text(app), "the key to be named"
        )


async def test_a_widget_that_is_not_there_yet_is_waited_for() -> None:
    app = TinyApp()
    async with app.run_test(size=(60, 8)) as pilot:
        app.call_later(app.mount, Static("late", id="late"))
        await wait_for(
            pilot, lambda: app.query_one("#late", Static).is_mounted, "the late line"
        )


async def test_waiting_in_vain_names_what_was_waited_for_and_shows_the_screen() -> None:
    app = TinyApp()
    async with app.run_test(size=(60, 8)) as pilot:
        with pytest.raises(AssertionError, match=r"(?s)for a miracle.*ready"):
            await wait_for(pilot, lambda: False, "a miracle", timeout=0.1)
