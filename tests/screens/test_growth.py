"""Nothing stays behind of a screen that was left: sessions in tmux last for weeks."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter

import pytest
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tests.screens.places import WAYS
from tests.screens.session import Table, running
from tui.commands import Place

COUNTED = (Widget, Timer, Strip)


def alive() -> Counter[str]:
    """What there is of each kind that a screen is made of, and the tasks."""
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
    """What is there more of after a place was opened and left so many times again."""
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


async def test_nothing_is_left_of_the_form() -> None:
    assert await grown(Place.WIZARD, 5) == Counter()


@pytest.mark.soak
@pytest.mark.parametrize("place", WAYS, ids=lambda place: place.name)
async def test_nothing_is_left_of_any_place(place: Place) -> None:
    assert await grown(place, 100) == Counter()
