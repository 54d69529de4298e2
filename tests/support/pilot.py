"""Waits for what a Textual app shows, instead of for a number of seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.css.query import NoMatches
from textual.pilot import Pilot

from tests.support.idle import until_idle

_POLL = 0.02


def screen_text(app: App[Any]) -> str:
    """Return what the app's top screen shows now, as lines of plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def wait_for(
    pilot: Pilot[Any],
    predicate: Callable[[], bool],
    what: str,
    # A cancellation from outside couldn't say what the screen shows.
    timeout: float = 30,  # noqa: ASYNC109
) -> None:
    """Let the app run until `predicate` is true.

    A widget that isn't there yet counts as "not yet".

    Raises:
        AssertionError: after `timeout` seconds, with `what` it waited for and what the
            screen shows instead.
    """
    deadline = monotonic() + timeout
    while not _holds(predicate):
        next_look = monotonic() + _POLL
        await until_idle(max_sleep=_POLL)
        # What has changed is laid out now, not when Textual's timer comes to it.
        pilot.app.screen._on_timer_update()
        if _holds(predicate):
            return
        if monotonic() > deadline:
            shown = screen_text(pilot.app)
            raise AssertionError(f"Waited {timeout:g} s for {what}. It shows:\n{shown}")
        await asyncio.sleep(max(next_look - monotonic(), 0))


def _holds(predicate: Callable[[], bool]) -> bool:
    try:
        return predicate()
    except NoMatches:
        return False
