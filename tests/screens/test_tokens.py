from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tui.config.settings import Settings
from tui.screens.tokens import TokensScreen
from tui.widgets.status_line import StatusLine

SIZES = [(80, 24), (120, 36), (60, 15)]


def tokens(table: Table) -> TokensScreen:
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    return screen


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


@pytest.mark.parametrize("size", SIZES)
async def test_both_tabs_list_their_tokens_at_every_size(size: tuple[int, int]) -> None:
    async with running(size=size) as table:
        snapshot = table.app.workspace.snapshot
        assert f"Delivery {len(snapshot.delivery.items)}" in table.text
        assert tokens(table).table.shown_count == len(snapshot.delivery.items) >= 12
        await table.press("alt+o")
        await table.until(
            "ACCESS" if size[0] > 60 else snapshot.management.items[0].name
        )
        assert tokens(table).table.shown_count == len(snapshot.management.items)
        await table.press("alt+o")
        assert tokens(table).tab == "delivery"


@pytest.mark.parametrize("key", ["alt+o", "ø", "o"])
async def test_each_key_switches_both_ways(key: str) -> None:
    async with running() as table:
        await table.press(key)
        assert tokens(table).tab == "management"
        await table.press(key)
        assert tokens(table).tab == "delivery"


@pytest.mark.long
async def test_alt_o_switches_from_the_filter_field_too_and_o_is_text_there() -> None:
    async with running() as table:
        await table.press("slash", "o")
        assert (tokens(table).tab, tokens(table).table.filter_text) == ("delivery", "o")
        await table.press("alt+o")
        assert tokens(table).tab == "management"
        await table.press("w")
        assert tokens(table).table.filter_text == "w"


async def test_the_filter_narrows_as_one_types_and_escape_shows_all() -> None:
    async with running() as table:
        total = tokens(table).table.shown_count
        await table.press("slash", *"staging")
        await table.until(lambda: 0 < tokens(table).table.shown_count < total)
        assert f"of {total} tokens" in status(table)
        await table.press("enter")
        assert tokens(table).table.has_focus
        await table.press("escape")
        assert tokens(table).table.shown_count == total


async def test_a_filter_that_fits_nothing_says_how_to_leave() -> None:
    async with running() as table:
        await table.press("slash", *"zzzz")
        await table.until("No matches. Esc shows all tokens again.")


@pytest.mark.long
async def test_refresh_keeps_cursor_and_filter() -> None:
    async with running() as table:
        await table.press("slash", *"web", "enter", "down")
        key = tokens(table).table.cursor_key
        await table.press("r")
        await table.until("read 09:30:00")
        assert (tokens(table).table.cursor_key, tokens(table).table.filter_text) == (
            key,
            "web",
        )


async def test_sort_takes_one_column_after_the_other() -> None:
    async with running() as table:
        seen = []
        for _ in range(3):
            await table.press("s")
            seen.append(tokens(table).table.sort_key)
        assert seen == ["name", "environment", "branch"]
        assert status(table).endswith("· by branch")
        await table.press("z")
        assert status(table).endswith("· by branch, Z to A")
        assert "BRANCH / ALIAS▼" in table.text.replace(" ▼", "▼")


async def test_copies_say_what_is_known_and_hold_exactly_the_value() -> None:
    async with running() as table:
        screen = tokens(table)
        token = next(
            item for item in table.app.workspace.snapshot.delivery.items if item.preview
        )
        screen.table.move_to(token.uid)
        await table.press("c", "p", "y")
        await table.until(lambda: len(table.copied) == 3)
        stack = table.app.workspace.snapshot.stack
        assert token.preview is not None
        assert stack is not None
        assert table.copied == [
            token.value.reveal(),
            token.preview.reveal(),
            stack.api_key,
        ]
        assert "Paste to check" in status(table)


async def test_capital_y_copies_the_command_for_the_token() -> None:
    async with running() as table:
        token = tokens(table).token
        assert token is not None
        await table.press("Y")
        await table.until(lambda: len(table.copied) == 1)
        assert table.copied[0].startswith(f"tokendeck --demo ensure {token.name} --env")
        assert token.value is not None
        assert token.value.reveal() not in table.copied[0]
        assert "the command" in status(table)


async def test_without_a_preview_token_p_says_so() -> None:
    async with running() as table:
        token = next(
            item
            for item in table.app.workspace.snapshot.delivery.items
            if not item.preview
        )
        tokens(table).table.move_to(token.uid)
        await table.press("p")
        assert "no preview token" in status(table)
        assert table.copied == []


async def test_a_management_token_cannot_be_copied_and_the_reason_is_said() -> None:
    async with running() as table:
        await table.press("o", "c")
        assert "only once" in status(table)
        assert table.copied == []


async def test_the_card_follows_the_cursor_and_opens_on_a_screen_of_its_own() -> None:
    async with running() as table:
        first = table.app.workspace.snapshot.delivery_token(
            tokens(table).table.cursor_key or ""
        )
        assert first is not None
        await table.until(f"── {first.name} ─")
        await table.press("enter")
        await table.until(lambda: not isinstance(table.app.screen, TokensScreen))
        assert first.value.reveal() not in table.text
        await table.press("u")
        await table.until(first.value.reveal())
        await table.press("u")
        await table.until(lambda: first.value.reveal() not in table.text)
        await table.press("escape")
        await table.until("NAME")


async def test_no_value_is_shown_in_the_list() -> None:
    async with running(size=(120, 36)) as table:
        for token in table.app.workspace.snapshot.delivery.items:
            assert token.value.reveal() not in table.text
            assert token.preview is None or token.preview.reveal() not in table.text


