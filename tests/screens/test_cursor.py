"""The terminal's cursor is on what's selected: braille displays follow it."""

from __future__ import annotations

import pytest
from textual.widget import Widget

from tests.screens.places import each_place
from tests.screens.session import Table, running
from tui.commands import Place
from tui.screens.base import TokendeckScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.grid import Grid
from tui.widgets.lines import LineWidget
from tui.widgets.row_list import RowList
from tui.widgets.secret_field import SecretField
from tui.widgets.text_field import TextField
from tui.widgets.toggle import Toggle

KEYS = ("down", "down", "up", "tab", "down", "shift+tab", "r", "slash", "a", "down")
SIGN = "▌"


def selected(table: Table) -> Widget:
    """Return the list that was last moved in, or whatever has the focus."""
    widget = table.app.focused
    assert widget is not None
    if isinstance(widget, TextField) and widget.cursor_stands_on is not None:
        return widget.cursor_stands_on
    return widget


def assert_on_what_is_selected(table: Table) -> None:
    """Assert that the cursor is where someone who sees the screen would point."""
    widget, (x, y) = selected(table), table.app.cursor_on_screen
    line = table.text.split("\n")[y]
    told = f"{widget} at {x}, {y}: {line}"
    assert widget.region.contains(x, y), told
    if isinstance(widget, TextField):
        before = widget.content_region.x + len(widget.value[: widget.cursor_position])
        assert x == before, told
        return
    assert isinstance(widget, LineWidget), told
    if isinstance(widget, Grid):
        assert line[x] == "[", told
        return
    if isinstance(widget, RowList) and widget.cursor_key is None:
        # The text if there are no rows; while rows are being read, there's none.
        assert line.strip() or not widget.total_count, told
        return
    assert line[x] == SIGN, told
    signs = [each for each in table.text.split("\n") if each[x : x + 1] == SIGN]
    assert line in signs, told


def has_its_own_selection(widget: Widget) -> bool:
    kinds = RowList | FactsCard | Toggle | SecretField | TextField
    return isinstance(widget, kinds)


async def follow(table: Table, place: Place, keys: tuple[str, ...] = KEYS) -> None:
    assert_on_what_is_selected(table)
    for key in keys:
        if isinstance(table.app.focused, TextField) and key in ("r", "slash"):
            continue
        await table.press(key)
        await table.pilot.pause()
        screen = table.app.screen
        assert isinstance(screen, TokendeckScreen)
        assert screen.PLACE is place
        assert_on_what_is_selected(table)


async def test_the_cursor_stands_on_what_is_selected_in_every_place() -> None:
    async with running() as table:
        async for place in each_place(table):
            await follow(table, place)


async def test_on_the_tokens_and_over_a_refresh_a_filter_and_marks() -> None:
    async with running() as table:
        keys = ("space", "space", "G", "r", "o", "down", "space", "o", "s", "s")
        await follow(table, Place.TOKENS, (*KEYS, "escape", *keys))
        await follow(table, Place.TOKENS, ("slash", *"zzz", "enter", "escape"))


@pytest.mark.long
async def test_through_the_wizard_to_what_was_generated() -> None:
    async with running() as table:
        await table.press("n")
        await table.until("Name (required")
        await follow(table, Place.WIZARD, (*"kiosk", "tab", "shift+tab", "enter"))
        await table.until("Branches 3")
        await follow(table, Place.WIZARD, ("down", "space", "slash", "m", "enter"))
        await follow(table, Place.WIZARD, ("escape", "up", "enter"))
        await table.until("its one")
        await follow(table, Place.WIZARD, ("space", "down", "enter"))
        await table.until("Generate Token")
        await follow(table, Place.WIZARD, ("space", "shift+tab", "down", "tab"))
        await table.press("enter")
        await table.until("Generated kiosk")
        await table.until(lambda: isinstance(table.app.focused, SecretField))
        await follow(table, Place.GENERATED, ("down", "up", "u", "tab"))
        await table.press("up", "down")
        _, y = table.app.cursor_on_screen
        assert "Preview token" in table.text.split("\n")[y]


@pytest.mark.long
async def test_the_review_of_a_change_is_read_by_line() -> None:
    async with running() as table:
        await table.press("e")
        await table.until("Name (required")
        await table.press("x", "enter")
        await table.until("Branches 3")
        await table.press("enter", "enter")
        await table.until("Changes to")
        await table.until(lambda: isinstance(table.app.focused, FactsCard))
        await follow(table, Place.WIZARD, ("down", "up"))


@pytest.mark.long
async def test_a_question_has_the_cursor_at_its_start() -> None:
    async with running() as table:
        for keys in (("n", "a", "escape"), ("N",)):
            await table.press(*keys)
        await table.until("y yes  n no")
        x, y = table.app.cursor_on_screen
        assert table.text.split("\n")[y][x:].startswith("Replace the token you started")


async def test_in_a_list_that_is_searched_it_follows_the_hand() -> None:
    async with running() as table:
        await table.press("question_mark")
        await table.until("WHAT IT DOES")
        field = table.app.focused
        assert isinstance(field, TextField)
        await table.press("c", "o")
        assert selected(table) is field
        assert_on_what_is_selected(table)
        await table.press("down")
        assert selected(table) is not field
        assert_on_what_is_selected(table)
        await table.press("p")
        await table.until(lambda: field.value == "cop")
        assert selected(table) is field
        assert_on_what_is_selected(table)


async def test_where_the_terminal_is_too_small_it_stands_where_that_is_said() -> None:
    async with running() as table:
        await table.pilot.resize_terminal(30, 8)
        await table.until("needs 40×10")
        x, y = table.app.cursor_on_screen
        assert table.text.split("\n")[y][x:].startswith("Tokendeck needs")
