from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest

from tests.screens.session import Table, running
from tests.support.clock import clock
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
)
from tui.contentstack.scope import Scope
from tui.sandbox.organization import StackRecord
from tui.sandbox.service import Sandbox
from tui.screens.confirm import Confirm
from tui.screens.delete import DeleteScreen
from tui.screens.rotation import RotationScreen
from tui.screens.tokens import TokensScreen
from tui.state.memory import Memory
from tui.state.rotations import RotationStore
from tui.widgets.status_line import StatusLine
from tui.workspace.creation import at_risk


def status(table: Table) -> str:
    return table.app.screen.query_one(StatusLine).text


def held(table: Table) -> StackRecord:
    return next(iter(table.sandbox.world.stacks.values()))


def old_token(table: Table) -> DeliveryToken:
    """Put the cursor on a token with a preview token, and return it."""
    token = next(
        t
        for t in table.app.workspace.snapshot.delivery.items
        if t.name == "web-staging"
    )
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    screen.show_token(token.uid)
    return token


async def open_it(table: Table) -> None:
    await table.press("R")
    await table.until(
        lambda: (
            isinstance(table.app.screen, RotationScreen)
            and "1 Create the replacement" in table.text
        )
    )


async def to_the_old_one(table: Table) -> None:
    """Go from the first step to the one that deletes the old token."""
    await table.press("enter")
    await table.until("[x] 1")
    await table.press("enter")
    await table.until("[x] 2")
    await table.press("c")
    await table.until("[x] 3")


async def test_a_token_is_rotated_by_keys_alone() -> None:
    async with running(size=(60, 15)) as table:
        old = old_token(table)
        await open_it(table)
        hints = " ".join(table.text.splitlines()[-1].split())
        assert hints == "Enter create replacement Esc back y API key ? help"
        assert len(held(table).delivery_tokens) == 12
        await to_the_old_one(table)
        replacement = next(
            t
            for t in table.app.workspace.snapshot.delivery.items
            if t.name == f"{old.name}-next"
        )
        assert (replacement.scope, replacement.description) == (
            old.scope,
            old.description,
        )
        assert replacement.preview is not None
        assert table.copied == [replacement.value.reveal()]
        assert old.uid in held(table).delivery_tokens
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DeleteScreen))
        await table.type(old.name)
        await table.press("enter")
        await table.until("[x] 4")
        assert old.uid not in held(table).delivery_tokens
        assert f"{old.name} no longer works" in table.text
        assert "works until then" not in table.text
        await table.press("enter")
        await table.until("[x] 5")
        assert table.text.splitlines()[-1].startswith(" Enter done  Esc back")
        assert "skip" not in table.text.casefold()
        await table.press("space")
        await table.until("The rotation is finished.")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert status(table) == (
            f"Rotated {old.name}. Its replacement has the same name."
        )
        assert held(table).delivery_tokens[replacement.uid].name == old.name
        assert table.app.session.rotations.unfinished(held(table).uid) == ()


async def test_nothing_is_made_before_enter_and_leaving_leaves_nothing() -> None:
    async with running() as table:
        old_token(table)
        await open_it(table)
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert len(held(table).delivery_tokens) == 12
        assert table.app.session.rotations.unfinished(held(table).uid) == ()


async def test_it_goes_on_in_another_run_from_the_state_folder_without_a_value_there() -> (
    None
):
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=Memory(os.environ)) as table:
        old = old_token(table)
        await open_it(table)
        await to_the_old_one(table)
        (kept,) = RotationStore(os.environ).unfinished(held(table).uid)
        folder = RotationStore(os.environ)._folder()
        values = [token.value for token in held(table).delivery_tokens.values()]
        assert not any(
            value in path.read_text() for path in folder.glob("*") for value in values
        )
    wait = f"the rotation of {old.name} (R continues)"
    async with running(sandbox=sandbox, memory=Memory(os.environ), wait=wait) as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        assert screen.table.cursor_key == kept.old_uid
        screen.show_token(kept.replacement_uid)
        await open_it(table)
        assert "[x] 3" in table.text
        assert "[>] 4" in table.text
        await table.press("space")
        assert "can't skip this step" in status(table)
        await table.press("enter")
        await table.type(old.name)
        await table.press("enter")
        await table.until("[x] 4")
        await table.press("space")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        assert RotationStore(os.environ).unfinished(held(table).uid) == ()
        assert (
            held(table).delivery_tokens[kept.replacement_uid].name == f"{old.name}-next"
        )


