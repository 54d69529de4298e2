"""Letters of non-Latin layouts, where letters are commands."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.screens.session import running
from tests.screens.test_tokens import status, tokens
from tui.config.schema import Layout
from tui.config.settings import Settings
from tui.screens.help import HelpScreen
from tui.screens.settings import SettingsScreen
from tui.terminal.layouts import NAMES, at_place, layout_of


def test_the_setting_knows_every_layout() -> None:
    assert set(get_args(Layout)) == set(NAMES)


@pytest.mark.parametrize("layout", NAMES)
def test_each_layout_reaches_every_letter_but_those_that_it_shares(layout: str) -> None:
    codes = (*range(0x370, 0x700), 0xFEFB)
    letters = [chr(code) for code in codes if layout_of(chr(code))]
    reached = {at_place(letter, layout) for letter in letters}
    assert set("bcdefghijklmnoprstuvxyz") <= reached


@pytest.mark.parametrize(
    ("letter", "place"), [("с", "c"), ("Щ", "O"), ("щ", "o"), ("é", "é"), ("c", "c")]
)
def test_a_letter_stands_at_its_place(letter: str, place: str) -> None:
    assert at_place(letter) == place


@pytest.mark.long
async def test_a_letter_that_no_command_has_is_answered_once_with_what_to_do() -> None:
    async with running() as table:
        await table.press("щ")
        assert 'layout = "ru"' in status(table)
        assert tokens(table).tab == "delivery"
        await table.press("o")
        await table.press("щ")
        assert 'layout = "ru"' not in status(table)


@pytest.mark.parametrize(
    ("letter", "layout"),
    [("щ", "ru"), ("ї", "uk"), ("λ", "el"), ("ש", "he"), ("ﻻ", "ar")],
)
async def test_the_answer_to_a_letter_fits_in_80_columns(
    letter: str, layout: str
) -> None:
    async with running() as table:
        await table.press(letter)
        sentence_end = f'layout = "{layout}" in your profile.'
        await table.until(lambda: sentence_end in table.text)
        assert "more" not in table.text.splitlines()[-2]


async def test_with_a_layout_letters_are_commands_by_their_place() -> None:
    async with running(settings=Settings(layout="ru")) as table:
        await table.press("щ")
        assert tokens(table).tab == "management"
        await table.press("Ы")
        assert isinstance(table.app.screen, SettingsScreen)


async def test_a_letter_that_the_user_gave_a_command_is_that_commands() -> None:
    keys = {"help": ("щ", "question_mark")}
    async with running(settings=Settings(layout="ru", keys=keys)) as table:
        await table.press("щ")
        assert isinstance(table.app.screen, HelpScreen)


@pytest.mark.parametrize("layout", [None, "ru"])
async def test_in_a_field_letters_are_text(layout: str | None) -> None:
    async with running(settings=Settings(layout=layout)) as table:
        await table.press("slash", "щ", "ы")
        assert (tokens(table).tab, tokens(table).table.filter_text) == (
            "delivery",
            "щы",
        )
        assert "layout" not in status(table)


async def test_accented_letters_of_latin_layouts_are_let_pass() -> None:
    async with running() as table:
        await table.press("é")
        assert "layout" not in status(table)
