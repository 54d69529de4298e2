"""The keys in each screen's footer, and the help."""

from __future__ import annotations

import re

import pytest

from tests.screens.places import each_place
from tests.screens.session import Table, running
from tui.commands import Place, Purpose


def foot(table: Table) -> str:
    return table.text.splitlines()[-1].strip()


async def test_the_keys_that_everybody_looks_for_come_first() -> None:
    async with running(size=(60, 15)) as table:
        assert foot(table).startswith("Enter details  Space mark  n new  c copy")
        assert foot(table).endswith("? help")
        await table.press("space")
        await table.until("Esc unmark")
        assert foot(table).startswith("Enter details  Space mark  Esc unmark")


async def test_in_the_filter_its_own_keys_stand_there() -> None:
    async with running() as table:
        await table.press("slash")
        await table.until("Enter to the list  Esc clear filter")
        await table.press(*"web", "enter")
        await table.until("Enter details  Space mark  Esc clear filter")


@pytest.mark.long
async def test_in_the_filter_of_a_form_too() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk", "enter")
        await table.until("Enter next  Space mark  Esc back")
        assert "alt+o aliases" in foot(table)
        await table.press("slash")
        await table.until("Enter to the list  Esc clear filter")


@pytest.mark.long
async def test_the_review_says_what_enter_does() -> None:
    async with running(size=(60, 15)) as table:
        await table.fill_wizard()
        await table.until("Enter Generate Token  Space mark  Esc back")


def assert_whole_and_enter_first(table: Table, place: Place) -> None:
    shown = f"{place.name}: {foot(table)}"
    keys = [hint.split()[0] for hint in re.split(r" {2,}", foot(table))]
    assert "…" not in shown
    first = [key for key in keys if key in ("Enter", "Space", "Esc")]
    assert keys[: len(first)] == first, shown
    assert first == sorted(first, key=("Enter", "Space", "Esc").index), shown
    assert keys[-1] in ("?", "ctrl+p"), shown


@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_hints_are_whole_and_enter_comes_first(size: tuple[int, int]) -> None:
    async with running(size=size) as table:
        assert_whole_and_enter_first(table, Place.TOKENS)
        async for place in each_place(table):
            assert_whole_and_enter_first(table, place)


async def assert_help_is_whole(table: Table, place: Place) -> None:
    await table.press("ctrl+p")
    await table.until("WHAT IT DOES")
    assert "Redraw the whole screen." in table.text, place
    assert not any("…" in line for line in table.text.splitlines()[1:]), place
    await table.press("escape")


async def test_nothing_in_help_is_cut_at_80_columns() -> None:
    async with running(size=(80, 60)) as table:
        await assert_help_is_whole(table, Place.TOKENS)
        async for place in each_place(table):
            if place is not Place.HELP:
                await assert_help_is_whole(table, place)


async def test_help_is_grouped_by_purpose() -> None:
    async with running(size=(80, 60)) as table:
        await table.press("question_mark")
        await table.until("WHAT IT DOES")
        headings = [
            line.strip("▌ ")
            for line in table.text.splitlines()
            if line.strip("▌ ").isupper()
        ]
        wanted = [purpose.value.upper() for purpose in Purpose]
        assert [each for each in headings if each in wanted] == wanted[1:]
        await table.press("down", "down")
        await table.until("Not now: This token has no preview token.")
