"""A closed screen leaves nothing behind: sessions in tmux last for weeks."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tests.leaks.projects import Project
from tests.screens.places import WAYS
from tests.screens.session import Table, running
from tests.screens.test_deliver import settings
from tests.support.clock import clock
from tests.support.processes import descendants
from tui.commands import Place
from tui.sandbox.service import Sandbox

COUNTED = (Widget, Timer, Strip)


@pytest.fixture(autouse=True)
def no_timer_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no timer wait for quiet: those cancelled behind it stay for a second."""
    monkeypatch.setattr("tui.app.collected_in_quiet", nullcontext)


def alive() -> Counter[str]:
    """Count the objects of each kind that make up a screen, and the tasks."""
    gc.collect()
    kinds = (
        next((kind for kind in COUNTED if isinstance(thing, kind)), None)
        for thing in gc.get_objects()
    )
    return Counter(
        [
            *(kind.__name__ for kind in kinds if kind),
            *("Task" for _ in asyncio.all_tasks()),
        ]
    )


async def open_and_leave(table: Table, place: Place, times: int) -> None:
    way = WAYS[place]
    for _ in range(times):
        await table.press(way.key)
        await table.until(way.words)
        while len(table.app.screen_stack) > 1:
            await table.press("escape")
        await table.until(
            lambda: all(not worker.is_running for worker in table.app.workers)
        )


async def grown(place: Place, times: int) -> Counter[str]:
    """Return what has grown after opening and closing a place `times` more times."""
    async with running() as table:
        await open_and_leave(table, place, 3)
        before = alive()
        await open_and_leave(table, place, times)
        return alive() - before


def test_every_place_has_its_way() -> None:
    assert set(WAYS) == set(Place) - {
        Place.ANYWHERE,
        Place.TOKENS,
        Place.GENERATED,
        Place.DELETED,
    }


@pytest.mark.long
async def test_nothing_is_left_of_the_form() -> None:
    assert await grown(Place.WIZARD, 5) == Counter()


@pytest.mark.soak
@pytest.mark.parametrize("place", WAYS, ids=lambda place: place.name)
async def test_nothing_is_left_of_any_place(place: Place) -> None:
    assert await grown(place, 100) == Counter()


def held() -> Counter[str]:
    """Return the process's system resources, except for idle threads."""
    threads = [
        thread
        for thread in threading.enumerate()
        if not thread.name.startswith("asyncio_")
    ]
    return Counter(
        {
            "open file": len(os.listdir("/proc/self/fd")),
            "thread": len(threads),
            "process": len(descendants(os.getpid())),
        }
    )


async def identify(table: Table) -> None:
    """Paste a value, and look it up."""
    await table.press("I")
    await table.until("Whose is it?")
    await table.type(a_value(table))
    await table.press("enter")
    await table.until("This is the delivery token partner-feed of Storefront.")


async def identify_and_find(table: Table) -> None:
    """Find where a pasted value is, in files and history."""
    await identify(table)
    await table.press("F")
    await table.until("Found partner-feed in 2 places.")


async def find(table: Table) -> None:
    """Search a folder twice."""
    await table.press("F")
    await table.until("Press Enter to search")
    await table.press("enter")
    await table.until("Found 2 known")
    await table.press("shift+tab", "enter")
    await table.until("Found 2 known")


async def deliver(table: Table) -> None:
    """Deliver to one target, and fail to deliver to another."""
    await table.press("t")
    await table.until("TARGET")
    for words in ("Delivered to honest", "Not delivered to echoes the value"):
        await table.press("enter")
        await table.until(words)
        await table.press("down")


async def rotate(table: Table) -> None:
    """Create a replacement, deliver it, and delete it again."""
    (old,) = [
        each
        for each in table.app.workspace.snapshot.delivery.items
        if each.name == "partner-feed"
    ]
    table.app.session.deliveries.add(old.uid, ["honest"])
    table.app.screen.show_token(old.uid)  # type: ignore[attr-defined]
    await table.press("R")
    await table.until("deliver a replacement to honest")
    await table.press("enter")
    await table.until("[x] 3 Deliver it")
    await table.press("escape")
    await table.until("Paused rotating")
    snapshot = table.app.workspace.snapshot
    (new,) = [each for each in snapshot.delivery.items if each.name.endswith("-next")]
    await table.app.workspace.delete_token(new)


def a_value(table: Table) -> str:
    tokens = table.sandbox.stacks[0].delivery_tokens.values()
    (token,) = [token for token in tokens if token.name == "partner-feed"]
    return str(token.value)


async def grown_by(
    work: Callable[[Table], Awaitable[None]], times: int, folder: Path
) -> Counter[str]:
    """Return what has grown after doing some real work `times` more times."""
    sandbox = Sandbox.demo(now=clock)
    targets = settings(folder, "honest", "echoes the value")
    async with running(sandbox=sandbox, settings=targets) as table:
        project = Project.created(folder / "project")
        (project.folder / "app.env").write_text(a_value(table))
        project.git("add", ".")
        project.git("commit", "-qm", "Add")
        os.chdir(project.folder)

        async def repeat(count: int) -> None:
            for _ in range(count):
                await work(table)
                while len(table.app.screen_stack) > 1:
                    await table.press("escape")
                await table.until(
                    lambda: all(not worker.is_running for worker in table.app.workers)
                )

        await repeat(3)
        before = alive() + held()
        await repeat(times)
        left: Counter[str] = Counter()

        def nothing_is_left() -> bool:
            """A closed screen's widgets are freed a little later."""
            nonlocal left
            left = (alive() + held()) - before
            return not left

        with suppress(AssertionError):
            await table.until(nothing_is_left)
        return left


WORK = [identify, identify_and_find, find, deliver, rotate]


@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
async def test_nothing_is_left_of_real_work(
    work: Callable[[Table], Awaitable[None]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert await grown_by(work, 3, tmp_path) == Counter()


@pytest.mark.soak
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
async def test_nothing_is_left_of_much_real_work(
    work: Callable[[Table], Awaitable[None]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert await grown_by(work, 50, tmp_path) == Counter()
