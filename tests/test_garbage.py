from __future__ import annotations

import asyncio
import gc
from contextvars import ContextVar
from weakref import ref

import pytest

from tests.support.virtual_time import run_virtually
from tui.garbage import collected_in_quiet
from tui.quiet import Quiet

collect = gc.collect


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the times of full garbage collections."""
    moments: list[float] = []
    monkeypatch.setattr(
        "tui.garbage.gc.collect",
        lambda: moments.append(asyncio.get_running_loop().time()),
    )
    collect()
    return moments


def be_due() -> None:
    """Make a full collection due, as if many objects had been created."""
    for _ in range(12):
        collect(1)


async def typed_on(monkeypatch: pytest.MonkeyPatch, *moments: float) -> None:
    """Make a collection due, type at these times in seconds, and wait three more."""
    loop = asyncio.get_running_loop()
    keyboard = Quiet(loop.time)
    monkeypatch.setattr("tui.garbage.KEYBOARD", keyboard)
    if moments:
        keyboard.hear_key()
    with collected_in_quiet():
        be_due()
        for moment in moments:
            await asyncio.sleep(moment - loop.time())
            keyboard.hear_key()
        await asyncio.sleep(3)


def test_all_is_looked_through_a_second_after_it_is_due(
    looked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_virtually(typed_on(monkeypatch))
    assert looked == [1]


def test_it_waits_for_a_second_without_a_key(
    looked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_virtually(typed_on(monkeypatch, 0.5, 1.2, 2.1))
    assert looked == [pytest.approx(3.1)]


def test_python_itself_does_not_look_through_all_meanwhile() -> None:
    before = gc.get_threshold()

    async def most() -> int:
        with collected_in_quiet():
            return gc.get_threshold()[-1]

    assert run_virtually(most()) > 100
    assert gc.get_threshold() == before


def test_whoever_is_at_work_is_not_kept_until_it_is_quiet(
    looked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen:
        pass

    at_work: ContextVar[Screen] = ContextVar("at_work")

    async def work() -> ref[Screen]:
        screen = Screen()
        at_work.set(screen)
        be_due()
        return ref(screen)

    async def leave_it() -> Screen | None:
        keyboard = Quiet(asyncio.get_running_loop().time)
        keyboard.hear_key()
        monkeypatch.setattr("tui.garbage.KEYBOARD", keyboard)
        with collected_in_quiet():
            screen = await asyncio.create_task(work())
            await asyncio.sleep(0.1)
            collect()
            return screen()

    assert run_virtually(leave_it()) is None


def test_nothing_is_left_behind(
    looked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = list(gc.callbacks)

    async def leave_while_it_waits() -> None:
        loop = asyncio.get_running_loop()
        keyboard = Quiet(loop.time)
        keyboard.hear_key()
        monkeypatch.setattr("tui.garbage.KEYBOARD", keyboard)
        with collected_in_quiet():
            be_due()
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)

    run_virtually(leave_while_it_waits())
    assert gc.callbacks == heard
    assert looked == []
