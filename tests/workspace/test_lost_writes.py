"""Writes whose answer never came.

Whatever goes wrong, nothing is written twice, and messages are true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.contentstack.fakes import Clock
from tests.support.clock import NOW, clock
from tests.workspace.test_workspace import PLAN, names_of, opened
from tests.workspace.test_writing import stack_of
from tui.contentstack import transport
from tui.contentstack.errors import ContentstackError, Invalid
from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.contentstack.pace import Pacer
from tui.contentstack.rows import Rows
from tui.contentstack.transport import Transport
from tui.sandbox.service import Sandbox
from tui.workspace.creation import Created
from tui.workspace.plan import Plan
from tui.workspace.stack_connection import StackConnection
from tui.workspace.workspace import Workspace
from tui.workspace.writing import ChangedSince

THREE = replace(PLAN, environments=("production", "staging", "qa"))
NAMES = ["kiosk-production", "kiosk-staging", "kiosk-qa"]
BEFORE = ("close-before", "500", "502-html", "503", "404", "409", "412", "403")
AFTER = ("close-after", "cut", "wrong-types")


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait between retries."""
    time = Clock()
    pacer = Pacer(clock=time, sleep=time.sleep)

    def unpaced(*args: Any, **options: Any) -> Transport:
        return Transport(*args, **{**options, "sleep": time.sleep, "pacer": pacer})

    monkeypatch.setattr(transport, "Transport", unpaced)


def told_of(_number: int, _count: int) -> None:
    """Nobody is told."""


async def make(workspace: Workspace) -> Created[DeliveryToken]:
    return await workspace.create_delivery_tokens(told_of)


def truth_is_told(sandbox: Sandbox, batch: Created[DeliveryToken]) -> None:
    """Each name once at most; each that is called made is there.

    The rest is called not made.
    """
    there = [name for name in names_of(sandbox) if name in NAMES]
    assert len(there) == len(set(there))
    assert {token.name for token in batch.tokens} <= set(there)
    left = [batch.failed.name] if batch.failed else []
    left += [request.name for request in batch.untried]
    assert [token.name for token in batch.tokens] + left == NAMES[
        -len(batch.tokens) - len(left) :
    ]
    if batch.error is not None and not batch.error.may_have_happened:
        assert not set(left) & set(there)


@pytest.mark.parametrize("fault", AFTER)
@pytest.mark.parametrize("at", [0, 1, 2])
async def test_a_batch_goes_over_a_lost_answer_as_if_nothing_was(
    sandbox: Sandbox, fault: str, at: int
) -> None:
    async with opened(sandbox) as workspace:
        for _ in range(at):
            sandbox.fail("delay=0", method="POST", times=1)
        sandbox.fail(fault, method="POST", times=1)
        workspace.forms["delivery"].plan = THREE
        batch = await make(workspace)
        truth_is_told(sandbox, batch)
        assert [token.name for token in batch.tokens] == NAMES
        assert workspace.forms["delivery"].plan == Plan()


@pytest.mark.parametrize("fault", BEFORE)
async def test_a_batch_goes_on_from_where_it_stopped(
    sandbox: Sandbox, fault: str
) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail("delay=0", method="POST", times=1)
        sandbox.fail(fault, method="POST", times=1)
        workspace.forms["delivery"].plan = THREE
        batch = await make(workspace)
        truth_is_told(sandbox, batch)
        assert [token.name for token in batch.tokens] == NAMES[:1]
        assert batch.error is not None
        assert not batch.error.may_have_happened
        rest = await make(workspace)
        assert [token.name for token in rest.tokens] == NAMES[1:]
        assert rest.failed is None


