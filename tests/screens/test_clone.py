"""A new token like an existing one."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.sandbox.organization import StackRecord
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedStack, SeedUser
from tui.sandbox.service import Sandbox
from tui.screens.tokens import TokensScreen
from tui.widgets.status_line import StatusLine
from tui.workspace.plan import Plan


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def place_cursor(table: Table, name: str) -> None:
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    token = next(
        token
        for token in table.app.workspace.snapshot.delivery.items
        if token.name == name
    )
    screen.show_token(token.uid)


async def through(table: Table) -> None:
    for seen in ("Branches ", "its one", "Generate Token", "Generated "):
        await table.press("enter")
        await table.until(seen)


async def test_a_clone_has_scope_and_preview_of_its_model_and_a_name_of_its_own() -> (
    None
):
    async with running(size=(60, 15)) as table:
        place_cursor(table, "preview-editors")
        await table.press("N")
        await table.until("Name (required")
        assert "Filled in from preview-editors" in status(table)
        await table.type("-2")
        await through(table)
        made = next(
            token
            for token in held(table).delivery_tokens.values()
            if token.name == "preview-editors-copy-2"
        )
        assert made.names("environment") == ["preview-eu"]
        assert made.names("branch") == ["main", "development"]
        assert made.description == "Live Preview for the editors in Europe."
        assert table.app.workspace.snapshot.delivery.items[0].preview is not None


@pytest.mark.long
async def test_a_second_clone_finds_another_name() -> None:
    async with running() as table:
        for name in ("qa-bot-copy", "qa-bot-copy-2"):
            place_cursor(table, "qa-bot")
            await table.press("N")
            await table.until("Name (required")
            assert table.app.workspace.forms["delivery"].plan.name == name
            await through(table)
            await table.press("enter")
            await table.until(lambda: isinstance(table.app.screen, TokensScreen))


async def test_a_clone_from_the_card_that_is_left_untouched_leaves_nothing() -> None:
    async with running() as table:
        await table.press("enter")
        await table.until("── partner-feed ─")
        await table.press("N")
        await table.until("Name (required")
        await table.press("escape")
        await table.until("── partner-feed ─")
        assert table.app.workspace.forms["delivery"].plan == Plan()
        assert table.app.workspace.at_stake is None


@pytest.mark.long
async def test_branches_and_aliases_of_one_token_are_both_kept() -> None:
    token = SeedDeliveryToken(
        name="both", environments=["production"], branches=["main"], aliases=["live"]
    )
    stack = SeedStack(
        name="Shop",
        branches=["main"],
        aliases={"live": "main"},
        environments=["production"],
        delivery_tokens=[token],
    )
    users = [SeedUser(email="ana@example.com", roles={"*": "Admin"})]
    async with running(
        sandbox=Sandbox.from_seed(Seed(users=users, stacks=[stack]), clock)
    ) as table:
        await table.press("N")
        await table.until("Name (required")
        assert "branches and aliases" in status(table)
        await through(table)
        made = next(
            token
            for token in held(table).delivery_tokens.values()
            if token.name == "both-copy"
        )
        assert (made.names("branch"), made.names("branch_alias")) == (
            ["main"],
            ["live"],
        )


@pytest.mark.long
async def test_a_management_token_is_cloned_likewise() -> None:
    async with running() as table:
        await table.press("o")
        token = next(
            item
            for item in table.app.workspace.snapshot.management.items
            if item.email_notice
        )
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(token.uid)
        await table.press("N")
        await table.until("Name (required")
        assert f"Filled in from {token.name}" in status(table)
        for seen in ("Branches ", "Read and write", "Generate Token", "Generated "):
            await table.press("enter")
            await table.until(seen)
        made = next(
            item
            for item in held(table).management_tokens.values()
            if item.name == f"{token.name}-copy"
        )
        assert token.expires_on is not None
        assert (made.expires_on, made.email_notice) == (
            token.expires_on.date().isoformat(),
            True,
        )
        await table.press("c", "enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        await table.press("N")
        await table.until("Name (required")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert table.app.workspace.at_stake is None
