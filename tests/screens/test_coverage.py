"""From the map to a token, and from a gap in it to a new one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.sandbox.organization import StackRecord
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedStack, SeedUser
from tui.sandbox.service import Sandbox
from tui.screens.confirm import Confirm
from tui.screens.coverage import CoverageScreen
from tui.screens.tokens import TokensScreen
from tui.widgets.grid import Grid
from tui.widgets.status_line import StatusLine
from tui.workspace.plan import Plan

USERS = [SeedUser(email="ana@example.com", roles={"*": "Admin"})]


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


async def to_the_cell(table: Table, environment: str, lane: str) -> None:
    """Go to the cell using only keys, from wherever the cursor is."""
    grid = table.app.screen.query_one(Grid)
    await table.press("home", "g")
    while grid.column_key != lane:
        await table.press("l")
    while grid.cursor_key != environment:
        await table.press("j")
    await table.until(f"── {environment} · {lane}")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 15)])
async def test_the_map_tells_gaps_doubles_and_who_serves_a_cell(
    size: tuple[int, int],
) -> None:
    async with running(size=size) as table:
        await table.press("m")
        await table.until("BRANCHES")
        assert status(table).startswith(
            "12 uncovered (-), 9 only under another name (n)"
        )
        assert len(status(table)) <= 78
        await to_the_cell(table, "preview-eu", "branch development")
        await table.until("Preview  preview-editors")
        await to_the_cell(table, "staging", "alias deploy")
        await table.until("Another name  web-staging (branch main)")
        assert "Points to     branch main" in table.text
        assert "▌staging" in table.text


async def test_a_gap_opens_the_wizard_filled_in_and_is_closed_by_what_is_made() -> None:
    async with running() as table:
        await table.press("m")
        await table.until("BRANCHES")
        await to_the_cell(table, "qa", "alias dev")
        before = table.text
        await table.press("enter")
        await table.until("Name (required")
        assert "Type a name" in status(table)
        await table.type("qa-dev")
        await table.press("enter")
        await table.until("Aliases 3")
        await table.press("enter")
        await table.until("[x]")
        await table.press("enter")
        await table.until("Generate Token")
        await table.press("enter")
        await table.until("Generated qa-dev")
        made = next(
            token
            for token in held(table).delivery_tokens.values()
            if token.name == "qa-dev"
        )
        assert made.names("environment") == ["qa"]
        assert made.names("branch_alias") == ["dev"]
        assert made.names("branch") == []
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, CoverageScreen))
        await table.until("No preview  qa-dev")
        assert table.text != before


@pytest.mark.long
async def test_a_form_that_was_only_filled_in_is_nothing_to_keep() -> None:
    async with running() as table:
        await table.press("m")
        await table.until("BRANCHES")
        await to_the_cell(table, "qa", "branch development")
        await table.press("enter")
        await table.until("Name (required")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, CoverageScreen))
        assert table.app.workspace.forms["delivery"].plan == Plan()
        await table.press("enter")
        await table.until("Name (required")
        await table.type("qa-dev")
        await table.press("escape")
        await table.until("Kept what you typed")
        assert table.app.workspace.forms["delivery"].plan.name == "qa-dev"


@pytest.mark.long
async def test_a_plan_that_was_begun_is_asked_about_before_it_is_replaced() -> None:
    async with running() as table:
        begun = Plan(name="half", description="done")
        table.app.workspace.forms["delivery"].plan = begun
        await table.press("m")
        await table.until("BRANCHES")
        await to_the_cell(table, "qa", "branch development")
        await table.press("enter")
        await table.until("Replace the token you started, half?")
        await table.press("n")
        await table.until(lambda: not isinstance(table.app.screen, Confirm))
        assert isinstance(table.app.screen, CoverageScreen)
        assert table.app.workspace.forms["delivery"].plan == begun
        await table.press("enter", "y")
        await table.until("Name (required")
        assert table.app.workspace.forms["delivery"].plan == Plan(
            branches=("development",), environments=("qa",)
        )


@pytest.mark.long
async def test_a_served_cell_leads_to_its_token_out_of_filter_and_tab() -> None:
    async with running() as table:
        await table.press("slash", *"web", "enter", "o", "m")
        await table.until("BRANCHES")
        await to_the_cell(table, "qa", "alias release")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        token = screen.token
        assert token is not None
        assert (screen.tab, token.name, screen.table.filter_text) == (
            "delivery",
            "qa-bot",
            "",
        )
        assert screen.table.has_focus


@pytest.mark.long
async def test_a_stack_without_branches_has_one_column() -> None:
    async with running(stack="Press") as table:
        await table.press("m")
        await table.until("▌production")
        assert "2 p" in table.text
        assert "BRANCHES" not in table.text
        await table.until("No preview  wire-service")
        await table.press("j")
        await table.until("No preview  press-staging")


async def test_who_may_not_make_tokens_sees_the_map_and_is_told_at_a_gap() -> None:
    async with running() as table:
        table.app.workspace.snapshots.change(read_only=True)
        await table.press("m")
        await table.until("BRANCHES")
        await to_the_cell(table, "qa", "branch main")
        await table.press("enter")
        assert "read-only" in status(table)
        assert isinstance(table.app.screen, CoverageScreen)


async def test_who_may_not_read_tokens_gets_no_map_and_the_reason() -> None:
    async with running(role="Content Manager", wait="Content Manager") as table:
        await table.until(lambda: not table.app.workspace.snapshot.reading)
        await table.press("m")
        assert "couldn't be read" in status(table)
        assert isinstance(table.app.screen, TokensScreen)


async def test_what_was_not_read_is_not_called_a_gap() -> None:
    async with running() as table:
        workspace = table.app.workspace
        unread = replace(workspace.snapshot.branches, read=False, items=())
        workspace.snapshots.change(branches=unread)
        await table.press("m")
        assert "branches and aliases couldn't be read" in status(table)
        assert isinstance(table.app.screen, TokensScreen)


async def test_a_stack_without_environments_has_no_map_and_says_why() -> None:
    seed = Seed(users=USERS, stacks=[SeedStack(name="New", branches=["main"])])
    async with running(sandbox=Sandbox.from_seed(seed, clock)) as table:
        await table.press("m")
        assert "no environment" in status(table)


@pytest.mark.long
@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_fifty_environments_by_thirty_branches_are_gone_through(
    size: tuple[int, int],
) -> None:
    environments = [f"env-{number:02}" for number in range(50)]
    branches = ["main", *(f"branch_{number:02}" for number in range(1, 30))]
    token = SeedDeliveryToken(
        name="corner", environments=["env-49"], branches=["branch_29"]
    )
    stack = SeedStack(
        name="Big",
        branches=branches,
        environments=environments,
        delivery_tokens=[token],
    )
    async with running(
        sandbox=Sandbox.from_seed(Seed(users=USERS, stacks=[stack]), clock), size=size
    ) as table:
        await table.press("m")
        await table.until("1499 uncovered")
        assert "more →" in table.text
        grid = table.app.screen.query_one(Grid)
        await table.press("G")
        while grid.column_key != "branch branch_29":
            await table.press("l")
        await table.until("No preview  corner")
        assert "▌env-49" in table.text


async def test_the_map_is_drawn_in_ascii() -> None:
    async with running(ascii_only=True, size=(60, 15)) as table:
        await table.press("m")
        await table.until("BRANCHES")
        await table.press("end")
        await table.until("< more")
        assert table.text.isascii()


async def test_a_token_that_serves_no_cell_is_counted() -> None:
    nowhere = SeedDeliveryToken(name="nowhere", environments=["qa"], branches=["main"])
    stack = SeedStack(
        name="Small",
        branches=["main"],
        environments=["qa"],
        delivery_tokens=[nowhere],
    )
    sandbox = Sandbox.from_seed(Seed(users=USERS, stacks=[stack]), clock)
    (record,) = sandbox.stacks[0].delivery_tokens.values()
    record.scope = [x for x in record.scope if x["module"] != "environment"]
    async with running(sandbox=sandbox) as table:
        await table.press("m")
        await table.until("Not shown: 1 token without an environment or branch.")