async def test_a_developer_sees_no_management_tokens_and_why() -> None:
    async with running(role="Developer") as table:
        await table.until("Management –")
        await table.press("o")
        await table.until(
            "Only Owners and Admins can see management tokens. Your role: Developer."
        )


async def test_a_content_manager_may_not_make_tokens_and_is_told_without_a_request() -> (
    None
):
    async with running(role="Content Manager", wait="Content Manager") as table:
        await table.until(lambda: not table.app.workspace.snapshot.reading)
        await table.press("n")
        assert "Your role: Content Manager." in status(table)
        assert isinstance(table.app.screen, TokensScreen)


async def test_below_the_least_size_one_line_says_what_is_needed() -> None:
    async with running() as table:
        await table.pilot.resize_terminal(30, 8)
        await table.until("needs 40×10")
        await table.pilot.resize_terminal(80, 24)
        await table.until("NAME")


async def test_help_lists_the_keys_of_the_screen_and_is_searchable() -> None:
    async with running() as table:
        await table.press("question_mark")
        await table.until("Create a token, step")
        await table.press(*"api")
        await table.until(lambda: "Create a token, step" not in table.text)
        assert "Copy the API key" in table.text
        await table.press("escape")
        await table.until("ENVIRONMENT")


@pytest.mark.long
async def test_help_gives_the_command_that_is_chosen() -> None:
    async with running() as table:
        await table.press("colon")
        await table.until("Copy the token")
        await table.press(*"switch tab")
        await table.until(lambda: "Copy the token" not in table.text)
        await table.press("enter")
        await table.until(
            lambda: (
                isinstance(table.app.screen, TokensScreen)
                and tokens(table).tab == "management"
            )
        )


async def test_settings_open_on_capital_s_and_enter_returns_to_the_tokens() -> None:
    async with running() as table:
        await table.press("S")
        await table.until("SETTINGS")
        await table.press("enter")
        await table.until("ENVIRONMENT")


async def test_q_quits_at_once_when_nothing_would_be_lost() -> None:
    async with running() as table:
        await table.press("q")
        await table.until(lambda: table.app._exit)


async def test_ascii_mode_sends_nothing_but_ascii() -> None:
    async with running(ascii_only=True) as table:
        await table.press("o")
        await table.press("o", "slash", "w")
        assert table.text.isascii()
        await table.press("escape", "n")
        await table.until("Name (required")
        assert table.text.isascii()
        await table.press("escape", "question_mark")
        await table.until("COMMAND")
        assert table.text.isascii()


async def test_the_card_of_a_row_is_unmasked_until_the_cursor_moves() -> None:
    async with running() as table:
        token = table.app.workspace.snapshot.delivery_token(
            tokens(table).table.cursor_key or ""
        )
        assert token is not None
        await table.press("u")
        await table.until(token.value.reveal())
        await table.press("down")
        await table.until(lambda: token.value.reveal() not in table.text)
        await table.press("up")
        await table.pilot.pause()
        assert token.value.reveal() not in table.text


@pytest.mark.long
async def test_remapped_keys_do_their_work_and_are_shown_and_stay_text_in_fields() -> (
    None
):
    keys = {"switch_tab": ("t",), "sort": ("f5",), "quit": ("Q", "ctrl+c")}
    async with running(settings=Settings(keys=keys), size=(200, 36)) as table:
        assert "f5 sort" in table.text
        await table.press("o", "q")
        assert tokens(table).tab == "delivery"
        await table.press("t")
        assert tokens(table).tab == "management"
        await table.press("slash", "t")
        assert (tokens(table).tab, tokens(table).table.filter_text) == (
            "management",
            "t",
        )
        await table.press("escape", "question_mark")
        await table.type("Sort by")
        await table.until("Sort by the next")
        assert "f5" in table.text
        await table.press("escape", "Q")
        await table.until(lambda: table.app._exit)


@pytest.mark.long
async def test_every_text_names_the_keys_as_they_are_bound_now() -> None:
    ids = (
        "copy",
        "copy_preview",
        "copy_api_key",
        "switch_tab",
        "filter",
        "switch_scope",
        "next",
        "leave_filter",
    )
    keys = {name: (f"f{number}",) for number, name in enumerate(ids, start=4)}
    async with running(settings=Settings(keys=keys)) as table:
        await table.press("down")
        await table.until("f7 switch")
        for words in ("f4 copy", "f5 copy", "f6 copy"):
            assert words in table.text
        await table.press("f8")
        await table.type("nothing")
        await table.until("f11 shows all tokens again.")
        await table.press("f11", "n")
        await table.until("Name (required")
        await table.type("web")
        await table.press("f10")
        await table.until("f9 switch · f8 filter")
        await table.press("f8", "d")
        await table.until(lambda: "release_7" not in table.text)
        await table.press("escape")
        await table.until("release_7")
        await table.press("up", "space", "f10")
        await table.until(lambda: status(table) == "Mark at least one branch.")
        await table.press("space", "f10", "space", "f10")
        await table.until("f10  Generate Token")
        await table.press("f10")
        await table.until("Generated web")
        assert "f4 copy" in table.text
        assert "f6 copy" in table.text
        await table.press("escape")
        await table.until(lambda: "any time (f4)" in status(table))


async def test_tokens_are_marked_by_keys_and_unmarked_by_escape() -> None:
    async with running() as table:
        await table.press("space", "space")
        await table.until("2 marked")
        assert [token.name for token in tokens(table).moment().marked] == [
            token.name for token in table.app.workspace.snapshot.delivery.items[:2]
        ]
        await table.press("A")
        await table.until(f"{len(table.app.workspace.snapshot.delivery.items)} marked")
        await table.press("escape")
        await table.until(lambda: "marked" not in table.text)
