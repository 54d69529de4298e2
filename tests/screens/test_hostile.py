"""Text from outside: kept exactly, shown harmlessly."""

from __future__ import annotations

import pytest

from tests.screens.session import running
from tests.screens.test_states import USERS
from tests.support.clock import clock
from tui.contentstack.models import DeliveryTokenRequest
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedStack
from tui.sandbox.service import Sandbox
from tui.screens.details import DetailsScreen
from tui.screens.tokens import TokensScreen

NAMES = [
    "[/prod]",
    "[bold]x",
    "\x1b]52;c;aGFja2Vk\x07",
    "n" * 300,
    "رمز الإنتاج",
    "生产环境令牌",
    "e\u0301e\u0301 cafe\u0301",
    "می\u200cخواهم",
    "a\u202eb",
    "two\nlines",
]


def hostile_sandbox() -> Sandbox:
    tokens = [
        SeedDeliveryToken(
            name=name, description=name, environments=["qa"], branches=["main"]
        )
        for name in NAMES
    ]
    stack = SeedStack(
        name="[red]Shop", branches=["main"], environments=["qa"], delivery_tokens=tokens
    )
    return Sandbox.from_seed(Seed(users=USERS, stacks=[stack]), clock)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_every_name_lists_opens_and_copies(size: tuple[int, int]) -> None:
    async with running(size=size, sandbox=hostile_sandbox()) as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        assert screen.table.shown_count == len(NAMES)
        for token in table.app.workspace.snapshot.delivery.items:
            screen.table.move_to(token.uid)
            table.written.clear()
            await table.press("c")
            assert table.copied == [token.value.reveal()]
            await table.press("enter")
            await table.until(lambda: isinstance(table.app.screen, DetailsScreen))
            assert "\x1b" not in table.text
            assert "\u202e" not in table.text
            await table.press("escape")
            await table.until(lambda: table.app.screen is screen)
        assert "[red]Shop" in table.text


@pytest.mark.parametrize("name", NAMES)
async def test_every_name_can_be_filtered_for(name: str) -> None:
    async with running(sandbox=hostile_sandbox()) as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        await table.press("slash")
        await table.type(name)
        await table.until(lambda: screen.table.shown_count < len(NAMES))
        key = screen.table.cursor_key
        if "\x1b" in name or "\u202e" in name:
            return  # the table shows these as marks, and searches match what it shows
        assert key is not None
        token = table.app.workspace.snapshot.delivery_token(key)
        assert token is not None
        assert token.name == name or "\n" in name


async def test_a_name_with_a_joiner_stays_exact_on_the_server_after_an_edit() -> None:
    async with running(sandbox=hostile_sandbox()) as table:
        client = table.app.workspace.connection.calls
        before = next(
            token for token in await client.delivery_tokens() if "\u200c" in token.name
        )
        draft = DeliveryTokenRequest(
            name=before.name, description="changed", scope=before.scope
        )
        after = await client.update_delivery_token(before.uid, draft)
        assert (after.name, after.description) == ("می\u200cخواهم", "changed")


@pytest.mark.long
async def test_a_name_of_markup_goes_through_the_wizard_as_text() -> None:
    async with running(sandbox=hostile_sandbox()) as table:
        await table.press("n")
        await table.until("Name (required")
        await table.type("[blink]new[/]")
        await table.press("enter")
        await table.until("Branches 1")
        if "[x]" not in table.text:
            await table.press("space")
        await table.press("enter")
        await table.until("its one")
        await table.press("space", "enter")
        await table.until("[blink]new[/]")
        await table.press("enter")
        await table.until("Generated [blink]new[/]")
        assert table.app.workspace.snapshot.delivery.items[0].name == "[blink]new[/]"
