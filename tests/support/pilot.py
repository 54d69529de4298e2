"""Waiting for what a Textual app shows, instead of for seconds."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.css.query import NoMatches
from textual.pilot import Pilot


def screen_text(app: App[Any]) -> str:
    """What the app's top screen shows now, as lines of plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def wait_for(
    pilot: Pilot[Any],
    predicate: Callable[[], bool],
    what: str,
    timeout: float = 10,  # noqa: ASYNC109 - the caller wants the screen in the error, which a cancellation can't give
) -> None:
    """Let the app go on until `predicate` holds.

    A widget that isn't there yet counts as "not yet".

    Raises:
        AssertionError: after `timeout` seconds, with `what` was waited for and what the
            screen shows instead.
    """
    deadline = monotonic() + timeout
    while not _holds(predicate):
        if monotonic() > deadline:
            raise AssertionError(
                f"Waited {timeout:g} s for {what}. The screen:\n{screen_text(pilot.app)}"
            )
        await pilot.pause(0.02)


def _holds(predicate: Callable[[], bool]) -> bool:
    try:
        return predicate()
    except NoMatches:
        return False