async def test_in_doubt_the_next_try_looks_before_it_asks(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail("close-after", method="POST", times=1)
        sandbox.fail("503", method="GET", times=3)
        workspace.forms["delivery"].plan = PLAN
        batch = await make(workspace)
        assert batch.error is not None
        assert batch.error.may_have_happened
        assert "may or may not have happened" in str(batch.error)
        again = await make(workspace)
        assert [token.name for token in again.tokens] == ["kiosk"]
        assert again.failed is None
        assert names_of(sandbox).count("kiosk") == 1


async def test_a_create_that_arrives_after_all_is_found_when_its_name_is_refused(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(sandbox) as workspace, opened(sandbox) as late:
        sandbox.fail("close-before", method="POST", times=1)
        workspace.forms["delivery"].plan = late.forms["delivery"].plan = PLAN
        assert (await make(workspace)).tokens == ()
        reads, theirs = 0, late.connection.calls

        async def list_too_early() -> Rows[DeliveryToken]:
            nonlocal reads
            reads += 1
            return Rows() if reads == 1 else await theirs.delivery_tokens()

        await make(late)
        calls = workspace.connection.calls
        calls.delivery_tokens = list_too_early  # type: ignore[method-assign]
        monkeypatch.setattr(StackConnection, "calls", calls)
        batch = await make(workspace)
        assert [token.name for token in batch.tokens] == ["kiosk"]
        assert reads == 2


@pytest.mark.parametrize("role", ["Owner", "Developer"])
async def test_somebody_elses_token_of_that_name_is_not_taken_for_ours(
    sandbox: Sandbox, role: str
) -> None:
    async with (
        opened(sandbox) as workspace,
        opened(sandbox, role=role) as somebody_else,
    ):
        somebody_else.forms["delivery"].plan = workspace.forms["delivery"].plan = PLAN
        await make(somebody_else)
        sandbox.fail("close-before", method="POST", times=1)
        batch = await make(workspace)
        assert batch.tokens == ()
        assert batch.error is not None
        assert "someone else created" in str(batch.error)
        assert not batch.error.may_have_happened
        assert workspace.forms["delivery"].plan == PLAN


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("branches", lambda token: token.scope.pop()),
        ("description", lambda token: setattr(token, "description", "other")),
        (
            "creation time",
            lambda token: setattr(token.stamps, "created_at", NOW - timedelta(hours=1)),
        ),
    ],
)
async def test_what_may_or_may_not_be_ours_is_said_to_be_in_doubt(
    sandbox: Sandbox, field: str, change: Callable[[Any], object]
) -> None:
    async with opened(sandbox) as workspace, opened(sandbox) as other_window:
        other_window.forms["delivery"].plan = workspace.forms["delivery"].plan = PLAN
        (theirs,) = (await make(other_window)).tokens
        change(stack_of(sandbox).delivery_tokens[theirs.uid])
        sandbox.fail("close-before", method="POST", times=1)
        batch = await make(workspace)
        assert batch.tokens == ()
        assert batch.error is not None
        assert isinstance(batch.error, Invalid)
        assert batch.error.may_have_happened
        assert field in str(batch.error)


@pytest.mark.parametrize(
    "fault", ["delay=30", "delay=0.2,close-after", "429;retry-after=60"]
)
@pytest.mark.parametrize("at", [0, 1, 2])
async def test_stopping_tells_what_was_made_and_what_was_not(
    sandbox: Sandbox, fault: str, at: int
) -> None:
    async with opened(sandbox) as workspace:
        for _ in range(at):
            sandbox.fail("delay=0", method="POST", times=1)
        sandbox.fail(fault, method="POST", times=1)
        workspace.forms["delivery"].plan = THREE
        reached = asyncio.Event()

        def progress(number: int, _count: int) -> None:
            if number == at + 1:
                reached.set()

        making = asyncio.ensure_future(workspace.create_delivery_tokens(progress))
        await reached.wait()
        await asyncio.sleep(0.05)
        making.cancel()
        batch = await asyncio.wait_for(making, 5)
        truth_is_told(sandbox, batch)
        assert [token.name for token in batch.tokens] == NAMES[:at]
        assert batch.failed is not None
        assert workspace.snapshot.delivery.items[:at] == batch.tokens
        assert workspace.forms["delivery"].plan.token_names() == tuple(NAMES[at:])
        rest = await make(workspace)
        assert [token.name for token in rest.tokens] == NAMES[at:]


async def test_stopping_twice_ends_at_once_and_the_doubt_is_said(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail("delay=30", times=2)
        workspace.forms["delivery"].plan = THREE
        making = asyncio.ensure_future(make(workspace))
        for _ in range(2):
            await asyncio.sleep(0.05)
            making.cancel()
        batch = await asyncio.wait_for(making, 1)
        assert batch.error is not None
        assert batch.error.may_have_happened


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    faults=st.lists(st.sampled_from(("delay=0", *BEFORE, *AFTER)), max_size=12),
    stops=st.lists(st.none() | st.integers(1, 6), max_size=8),
)
async def test_no_fault_at_any_moment_makes_two_where_one_was_asked_for(
    faults: list[str], stops: list[int | None], quick: None
) -> None:
    sandbox = Sandbox.demo(now=clock)
    async with opened(sandbox) as workspace:
        for fault in faults:
            sandbox.fail(fault, path="*delivery_tokens*", times=1)
        workspace.forms["delivery"].plan = THREE
        made: list[str] = []
        for stop in [*stops, *([None] * (len(faults) + 1))]:
            if not workspace.forms["delivery"].begun:
                break
            making = asyncio.ensure_future(make(workspace))
            if stop is not None:
                for _ in range(stop * 3):
                    await asyncio.sleep(0)
                making.cancel()
            batch = await making
            truth_is_told(sandbox, batch)
            made += [token.name for token in batch.tokens]
        assert made == NAMES


async def change(workspace: Workspace, what: str) -> object:
    delivery: DeliveryToken = workspace.snapshot.delivery.items[0]
    management: ManagementToken = workspace.snapshot.management.items[0]
    if what == "update":
        edit = workspace.forms.edit_of(delivery)
        edit.plan = replace(edit.plan, description="new words")
        return await workspace.update_token(delivery, edit.request(has_branches=True))
    if what == "update management":
        request = ManagementTokenRequest(
            name=management.name,
            description="new words",
            scope=management.scope,
            expires_on=management.expires_on,
            email_notice=management.email_notice,
        )
        return await workspace.update_token(management, request)
    if what == "delete management":
        return await workspace.delete_token(management)
    if what == "delete":
        return await workspace.delete_token(delivery)
    bare = next(
        token for token in workspace.snapshot.delivery.items if token.preview is None
    )
    if what == "make preview":
        return await workspace.create_preview_token(bare)
    with_preview = next(
        token for token in workspace.snapshot.delivery.items if token.preview
    )
    return await workspace.delete_preview_token(with_preview)


