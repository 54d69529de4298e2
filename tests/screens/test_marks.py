"""With marks, every key acts on the marked tokens, or says that it takes one."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.screens.test_odd_rows import odd_sandbox
from tests.screens.test_states import sandbox_of
from tests.screens.test_tokens import status, tokens
from tui.commands import COMMANDS, Command, Place
from tui.sandbox.seed import SeedDeliveryToken, SeedStack
from tui.screens.tokens import TokensScreen

ON_ALL_MARKED = {"verify", "delete", "export"}
NOT_ABOUT_A_TOKEN = {
    *("new", "copy_api_key", "switch_tab", "filter", "leave_filter", "sort", "reverse"),
    *("clipboard_test", "clipboard_clear", "refresh", "coverage", "health", "stacks"),
    *("settings", "doctor", "sign_in", "sign_out", "region", "messages"),
    *("mark", "mark_all", "recreate", "all_stacks", "expiry", "complete"),
    *("identify", "find"),
}
TAKE_ONE = [
    item
    for item in COMMANDS
    if Place.TOKENS in item.places and item.id not in ON_ALL_MARKED | NOT_ABOUT_A_TOKEN
]


def names(table: Table) -> list[str]:
    return [token.name for token in table.app.workspace.snapshot.delivery.items]


def test_what_takes_one_is_known() -> None:
    assert {item.id for item in TAKE_ONE} >= {"copy", "edit", "rotate", "details"}


@pytest.mark.parametrize("item", TAKE_ONE, ids=lambda item: item.id)
async def test_with_several_marks_it_says_that_it_takes_one(item: Command) -> None:
    async with running() as table:
        await table.press("space", "space", "down")
        await table.press(item.keys[0])
        await table.until(lambda: status(table).startswith("2 marked. "))
        assert status(table).endswith(" one. Esc clears the marks.")
        assert tokens(table).is_active
        assert table.copied == []


async def test_with_one_mark_keys_act_on_it_and_never_on_the_next_row() -> None:
    async with running() as table:
        first = table.app.workspace.snapshot.delivery.items[0]
        await table.press("space", "c")
        await table.until(lambda: len(table.copied) == 1)
        assert table.copied == [first.value.reveal()]
        await table.press("down", "enter")
        await table.until(f"── {first.name} ─")
        await table.press("escape")
        await table.until("ENVIRONMENT")
        # Only the marked token's values are revealed.
        await table.press("down", "u")
        await table.until(first.value.reveal())
        assert tokens(table).token == first


async def test_the_keys_count_what_they_act_on() -> None:
    async with running() as table:
        assert "x export  v verify" in table.text
        await table.press("space", "space")
        await table.until("v verify 2  d delete 2")
        await table.press("d")
        await table.until("2 tokens")
        for name in names(table)[:2]:
            assert name in table.text


@pytest.mark.parametrize(
    ("marks", "counted"),
    [(1, "v verify 1  d delete 1"), (2, "v verify 2  d delete 2  x export 2")],
)
async def test_what_counts_the_marks_is_never_lost_at_80_columns(
    marks: int, counted: str
) -> None:
    async with running() as table:
        await table.press(*["space"] * marks)
        await table.until(f"Esc unmark  {counted}")


@pytest.mark.long
async def test_with_a_filter_the_refusal_says_what_esc_clears_first() -> None:
    async with running() as table:
        await table.press("slash", *"web", "enter", "A", "c")
        await table.until("one. Esc clears the filter, then the marks.")
        await table.press("escape")
        await table.until("3 marked")
        await table.press("escape")
        await table.until(lambda: "marked" not in status(table))


async def test_all_marked_are_exported_one_after_the_other() -> None:
    async with running() as table:
        first, second = table.app.workspace.snapshot.delivery.items[:2]
        await table.press("space", "space", "x")
        await table.until("EXPORT AS")
        await table.until(f"{first.name} · 1 of 2 · environment production")
        await table.press("u")
        await table.until(first.value.reveal())
        await table.press("alt+o")
        await table.until(f"{second.name} · 2 of 2")
        assert "alias release · preview on" in table.text
        assert second.value.reveal() not in table.text
        await table.press("c")
        await table.until(lambda: len(table.copied) == 1)
        assert second.value.reveal() in table.copied[0]
        await table.press("o")
        await table.until("1 of 2")
        await table.press("escape")
        await table.until(f"Copied {second.name} as ")


async def test_of_what_is_gone_the_row_and_the_details_say_so() -> None:
    stack = SeedStack(
        name="Old",
        branches=["main"],
        environments=["web"],
        gone=["release_6", "beta"],
        delivery_tokens=[
            SeedDeliveryToken(
                name="both", environments=["web"], branches=["main", "release_6"]
            ),
            SeedDeliveryToken(name="none", environments=["beta"], branches=["main"]),
        ],
    )
    async with running(size=(120, 36), sandbox=sandbox_of(stack)) as table:
        screen = tokens(table)
        for token in table.app.workspace.snapshot.delivery.items:
            gone = {"both": "release_6 (gone)", "none": "beta (gone)"}[token.name]
            screen.show_token(token.uid)
            await table.until(f"── {token.name} ─")
            # In its row, and in its details.
            assert table.text.count(gone) == 2


@pytest.mark.long
async def test_no_key_acts_on_a_mark_that_the_filter_hides() -> None:
    async with running(size=(120, 36)) as table:
        screen, listed = tokens(table), table.app.workspace.snapshot.delivery.items
        await table.press("space", "slash", *"web", "enter")
        await table.until("1 marked, hidden by the filter")
        shown = screen.token
        assert shown is not None
        assert shown != listed[0]
        assert screen.moment().marked == ()
        assert screen.moment().chosen == (shown,)
        assert f"── {shown.name} ─" in table.text
        assert "v verify  e edit" in table.text
        await table.press("c")
        await table.until(lambda: len(table.copied) == 1)
        assert shown.value is not None
        assert table.copied == [shown.value.reveal()]
        await table.press("d")
        await table.until(f"Delete {shown.name}")
        assert listed[0].name not in table.text
        await table.press("escape")
        await table.until("ENVIRONMENT")
        # Without the filter, the mark counts again.
        await table.press("escape")
        await table.until("1 marked · ")
        assert screen.token == listed[0]
        assert "v verify 1" in table.text


@pytest.mark.parametrize(("key", "title"), [("v", "Verify"), ("d", "Delete")])
async def test_all_marked_means_all_marked_that_are_shown(key: str, title: str) -> None:
    async with running() as table:
        await table.press("A")
        await table.until("12 marked")
        await table.press("slash", *"web")
        await table.until("12 marked, 9 hidden by the filter")
        await table.press("enter")
        await table.until("v verify 3  d delete 3")
        shown = tokens(table).table.shown_keys
        chosen = tokens(table).moment().chosen
        assert {token.uid for token in chosen} == set(shown)
        await table.press(key)
        await table.until(f"{title} 3 tokens")


@pytest.mark.long
async def test_no_key_acts_where_the_filter_hides_every_row() -> None:
    async with running() as table:
        await table.press("space", "slash", *"zzz", "enter")
        await table.until("1 marked, hidden by the filter")
        for key in ("c", "d", "v", "e", "u", "enter"):
            await table.press(key)
            assert status(table) == "There's no token under the cursor.", key
        assert tokens(table).is_active
        assert table.copied == []


@pytest.mark.long
async def test_an_odd_row_is_acted_on_while_the_mark_is_hidden() -> None:
    async with running(sandbox=odd_sandbox()) as table:
        await table.press("space", "slash", *"understood", "enter")
        await table.until("hidden by the filter")
        row = tokens(table).odd
        assert row is not None
        await table.press("U")
        await table.until(lambda: table.copied == [row.uid])


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (150, 18)])
async def test_the_card_shows_the_one_marked_token(size: tuple[int, int]) -> None:
    async with running(size=size) as table:
        first, second = table.app.workspace.snapshot.delivery.items[:2]
        assert f"{first.name} (marked)" not in table.text
        await table.press("space")
        await table.until(f"── {first.name} (marked) ─")
        for key in ("down", "down", "G", "s"):
            await table.press(key)
            await table.until(f"── {first.name} (marked) ─")
        await table.press("escape")
        await table.until("── ")
        await table.until(lambda: "(marked)" not in table.text)
        await table.press("s", "g")
        assert second.name in table.text


@pytest.mark.long
async def test_values_are_shown_of_the_marked_token_and_hidden_with_its_mark() -> None:
    async with running() as table:
        first = table.app.workspace.snapshot.delivery.items[0]
        await table.press("space", "u")
        await table.until(first.value.reveal())
        await table.press("escape")
        await table.until(lambda: first.value.reveal() not in table.text)
        await table.press("up")
        await table.until(f"── {first.name} ─")
        assert first.value.reveal() not in table.text


async def test_with_several_marks_the_card_names_no_key_that_is_refused() -> None:
    async with running() as table:
        third = table.app.workspace.snapshot.delivery.items[2]
        assert "c copy" in table.text
        await table.press("space", "space")
        await table.until(f"── {third.name} ─")
        card = table.text.split(f"── {third.name} ─")[1]
        assert "Delivery" in card
        assert "c copy" not in card
        assert "p copy" not in card
        assert "y copy" in card


async def test_a_long_name_leaves_room_to_say_that_it_is_marked() -> None:
    token = SeedDeliveryToken(name=LONG, environments=["production"], branches=["main"])
    stack = SeedStack(
        name="Shop",
        environments=["production"],
        branches=["main"],
        delivery_tokens=[token],
    )
    async with running(sandbox=sandbox_of(stack)) as table:
        await table.press("space")
        await table.until("xxx (marked) ─")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36), (200, 50)])
async def test_marking_and_warning_shift_nothing(size: tuple[int, int]) -> None:
    async with running(size=size) as table:

        def rows() -> list[str]:
            lines = table.text.split("\n")
            return [line[3:] for line in lines if line[4:16].strip() in names(table)]

        before = rows()
        assert before
        await table.press("A")
        await table.until("12 marked")
        assert rows() == before
        assert "\n *! newsletter" in table.text


@pytest.mark.long
async def test_a_new_token_has_the_cursor_and_so_has_a_clone() -> None:
    async with running(size=(80, 24)) as table:
        await table.press("G")
        await table.fill_wizard("kiosk-hamburg")
        await table.press("enter")
        await table.until("Generated kiosk-hamburg")
        await table.press("escape")
        await table.until("ENVIRONMENT")
        screen = tokens(table)
        assert screen.token is not None
        assert screen.token.name == "kiosk-hamburg"
        x, y = table.app.cursor_on_screen
        assert "kiosk-hamburg" in table.text.split("\n")[y][x:]


@pytest.mark.long
async def test_while_a_rotation_is_kept_the_cursor_is_on_the_old_token() -> None:
    async with running() as table:
        await table.press("G", "up")
        old = tokens(table).token
        assert old is not None
        await table.press("R")
        await table.until("Rotate ")
        await table.press("enter")
        await table.until("[x] 1")
        await table.press("escape")
        await table.until(lambda: tokens(table).is_active)
        await table.until(lambda: "Paused rotating" in status(table))
        assert tokens(table).token == old


@pytest.mark.long
@pytest.mark.parametrize("way", [(), ("enter",)], ids=["from the list", "from details"])
async def test_after_a_rotation_the_cursor_is_on_the_replacement(
    way: tuple[str, ...],
) -> None:
    async with running() as table:
        await table.press("G", "up")
        old = tokens(table).token
        assert old is not None
        if way:
            await table.press(*way)
            await table.until("fingerprint")
        await table.press("R")
        await table.until("Rotate ")
        # Create it, leave out to verify and to export it, and delete the old one.
        await table.press("enter")
        await table.until("[x] 1")
        await table.press("space", "space")
        await table.until("[x] 3")
        await table.press("enter")
        await table.until("Type ")
        await table.type(old.name)
        await table.press("enter")
        await table.until("[x] 4")
        await table.press("space")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        token = tokens(table).token
        assert token is not None
        assert token.name.startswith(old.name)
        assert token.uid != old.uid
        x, y = table.app.cursor_on_screen
        assert token.name in table.text.split("\n")[y][x:]


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_a_name_is_never_cut_while_there_is_slack(size: tuple[int, int]) -> None:
    async with running(size=size) as table:
        for name in names(table)[:5]:
            assert name in table.text


@pytest.mark.parametrize(
    ("size", "columns"),
    [
        ((80, 24), "NAME ENVIRONMENT BRANCH / ALIAS PRV TOKEN UPDATED"),
        ((100, 24), "NAME ENVIRONMENT BRANCH / ALIAS PRV TOKEN UPDATED CREATED"),
        (
            (200, 50),
            "NAME ENVIRONMENT BRANCH / ALIAS PRV TOKEN UPDATED CREATED BY DESCRIPTION",
        ),
    ],
)
async def test_wider_windows_bring_more_columns(
    size: tuple[int, int], columns: str
) -> None:
    async with running(size=size) as table:
        head = next(line for line in table.text.split("\n") if "NAME" in line)
        assert " ".join(head.split()).startswith(columns)


@pytest.mark.parametrize(
    ("size", "where"),
    [((80, 24), "below"), ((120, 36), "below"), ((150, 18), "beside")],
)
async def test_the_details_stand_where_less_is_lost(
    size: tuple[int, int], where: str
) -> None:
    async with running(size=size) as table:
        assert tokens(table).has_class(where)
        lines = table.text.split("\n")
        rule = next(line for line in lines if "── partner-feed" in line)
        assert rule.startswith("──") == (where == "below")


LONG = "storefront-" + "x" * 256


@pytest.mark.long
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_a_name_of_267_characters_leaves_all_in_shape(
    size: tuple[int, int],
) -> None:
    stack = SeedStack(
        name="Shop",
        environments=["production", "staging"],
        branches=["main"],
        delivery_tokens=[
            SeedDeliveryToken(
                name=LONG, environments=["production"], branches=["main"]
            ),
            SeedDeliveryToken(name="web", environments=["staging"], branches=["main"]),
        ],
    )
    async with running(sandbox=sandbox_of(stack), size=size) as table:
        head = next(line for line in table.text.split("\n") if "NAME" in line)
        # The other columns are where they are for short names.
        assert head.split()[1] == "ENVIRONMENT"
        assert "UPDATED" in head
        assert not any(len(line) > size[0] for line in table.text.split("\n"))
        await table.press("v")
        await table.until("Verify storefront-xxx")
        assert "xxxxx…xxxxx" in table.text
        assert table.text.count("x" * 40) <= 1
        await table.until(lambda: not table.app.screen_stack[-1].workers)
        await table.press("escape")
        await table.until("ENVIRONMENT  BRANCH")
        await table.press("n")
        await table.until("Name (required")
        await table.type(LONG + "2")
        await table.press("escape", "N")
        await table.until("y yes  n no")
        assert "What you typed for it will be lost." in table.text
