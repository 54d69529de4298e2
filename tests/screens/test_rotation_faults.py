"""A rotation over a line that drops each of its calls once, with and without effect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contentstack.fakes import Clock
from tests.screens.session import Table, running
from tests.screens.test_rotation_cuts import NAMES, show, tokens_of
from tui.contentstack import transport
from tui.contentstack.pace import Pacer
from tui.contentstack.transport import Transport
from tui.screens.delete import DeleteScreen
from tui.screens.rotation import RotationScreen
from tui.workspace.rotation import RotationStep

FAULTS = ("close-before", "close-after", "cut", "500", "502-html", "503", "wrong-types")
CALLS = (
    ("POST", "*_tokens*"),
    ("GET", "*assets*"),
    ("DELETE", "*_tokens*"),
    ("PUT", "*_tokens*"),
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait between retries."""
    time = Clock()
    pacer = Pacer(clock=time, sleep=time.sleep)

    def unpaced(*args: Any, **options: Any) -> Transport:
        return Transport(*args, **{**options, "sleep": time.sleep, "pacer": pacer})

    monkeypatch.setattr(transport, "Transport", unpaced)


async def step_on(table: Table, screen: RotationScreen, name: str) -> None:
    """Press the step's keys, and wait until it succeeds or fails."""
    now = screen.progress
    await table.press(
        "c" if now.step is RotationStep.EXPORT and not now.value_lost else "enter"
    )
    front = table.app.screen
    if isinstance(front, DeleteScreen):
        await table.type(
            now.replacement.name if now.value_lost and now.replacement else name
        )
        await table.press("enter")
        await table.until(lambda: not front.is_attached or not front.asking)
        if table.app.screen is front:
            await table.press("escape")
    await table.until(
        lambda: (
            not screen.is_attached or (table.app.screen is screen and not screen.asking)
        )
    )


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.short(2)
async def test_each_call_may_fail_once_and_nothing_is_doubled_or_lost(
    kind: str, fault: str
) -> None:
    name = NAMES[kind]
    async with running() as table:
        world = table.sandbox.world
        count = len(tokens_of(world, kind))
        old = next(t.uid for t in tokens_of(world, kind).values() if t.name == name)
        for method, path in CALLS:
            table.sandbox.fail(fault, method=method, path=path, times=1)
        await show(table, old, kind)
        await table.press("R")
        await table.until("1 Create the replacement")
        screen = table.app.screen
        assert isinstance(screen, RotationScreen)
        for _ in range(20):
            if not screen.is_attached:
                break
            await step_on(table, screen, name)
            assert [t.name for t in tokens_of(world, kind).values()].count(
                f"{name}-next"
            ) <= 1
        assert not screen.is_attached, table.text
        names = [t.name for t in tokens_of(world, kind).values()]
        assert (names.count(name), len(names)) == (1, count)
        assert old not in tokens_of(world, kind)