def state_of(sandbox: Sandbox) -> object:
    stack = stack_of(sandbox)
    delivery = {
        uid: (token.name, token.description, token.preview)
        for uid, token in stack.delivery_tokens.items()
    }
    return delivery, {
        uid: (token.name, token.description)
        for uid, token in stack.management_tokens.items()
    }


CHANGES = (
    "update",
    "update management",
    "delete",
    "delete management",
    "make preview",
    "drop preview",
)


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("fault", AFTER)
async def test_a_change_that_was_carried_out_is_told_as_done(
    sandbox: Sandbox, what: str, fault: str
) -> None:
    async with opened(sandbox) as workspace:
        before = state_of(sandbox)
        for method in ("PUT", "POST", "DELETE"):
            sandbox.fail(fault, method=method, times=1)
        assert await change(workspace, what)
        assert state_of(sandbox) != before
        shown = seen_in(workspace)
        await workspace.refresh()
        assert seen_in(workspace) == shown


def seen_in(workspace: Workspace) -> object:
    tokens: tuple[Token, ...] = (
        *workspace.snapshot.delivery.items,
        *workspace.snapshot.management.items,
    )
    return {
        token.uid: (
            token.name,
            token.description,
            token.value,
            getattr(token, "preview", None),
        )
        for token in tokens
    }


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize(
    "fault",
    ["close-before", "500", "502-html", "503", "403", "409", "429;retry-after=900"],
)
async def test_a_change_that_was_not_carried_out_is_told_as_not_done(
    sandbox: Sandbox, what: str, fault: str
) -> None:
    async with opened(sandbox) as workspace:
        before, shown = state_of(sandbox), workspace.snapshot.delivery.items
        for method in ("PUT", "POST", "DELETE"):
            sandbox.fail(fault, method=method, times=1)
        with pytest.raises(ContentstackError) as caught:
            await change(workspace, what)
        assert not caught.value.may_have_happened
        assert state_of(sandbox) == before
        assert workspace.snapshot.delivery.items == shown
        sandbox.faults.clear()
        await change(workspace, what)
        assert state_of(sandbox) != before


@pytest.mark.parametrize("what", CHANGES)
async def test_where_nobody_can_tell_that_is_what_is_said(
    sandbox: Sandbox, what: str
) -> None:
    async with opened(sandbox) as workspace:
        # The first reading of an update finds the token unchanged; no later one comes
        # through.
        for _ in range(what.startswith("update")):
            sandbox.fail("delay=0", method="GET", times=1)
        for method in ("PUT", "POST", "DELETE"):
            sandbox.fail("close-after", method=method, times=1)
        sandbox.fail("503", method="GET", times=None)
        with pytest.raises(
            ContentstackError, match="may or may not have happened"
        ) as caught:
            await change(workspace, what)
        assert caught.value.may_have_happened


async def test_a_lost_update_that_somebody_else_followed_is_said(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[0]
        calls = workspace.connection.calls
        update = calls.update_delivery_token

        async def theirs_follows(*args: Any, **kwargs: Any) -> DeliveryToken:
            try:
                return await update(*args, **kwargs)
            finally:
                stack_of(sandbox).delivery_tokens[token.uid].description = "theirs"

        calls.update_delivery_token = theirs_follows  # type: ignore[method-assign]
        monkeypatch.setattr(StackConnection, "calls", calls)
        sandbox.fail("close-after", method="PUT", times=1)
        edit = workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, name="mine")
        with pytest.raises(ChangedSince, match="description"):
            await workspace.update_token(token, edit.request(has_branches=True))


@pytest.mark.parametrize("carried_out", [True, False])
async def test_whoever_stops_waiting_for_a_change_is_told_what_the_stack_shows(
    sandbox: Sandbox, carried_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(sandbox) as workspace:
        token = workspace.snapshot.delivery.items[0]
        calls, sent = workspace.connection.calls, asyncio.Event()
        update = calls.update_delivery_token

        async def without_an_answer(*args: Any, **kwargs: Any) -> DeliveryToken:
            if carried_out:
                await update(*args, **kwargs)
            sent.set()
            return await asyncio.Future()

        calls.update_delivery_token = without_an_answer  # type: ignore[method-assign]
        monkeypatch.setattr(StackConnection, "calls", calls)
        edit = workspace.forms.edit_of(token)
        edit.plan = replace(edit.plan, name="mine")
        saving = asyncio.ensure_future(
            workspace.update_token(token, edit.request(has_branches=True))
        )
        await sent.wait()
        saving.cancel()
        if carried_out:
            assert (await saving).name == "mine"
            assert token.uid not in workspace.forms
        else:
            with pytest.raises(ContentstackError, match="no trace of it"):
                await saving
            assert workspace.forms[token.uid].begun