@pytest.mark.parametrize("fault", ["close-after", "cut"])
async def test_a_twin_whose_answer_was_lost_is_found_and_not_made_twice(
    fault: str,
) -> None:
    async with running() as table:
        old = old_token(table)
        await open_it(table)
        table.sandbox.fail(fault, method="POST", path="*delivery_tokens*", times=1)
        await table.press("enter")
        await table.until("[x] 1")
        names = [token.name for token in held(table).delivery_tokens.values()]
        assert names.count(f"{old.name}-next") == 1


async def test_a_failing_step_is_said_and_tried_again() -> None:
    async with running() as table:
        old_token(table)
        await open_it(table)
        table.sandbox.fail("403", method="POST", path="*delivery_tokens*", times=1)
        await table.press("enter")
        await table.until(lambda: "allowed to do that" in status(table))
        await table.press("enter")
        await table.until("[x] 1")
        table.sandbox.fail("503", method="GET", path="*assets*", times=None)
        await table.press("enter")
        await table.until(
            lambda: (
                "calls failed" in status(table)
                or "Contentstack failed" in status(table)
            )
        )
        assert "[>] 2" in table.text
        await table.press("space")
        await table.until("[x] 2")


@pytest.mark.long
async def test_two_terminals_notice_each_other() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=Memory(os.environ)) as table:
        old = old_token(table)
        with RotationStore(os.environ).alone(old.uid):
            await table.press("R")
            await table.until(lambda: "Another Tokendeck" in status(table))
        await open_it(table)


async def to_management(table: Table, name: str) -> ManagementToken:
    await table.press("alt+o")
    await table.until("EXPIRES")
    token = next(
        t for t in table.app.workspace.snapshot.management.items if t.name == name
    )
    screen = table.app.screen
    assert isinstance(screen, TokensScreen)
    screen.show_token(token.uid)
    return token


async def test_a_management_token_is_rotated_and_its_value_taken_once() -> None:
    async with running() as table:
        old = await to_management(table, "reporting")
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
        await table.press("enter")
        await table.until("[x] 2")
        shown = table.app.workspace.uncollected
        assert shown is not None
        assert shown.value is not None
        assert shown.value.reveal() not in table.text
        await table.press("u")
        await table.until(shown.value.reveal())
        await table.press("escape")
        await table.until("Leave without the value?")
        await table.press("n", "c")
        await table.until("[x] 3")
        (value,) = table.copied
        replacement = next(
            t
            for t in held(table).management_tokens.values()
            if t.name == "reporting-next"
        )
        assert replacement.value == value
        await table.press("enter")
        await table.type(old.name)
        await table.press("enter")
        await table.until("[x] 4")
        await table.press("enter")
        await table.until("[x] 5")
        assert [t.name for t in held(table).management_tokens.values()].count(
            "reporting"
        ) == 1


@pytest.mark.long
@pytest.mark.parametrize("targets", [(), ("web",)])
async def test_a_token_that_has_expired_is_not_said_to_work(
    targets: tuple[str, ...],
) -> None:
    async with running() as table:
        old = await to_management(table, "migration-2")
        table.app.session.deliveries.add(old.uid, targets)
        await open_it(table)
        text = " ".join(table.text.split())
        assert "migration-2; it has expired" in text
        assert "works" not in text.replace("check that it works", "")
        assert ("The old token has expired." in text) == bool(targets)


@pytest.mark.long
async def test_a_value_copied_before_it_is_verified_is_taken() -> None:
    async with running(memory=Memory(os.environ)) as table:
        await to_management(table, "reporting")
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
        await table.press("c")
        await table.until(lambda: len(table.copied) == 1)
        assert table.app.workspace.at_stake is None
        await table.press("enter")
        await table.until("[x] 3")
        await table.press("escape")
        await table.until(lambda: isinstance(table.app.screen, TokensScreen))
        stack, tokens = held(table).uid, held(table).management_tokens
        assert Memory(os.environ).uncollected(stack, tokens) == ()


@pytest.mark.long
async def test_the_next_start_names_a_twin_whose_value_was_never_taken() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox, memory=Memory(os.environ)) as table:
        await to_management(table, "reporting")
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
    async with running(
        sandbox=sandbox, memory=Memory(os.environ), wait="Unfinished"
    ) as table:
        assert "You never copied the value of reporting-next" in status(table)


async def test_a_value_that_was_lost_means_another_twin() -> None:
    async with running() as table:
        await to_management(table, "reporting")
        await open_it(table)
        table.sandbox.fail(
            "close-after", method="POST", path="*management_tokens*", times=1
        )
        await table.press("enter")
        await table.until("Delete this replacement")
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DeleteScreen))
        await table.type("reporting-next")
        await table.press("enter")
        await table.until("[>] 1")
        await table.press("enter")
        await table.until("[x] 1")
        assert table.app.workspace.uncollected is not None


