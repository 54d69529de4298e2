from __future__ import annotations

import pytest

from tests.screens.session import Table, running
from tui.sandbox.organization import StackRecord
from tui.screens.tokens import TokensScreen
from tui.screens.wizard import Wizard
from tui.widgets.status_line import StatusLine


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


async def to_the_review(table: Table) -> None:
    for seen in ("Branches 3", "its one", "Changes to"):
        await table.press("enter")
        await table.until(seen)


async def test_a_token_is_renamed_by_keys_alone() -> None:
    async with running(size=(60, 15)) as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("-2")
        await to_the_review(table)
        assert f"{token.name} -> {token.name}-2" in table.text
        await table.press("enter")
        await table.until(f"Saved {token.name}-2")
        assert held(table).delivery_tokens[token.uid].name == f"{token.name}-2"
        assert table.app.workspace.snapshot.delivery.items[0].value == token.value


@pytest.mark.long
async def test_nothing_changed_is_nothing_to_save() -> None:
    async with running() as table:
        await table.press("e")
        await table.until("Name (required")
        await to_the_review(table)
        await table.press("enter")
        assert "There are no changes" in status(table)
        assert isinstance(table.app.screen, Wizard)


@pytest.mark.long
async def test_a_change_left_half_way_is_kept_and_a_refusal_keeps_it_too() -> None:
    async with running() as table:
        token, other = table.app.workspace.snapshot.delivery.items[:2]
        await table.press("e")
        await table.until("Name (required")
        await table.press("end")
        await table.type("x")
        await table.press("escape")
        await table.until("Kept your changes")
        await table.press("e")
        await table.until("This is what you typed before")
        await to_the_review(table)
        held(table).delivery_tokens[other.uid].name = f"{token.name}x"
        await table.press("enter")
        await table.until("Not saved")
        # The answer is about the name, so its field has the focus.
        await table.until(f"{token.name}x")
        assert getattr(table.app.focused, "id", None) == "name"
        assert held(table).delivery_tokens[token.uid].name == token.name
        await table.press("alt+r")
        await table.until("shows the token as it is")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert set(table.app.workspace.forms) == {"delivery", "management"}


async def test_somebody_elses_change_is_named_before_it_is_overwritten() -> None:
    async with running() as table:
        token = table.app.workspace.snapshot.delivery.items[0]
        await table.press("e")
        await table.until("Name (required")
        await table.press("tab", "end")
        await table.type(" mine")
        await to_the_review(table)
        held(table).delivery_tokens[token.uid].description = "theirs"
        await table.press("enter")
        await table.until("Someone else changed it (description)")
        assert "theirs -> " in table.text
        assert held(table).delivery_tokens[token.uid].description == "theirs"
        await table.press("enter")
        await table.until("Saved")
        assert held(table).delivery_tokens[token.uid].description.endswith(" mine")


async def test_a_login_that_may_not_change_is_told_so() -> None:
    async with running(role="Content Manager", wait="Delivery") as table:
        await table.press("e")
        await table.pilot.pause()
        assert isinstance(table.app.screen, TokensScreen)
