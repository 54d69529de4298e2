"""Warnings, and the commands that fix them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.config.settings import Settings
from tui.contentstack.errors import ServerFailed
from tui.sandbox.organization import StackRecord
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedStack, SeedUser, seed_from
from tui.sandbox.service import Sandbox
from tui.screens.delete import DeleteScreen
from tui.screens.health import HealthScreen
from tui.screens.wizard import Wizard
from tui.widgets.status_line import StatusLine
from tui.widgets.token_table import TokenTable
from tui.workspace.snapshot import Listing


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


async def to_the_hint(table: Table, what: str) -> None:
    rows = table.app.screen.query_one(TokenTable)
    hint = next(
        hint for hint in table.app.workspace.warnings if hint.what.startswith(what)
    )
    await table.press("g")
    while rows.cursor_key != f"{hint.token.uid} {hint.what}":
        await table.press("j")
    await table.until(f"── {hint.token.name} · ")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_the_tabs_count_hints_and_the_list_says_why(
    size: tuple[int, int],
) -> None:
    async with running(size=size) as table:
        assert "Delivery 12 · 4 warnings h │ Management 4 · 1 warning" in table.text
        await table.press("h")
        await table.until("WARNING")
        await table.until("── migration-2 · management")
        assert "Why      It no longer works" in table.text
        assert "Delete it: press Enter, or d in the list." in table.text


async def test_enter_gives_the_command_that_mends_and_the_hint_goes() -> None:
    async with running() as table:
        await table.press("h")
        await table.until("WARNING")
        await to_the_hint(table, "no description")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, Wizard))
        await table.press("tab")
        await table.type("The newsletter.")
        for seen in ("Branches 3", "its one", "Changes to"):
            await table.press("enter")
            await table.until(seen)
        await table.press("enter")
        await table.until("Saved newsletter")
        assert isinstance(table.app.screen, HealthScreen)
        assert "no description" not in table.text
        names = {token.name: token for token in held(table).delivery_tokens.values()}
        assert names["newsletter"].description == "The newsletter."


async def test_a_token_of_which_nothing_is_left_is_deleted_from_its_hint() -> None:
    async with running() as table:
        await table.press("h")
        await table.until("WARNING")
        await to_the_hint(table, "branch release_6 gone")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DeleteScreen))
        await table.type("kiosk-berlin")
        await table.press("enter")
        await table.until("Deleted kiosk-berlin")
        assert "kiosk-berlin" not in {
            token.name for token in held(table).delivery_tokens.values()
        }
        assert "release_6" not in table.text
        await table.press("escape")
        await table.until("Delivery 11 · 3 warnings")


async def test_the_key_that_mends_is_the_one_that_is_bound() -> None:
    async with running(settings=Settings(keys={"delete": ("X",)})) as table:
        await table.press("h")
        await table.until("Delete it: press Enter, or X in the list.")


@pytest.mark.long
async def test_who_may_not_mend_is_told_so() -> None:
    async with running(role="Developer") as table:
        await table.press("h")
        await table.until("WARNING")
        assert "management tokens" in status(table)
        table.app.workspace.snapshots.change(read_only=True)
        await table.press("enter")
        assert "read-only" in status(table)
        assert isinstance(table.app.screen, HealthScreen)


async def test_what_could_not_be_read_is_said_not_to_be_judged() -> None:
    async with running() as table:
        error = ServerFailed("It failed")
        table.app.workspace.snapshots.change(environments=Listing(error=error))
        await table.press("h")
        await table.until(
            "Not checked, because some lists couldn't be read: environments."
        )


async def test_a_tidy_stack_says_that_there_is_no_hint() -> None:
    token = SeedDeliveryToken(
        name="web",
        description="The site.",
        environments=["production"],
        branches=["main"],
    )
    stack = SeedStack(
        name="Tidy",
        branches=["main"],
        environments=["production"],
        delivery_tokens=[token],
    )
    users = [SeedUser(email="ana@example.com", roles={"*": "Admin"})]
    async with running(
        sandbox=Sandbox.from_seed(Seed(users=users, stacks=[stack]), clock)
    ) as table:
        assert "Delivery 1 │ Management 0" in table.text
        await table.press("h")
        await table.until("No warnings about")
        await table.press("enter")
        assert isinstance(table.app.screen, HealthScreen)


@pytest.mark.long
async def test_no_token_read_is_no_hint_and_says_why() -> None:
    async with running() as table:
        table.app.workspace.snapshots.change(delivery=Listing(), management=Listing())
        await table.press("h")
        assert "tokens couldn't be read" in status(table)


@pytest.mark.long
async def test_thousands_of_tokens_are_counted_after_they_are_drawn() -> None:
    stack: dict[str, Any] = {
        "name": "Shop",
        "environments": ["production"],
        "fill_delivery_tokens": 600,
    }
    stack |= {"limits": {"delivery_tokens": 1000}}
    sandbox = Sandbox.from_seed(seed_from({"stacks": [stack]}), clock)
    async with running(sandbox=sandbox, wait="600 tokens · read") as table:
        await table.until(
            f"Delivery 600 · {len(table.app.workspace.warnings)} warnings"
        )
        assert len(table.app.workspace.warnings) > 600
