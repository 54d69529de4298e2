"""A token with hundreds of environments on hundreds of branches, on every screen that shows its scope."""

from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.sandbox.seed import Seed, SeedDeliveryToken, SeedStack, SeedUser
from tui.sandbox.service import Sandbox
from tui.screens.coverage import CoverageScreen
from tui.widgets.status_line import StatusLine
from tui.workspace.coverage import Coverage, Glance, Lane
from tui.workspace.verify import sample

MANY = 300
ENVIRONMENTS = [f"environment-{at}" for at in range(MANY)]
BRANCHES = [f"branch-{at}" for at in range(MANY)]


def huge() -> Sandbox:
    token = SeedDeliveryToken(
        name="everything", environments=ENVIRONMENTS, branches=BRANCHES
    )
    stack = SeedStack(
        name="Huge",
        branches=BRANCHES,
        environments=ENVIRONMENTS,
        delivery_tokens=[token],
    )
    user = SeedUser(email="ana@example.com", roles={"*": "Admin"})
    return Sandbox.from_seed(Seed(users=[user], stacks=[stack]), clock)


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


async def test_the_map_works_out_the_cells_in_view_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: set[tuple[str, Lane]] = set()
    glance = Coverage.glance

    def counted(self: Coverage, environment: str, lane: Lane) -> Glance:
        asked.add((environment, lane))
        return glance(self, environment, lane)

    monkeypatch.setattr(Coverage, "glance", counted)
    async with running(sandbox=huge()) as table:
        await table.press("m")
        await table.until("0 uncovered")
        assert isinstance(table.app.screen, CoverageScreen)
        await table.press("G", "end")
        await table.until("environment-299")
        assert len(asked) < 500


@pytest.mark.long
async def test_verify_says_what_it_did_not_ask_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sample, "_MOST_OF_ONE", 10)
    async with running(sandbox=huge()) as table:
        await table.press("v")
        await table.until(lambda: "Checked 10 of 90,000 places" in status(table))
        assert status(table).startswith("10 of 10 calls work.")


@pytest.mark.long
async def test_a_place_of_thousands_is_exported() -> None:
    async with running(sandbox=huge()) as table:
        await table.press("x")
        await table.until("1 of 90,000 · environment environment-0 · branch branch-0")
