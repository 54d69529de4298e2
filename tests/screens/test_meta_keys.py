"""Where a terminal sends a letter with its eighth bit for one with alt, as stock xterm does."""

from __future__ import annotations

import pytest

from tests.screens.session import running
from tests.screens.test_tokens import tokens
from tui.config.key_names import key_of_meta
from tui.config.settings import Settings
from tui.screens.settings import SettingsScreen


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("alt+o", "ï"),
        ("alt+q", "ñ"),
        ("alt+w", "division_sign"),
        ("alt+shift+n", "Î"),
        ("o", None),
        ("alt+up", None),
        ("ctrl+o", None),
    ],
)
def test_what_is_typed_for_a_key_with_alt(key: str, typed: str | None) -> None:
    assert key_of_meta(key) == typed


async def test_in_a_list_it_does_what_the_key_with_alt_does() -> None:
    async with running() as table:
        await table.press("ï")
        assert tokens(table).tab == "management"
        await table.press("ï", "S")
        assert isinstance(table.app.screen, SettingsScreen)
        await table.press("ñ")
        assert tokens(table).tab == "delivery"


async def test_in_a_field_it_is_text() -> None:
    async with running() as table:
        await table.press("slash", "ï", "ñ")
        assert (tokens(table).tab, tokens(table).table.filter_text) == (
            "delivery",
            "ïñ",
        )


async def test_a_key_that_the_user_gave_a_command_is_that_commands() -> None:
    keys = {"settings": ("ï",), "help": ("alt+h", "question_mark", "f1")}
    async with running(settings=Settings(keys=keys)) as table:
        await table.press("ï")
        assert isinstance(table.app.screen, SettingsScreen)
