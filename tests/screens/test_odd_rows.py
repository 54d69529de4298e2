"""A row that isn't understood is among the others, and commands do nothing with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.screens.test_states import USERS, status
from tests.support.clock import clock
from tui.commands import Place, commands_of
from tui.connection.demo import connection_to
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedFault, SeedStack
from tui.sandbox.service import Sandbox
from tui.screens.details import DetailsScreen
from tui.screens.tokens import TokensScreen

HARMLESS = {"copy_api_key", "copy_uid", "clipboard_test", "details", "new"}
"""Commands that work on a row and do nothing with the token."""


def odd_sandbox(path: str = "*delivery_tokens", count: int = 4) -> Sandbox:
    tokens = [
        SeedDeliveryToken(
            name=f"web-{number}",
            uid=f"bltodd{number}",
            environments=["qa"],
            branches=["main"],
        )
        for number in range(count)
    ]
    stack = SeedStack(
        name="Shop",
        branches=["main", "dev"],
        environments=["qa", "prod"],
        delivery_tokens=tokens,
    )
    faults = [SeedFault(fault="odd-rows", path=path, method="GET")]
    return Sandbox.from_seed(Seed(users=USERS, stacks=[stack], faults=faults), clock)


async def to_odd_row(table: Table) -> TokensScreen:
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    await table.press("down")
    await table.until(lambda: screen.odd is not None)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 36)])
async def test_good_rows_are_shown_and_the_odd_ones_counted(
    size: tuple[int, int],
) -> None:
    async with running(size=size, sandbox=odd_sandbox()) as table:
        screen = await to_odd_row(table)
        assert "5 tokens, 2 not understood" in status(table)
        assert [table.text.count(f"web-{number}") > 0 for number in range(4)].count(
            True
        ) == 3
        assert screen.table.shown_count == 5
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DetailsScreen))
        words = " ".join(table.text.split())
        assert "$.tokens[1]" in words
        assert "missing required field `name`" in words
        await table.press("b")
        await table.until(lambda: table.app.screen is screen)


async def test_no_key_does_anything_with_an_odd_row_and_says_why() -> None:
    async with running(sandbox=odd_sandbox()) as table:
        screen = await to_odd_row(table)
        row = screen.odd
        assert row is not None
        for item in commands_of(Place.TOKENS):
            needs_token = item.reason(screen.moment()) is not None
            if item.id in HARMLESS or not needs_token:
                continue
            await table.press(item.keys[0])
            assert table.app.screen is screen, item.id
            assert status(table), item.id
        for key in (
            "c",
            "p",
            "x",
            "v",
            "e",
            "R",
            "d",
            "P",
            "D",
            "u",
            "f",
            "N",
            "space",
        ):
            await table.press(key)
            assert "understand this row" in status(table), key
            assert "$.tokens[1]" in status(table), key
            assert table.app.screen is screen, key
        assert not screen.table.marked
        await table.press("A")
        assert len(screen.table.marked) == 3
        assert table.written == []
        # With marks, no key acts on another row.
        await table.press("U")
        assert (
            status(table) == "3 marked. U copies the uid of one. Esc clears the marks."
        )
        await table.press("escape", "U")
        assert table.copied == [row.uid]


async def test_an_odd_row_without_a_uid_keeps_its_place_over_a_refresh() -> None:
    async with running(sandbox=odd_sandbox()) as table:
        screen = await to_odd_row(table)
        await table.press("down")
        row = screen.odd
        assert row is not None
        assert row.title == "row 3"
        await table.press("U")
        assert "no uid" in status(table)
        assert table.copied == []
        before = screen.snapshot.delivery
        await table.press("r")
        await table.until(lambda: screen.snapshot.delivery is not before)
        assert screen.odd == row


@pytest.mark.long
@pytest.mark.parametrize("path", ["*/environments", "*/branches"])
async def test_an_odd_choice_is_listed_and_cannot_be_marked(path: str) -> None:
    async with running(sandbox=odd_sandbox(path)) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.press(*"kiosk", "enter")
        await table.until("Branches")
        if path == "*/environments":
            await table.press("enter")
            await table.until("its one")
        await table.until("not understood")
        await table.press("down")
        if path == "*/branches":
            await table.press("down")
        await table.press("space")
        await table.until("so you can't mark it")
        await table.press("A")
        assert "- " in table.text


async def test_an_odd_stack_is_listed_and_cannot_be_opened() -> None:
    stacks = [
        SeedStack(name=name, branches=["main"], environments=["qa"])
        for name in ("One", "Two")
    ]
    faults = [SeedFault(fault="odd-rows", path="/v3/stacks", method="GET")]
    sandbox = Sandbox.from_seed(Seed(users=USERS, stacks=stacks, faults=faults), clock)
    async with running(sandbox=sandbox) as table:
        await table.press("w")
        await table.until("3 stacks, 2 not understood")
        screen = table.app.screen
        await table.press("down")
        await table.press("enter")
        await table.until("can't be opened")
        assert table.app.screen is screen


def rewriting(app: Any, old: bytes, new: bytes) -> Any:
    """Return the application with other bytes in its answers."""

    async def changed(scope: Any, receive: Any, send: Any) -> None:
        kept: list[Any] = []

        async def keep(message: Any) -> None:
            kept.append(message)

        await app(scope, receive, keep)
        body = kept[-1].get("body", b"").replace(old, new)
        headers = [pair for pair in kept[0]["headers"] if pair[0] != b"content-length"]
        await send({**kept[0], "headers": headers})
        await send({**kept[-1], "body": body})

    return changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"name":"web-1"', b'"name":"a\\ud800b"'),
        (b'"name":"web-1"', b'"name":"a\\u0000b"'),
        (b'"name":"web-1"', b'"name":"a\xed\xa0\x80b"'),
        (b'"token":"cs', b'"token":"\\ud800'),
        (b'"uid":"bltodd1"', b'"uid":"../\\u0000"'),
    ],
)
async def test_text_that_cannot_be_written_makes_an_odd_row(
    old: bytes, new: bytes
) -> None:
    sandbox = odd_sandbox("nowhere")
    connection = connection_to(sandbox)
    apps = {
        url: rewriting(app, old, new) for url, app in (connection.apps or {}).items()
    }
    connection = replace(connection, apps=apps)
    async with running(connect=lambda: connection) as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        while screen.odd is None:
            await table.press("down")
        for key in ("c", "R", "e", "x", "d", "v"):
            await table.press(key)
            assert "understand this row" in status(table)
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DetailsScreen))
        await table.until("Reason")
        assert table.written == []
        table.text.encode()


async def test_a_list_that_was_cut_says_so_where_it_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.contentstack.client.MOST_ROWS", 100)
    async with running(sandbox=odd_sandbox("nowhere", count=150)) as table:
        assert "100+" in table.text
        assert "100 tokens (only the first 100 rows were read)" in status(table)
