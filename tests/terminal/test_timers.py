from __future__ import annotations

import ast
import asyncio
from itertools import count
from pathlib import Path

import pytest
from textual.app import App

from tui.app import TokendeckApp
from tui.screens.lifetime import LeavableScreen
from tui.terminal.timers import LateTimers

_TUI = Path(__file__).parents[2] / "tui"


class Timed(LateTimers, App[None]):
    """An application with our timers."""


@pytest.mark.parametrize("delay", [0.001, 0.01])
async def test_a_timer_fires_once_though_the_machine_was_busy(
    monkeypatch: pytest.MonkeyPatch, delay: float
) -> None:
    seconds = count()
    fired = asyncio.Event()
    app = Timed()
    async with app.run_test():
        # Each look at the clock is a second later than the one before.
        monkeypatch.setattr(
            "textual.timer._time.get_time", lambda: float(next(seconds))
        )
        app.set_timer(delay, fired.set)
        async with asyncio.timeout(20):
            await fired.wait()


async def test_a_paused_timer_waits_until_it_is_resumed() -> None:
    fired, later = asyncio.Event(), asyncio.Event()
    app = Timed()
    async with app.run_test():
        paused = app.set_timer(0.001, fired.set, pause=True)
        app.set_timer(0.01, later.set)
        async with asyncio.timeout(20):
            await later.wait()
        assert not fired.is_set()
        paused.resume()
        async with asyncio.timeout(20):
            await fired.wait()


def test_all_that_set_timers_have_these() -> None:
    assert issubclass(TokendeckApp, LateTimers)
    assert issubclass(LeavableScreen, LateTimers)
    # A widget's own timers would be Textual's.
    for source in (_TUI / "widgets").rglob("*.py"):
        nodes = ast.walk(ast.parse(source.read_text("utf-8")))
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        assert "set_timer" not in names, source
