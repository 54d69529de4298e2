"""The query language as the filter of lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screens.session import Table, running
from tui.screens.token_list import TokenListScreen
from tui.widgets.text_field import TextField


def list_of(table: Table) -> TokenListScreen[Any]:
    screen = table.app.screen
    assert isinstance(screen, TokenListScreen)
    return screen


def shown(table: Table) -> set[str]:
    """Return the names of the tokens that match the filter."""
    screen = list_of(table)
    tokens = map(screen.token_of, screen.table.shown_keys)
    return {token.name for token in tokens if token is not None}


async def filtered(table: Table, query: str) -> set[str]:
    """Replace the filter, and return what matches."""
    await table.press("slash")
    list_of(table).field.value = ""
    await table.type(query)
    await table.pilot.pause()
    return shown(table)


async def test_a_query_filters_the_tokens_of_a_stack() -> None:
    async with running() as table:
        everything = shown(table)
        production = await filtered(table, "env:production")
        tokens = list_of(table).snapshot.delivery.items
        assert production == {
            each.name for each in tokens if "production" in each.scope.environments
        }
        assert await filtered(table, "!env:production") == everything - production
        assert await filtered(table, "env:production OR name:kiosk") >= production
        assert await filtered(table, "preview:no created:>1d")
        assert await filtered(table, "") == everything


@pytest.mark.long
async def test_management_tokens_are_asked_for_what_they_may_and_when_they_end() -> (
    None
):
    async with running() as table:
        await table.press("o")
        writing = await filtered(table, "access:write")
        never = await filtered(table, "expires:never")
        assert writing
        assert never
        assert await filtered(table, "access:write expires:never") == writing & never


@pytest.mark.parametrize(
    ("begun", "wrong", "said", "place"),
    [
        ("web", "web evn:qa", "Did you mean env:?", "evn:qa"),
        ("web", "web expires:soon", "expires: is", "expires:soon"),
        ("web", "web OR", "OR needs something on both sides", "OR"),
        ("web", 'web "sta', "isn't closed", '"sta'),
    ],
)
async def test_of_a_wrong_query_the_last_good_result_stays_and_the_place_is_marked(
    begun: str, wrong: str, said: str, place: str
) -> None:
    async with running() as table:
        before = await filtered(table, begun)
        assert before < await filtered(table, "")
        await filtered(table, begun)
        await table.type(wrong.removeprefix(begun))
        await table.until(said)
        assert shown(table) == before
        field = list_of(table).field
        assert field.wrong is not None
        start, end = field.wrong
        assert field.value[start:end] == place
        await table.press(*["backspace"] * (len(wrong) - len(begun)))
        assert field.wrong is None
        assert said not in table.said


async def test_tab_completes_fields_and_values() -> None:
    async with running() as table:
        await filtered(table, "en")
        await table.press("tab")
        field = list_of(table).field
        assert field.value == "env:"
        await table.press("tab")
        first = field.value
        assert first.startswith("env:")
        assert len(first) > 4
        assert "env:production" in table.said
        await table.press("tab")
        assert field.value not in (first, "env:")
        assert field.has_focus
        assert shown(table)


async def test_tab_types_what_all_terms_begin_with_before_it_goes_through_them() -> (
    None
):
    async with running() as table:
        await filtered(table, "re")
        await table.press("tab")
        field = list_of(table).field
        assert field.value == "region:"
        await table.press("tab", "tab")
        assert field.value in ("readable:", "region:")


async def test_tab_without_anything_to_complete_says_so() -> None:
    async with running() as table:
        await filtered(table, "zzz")
        await table.press("tab")
        assert "Nothing to complete" in table.said


async def test_each_tab_has_its_own_filter_and_its_own_mark() -> None:
    async with running() as table:
        await filtered(table, "evn:qa")
        assert list_of(table).field.wrong
        await table.press("enter", "o")
        assert list_of(table).field.wrong is None
        await table.press("o")
        assert list_of(table).field.value == "evn:qa"
        assert list_of(table).field.wrong


@pytest.mark.long
async def test_other_lists_take_phrases_and_nots() -> None:
    async with running() as table:
        await table.press("question_mark")
        await table.until("WHAT IT DOES")
        await table.type('"preview token" !delete')
        await table.until("Create preview token")
        assert "Delete preview token" not in table.text
        field = table.app.screen.query_one("#search", TextField)
        field.value = '"preview'
        await table.until("isn't closed")
        assert field.wrong == (0, 8)
        assert "Create preview token" in table.text