@pytest.mark.long
async def test_where_the_twin_may_end_the_oldest_that_one_is_named_first() -> None:
    async with running() as table:
        for number in range(6):
            await table.app.workspace.connection.calls.create_management_token(
                ManagementTokenRequest(
                    name=f"more-{number}", scope=Scope.of(branches=("main",))
                )
            )
        await table.press("r")
        await table.until("Management 10")
        await to_management(table, "reporting")
        await open_it(table)
        await table.until("the oldest of 10")
        await table.press("enter")
        assert "Nothing was created" in status(table)
        oldest = at_risk(table.app.workspace.snapshot.management.items)
        assert oldest is not None
        await table.type(oldest.name)
        await table.press("enter")
        await table.until("[x] 1")


@pytest.mark.long
async def test_for_how_long_a_twin_that_is_not_known_yet_is_tried_is_said() -> None:
    go_on = asyncio.Event()

    async def pause(_seconds: float) -> None:
        await go_on.wait()

    async with running() as table:
        table.app.workspace.verifier.sleep = pause
        await table.press("o")
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
        table.sandbox.fail("412", api="management", path="/v3/content_types", times=2)
        await table.press("enter")
        words = "not known there yet, retrying for up to 30 s). Esc stops."
        await table.until(lambda: words in status(table))
        await table.press("escape")
        await table.until("Stopped waiting")
        await table.press("enter")
        go_on.set()
        await table.until("[x] 2")
        assert "egion" not in status(table)


async def left_in_the_middle(sandbox: Sandbox) -> tuple[str, str]:
    """Create a replacement in a run whose state is lost; the uids of both tokens."""
    async with running(sandbox=sandbox) as table:
        old = old_token(table)
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
        (rotation,) = table.app.session.rotations.unfinished(held(table).uid)
    tokens = next(iter(sandbox.world.stacks.values())).delivery_tokens
    tokens[rotation.replacement_uid].stamps.created_at += timedelta(seconds=1)
    return old.uid, rotation.replacement_uid


@pytest.mark.long
@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("answer", ["y", "n", "escape"])
async def test_what_looks_like_a_rotation_is_asked_about(row: int, answer: str) -> None:
    sandbox = Sandbox.demo(now=clock)
    uids = await left_in_the_middle(sandbox)
    async with running(sandbox=sandbox) as table:
        screen = table.app.screen
        assert isinstance(screen, TokensScreen)
        screen.show_token(uids[row])
        await table.press("R")
        await table.until("Continue rotating web-staging?")
        assert isinstance(table.app.screen, Confirm)
        await table.press(answer)
        if answer == "escape":
            await table.until(lambda: table.app.screen is screen)
            return
        await table.until("1 Create the replacement")
        shown = table.app.screen
        assert isinstance(shown, RotationScreen)
        assert shown._rotation.old_uid == (uids[0] if answer == "y" else uids[row])
        assert ("[x] 1" in table.text) == (answer == "y")


@pytest.mark.long
async def test_a_twin_that_is_gone_leaves_nothing_to_the_next_one() -> None:
    sandbox = Sandbox.demo(now=clock)
    async with running(sandbox=sandbox) as table:
        old_token(table)
        await open_it(table)
        await to_the_old_one(table)
        (kept,) = table.app.session.rotations.unfinished(held(table).uid)
        del held(table).delivery_tokens[kept.replacement_uid]
        await table.press("escape", "r")
        await table.until("12 tokens")
        await open_it(table)
        await table.press("enter")
        await table.until("[x] 1")
        assert "[>] 2" in table.text


@pytest.mark.long
async def test_a_name_that_somebody_took_meanwhile_is_left_to_them() -> None:
    async with running() as table:
        old_token(table)
        await open_it(table)
        draft = DeliveryTokenRequest(
            "web-staging-next", "theirs", Scope.of(("qa",), ("main",))
        )
        await table.app.workspace.connection.calls.create_delivery_token(
            draft, with_preview=False
        )
        await table.app.workspace.refresh()
        await table.press("enter")
        await table.until("[x] 1")
        names = [token.name for token in held(table).delivery_tokens.values()]
        assert "web-staging-next-2" in names


@pytest.mark.long
async def test_the_old_token_is_named_in_full_whatever_it_is_called() -> None:
    async with running() as table:
        old = old_token(table)
        held(table).delivery_tokens[old.uid].name = "v1. web"
        await table.press("r")
        await table.until("v1. web")
        await open_it(table)
        await to_the_old_one(table)
        await table.press("enter")
        await table.until(lambda: isinstance(table.app.screen, DeleteScreen))
        await table.type("v1. web")
        await table.press("enter")
        await table.until("[x] 4")
        assert status(table) == "Deleted v1. web."
