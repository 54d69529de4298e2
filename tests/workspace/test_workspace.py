from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.clock import NOW, clock
from tui.connection.connection import ConnectionMissing
from tui.connection.demo import connection_to
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import NotAllowed, ServerFailed
from tui.messages.names import user_name
from tui.sandbox.service import Sandbox
from tui.secret import Secret
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Snapshot
from tui.workspace.workspace import Workspace

PLAN = Plan(name="kiosk", branches=("main",), environments=("production",))


@asynccontextmanager
async def opened(
    sandbox: Sandbox, *, role: str | None = None, stack: str | None = None
) -> AsyncIterator[Workspace]:
    workspace = Workspace(lambda: connection_to(sandbox, stack, role=role), clock=clock)
    await workspace.refresh()
    yield workspace
    await workspace.close()


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox.demo(now=clock)


def names_of(sandbox: Sandbox) -> list[str]:
    stack = next(iter(sandbox.world.stacks.values()))
    return [token.name for token in stack.delivery_tokens.values()]


async def test_a_reading_fills_everything(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        snapshot = workspace.snapshot
        assert snapshot.trouble is None
        assert snapshot.read_at == NOW
        assert snapshot.stack is not None
        assert snapshot.permissions.roles == ("Admin",)
        assert len(snapshot.environments.items) == 5
        assert {alias.uid for alias in snapshot.aliases.items} >= {"release", "dev"}
        assert snapshot.has_branches
        assert snapshot.reading == ()
        me = snapshot.user.uid if snapshot.user else ""
        assert user_name(me, snapshot) == "you"


async def test_listeners_hear_of_each_part_until_they_leave(sandbox: Sandbox) -> None:
    workspace = Workspace(lambda: connection_to(sandbox), clock=clock)
    heard: list[Snapshot] = []
    leave = workspace.snapshots.listen(heard.append)
    await workspace.refresh()
    assert any("delivery tokens" in snapshot.reading for snapshot in heard)
    assert heard[-1].read_at == NOW
    count = len(heard)
    leave()
    await workspace.refresh()
    assert len(heard) == count
    await workspace.close()


async def test_a_refused_list_is_not_trouble_for_the_others(sandbox: Sandbox) -> None:
    async with opened(sandbox, role="Developer") as workspace:
        snapshot = workspace.snapshot
        assert isinstance(snapshot.management.error, NotAllowed)
        assert snapshot.delivery.read
        assert snapshot.trouble is None


async def test_a_failed_reading_keeps_the_list_and_says_why(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        before = workspace.snapshot.delivery.items
        sandbox.fail("503", path="*delivery_tokens", times=None)
        await workspace.refresh()
        assert workspace.snapshot.delivery.items == before
        assert isinstance(workspace.snapshot.delivery.error, ServerFailed)
        assert "503" in str(workspace.snapshot.trouble)


async def test_what_may_no_longer_be_seen_does_not_stay(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        assert workspace.snapshot.management.items
        sandbox.fail("403", path="*management_tokens", times=None)
        await workspace.refresh()
        assert workspace.snapshot.management.items == ()


async def test_nothing_is_raised_where_there_is_no_way_to_a_stack() -> None:
    def nowhere() -> object:
        raise ConnectionMissing("nothing to go by")

    workspace = Workspace(nowhere, clock=clock)  # type: ignore[arg-type]  # it never answers
    await workspace.refresh()
    assert str(workspace.snapshot.trouble) == "nothing to go by"
    assert workspace.snapshot.reading == ()


async def test_a_made_token_is_in_the_snapshot_as_the_server_has_it(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        workspace.forms["delivery"].plan = replace(PLAN, with_preview=True)
        batch = await workspace.create_delivery_tokens(lambda _number, _count: None)
        (made,) = batch.tokens
        assert made == workspace.snapshot.delivery.items[0]
        assert made.preview is not None
        assert names_of(sandbox).count("kiosk") == 1
        assert workspace.forms["delivery"].plan == Plan()


@pytest.mark.parametrize("fault", ["close-after", "cut"])
async def test_a_create_whose_answer_was_lost_is_found_and_not_sent_again(
    sandbox: Sandbox, fault: str
) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail(fault, method="POST", path="*delivery_tokens*", times=1)
        workspace.forms["delivery"].plan = PLAN
        batch = await workspace.create_delivery_tokens(lambda _number, _count: None)
        assert batch.failed is None
        assert [token.name for token in batch.tokens] == ["kiosk"]
        assert names_of(sandbox).count("kiosk") == 1


async def test_a_create_that_never_arrived_is_said_and_the_plan_stays(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail(
            "close-before", method="POST", path="*delivery_tokens*", times=None
        )
        workspace.forms["delivery"].plan = PLAN
        batch = await workspace.create_delivery_tokens(lambda _number, _count: None)
        assert batch.tokens == ()
        assert batch.failed is not None
        assert workspace.forms["delivery"].plan == PLAN
        assert "kiosk" not in names_of(sandbox)


async def test_a_batch_that_stops_half_way_keeps_what_is_left(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace, opened(sandbox) as somebody_else:
        somebody_else.forms["delivery"].plan = replace(PLAN, name="kiosk-staging")
        await somebody_else.create_delivery_tokens(lambda _number, _count: None)
        workspace.forms["delivery"].plan = replace(
            PLAN, environments=("production", "staging", "qa")
        )
        told: list[tuple[int, int]] = []
        batch = await workspace.create_delivery_tokens(
            lambda number, count: told.append((number, count))
        )
        assert [token.name for token in batch.tokens] == ["kiosk-production"]
        assert batch.failed is not None
        assert batch.failed.name == "kiosk-staging"
        assert [request.name for request in batch.untried] == ["kiosk-qa"]
        assert told == [(1, 3), (2, 3)]
        assert workspace.forms["delivery"].plan.token_names() == (
            "kiosk-staging",
            "kiosk-qa",
        )


async def test_another_credential_goes_on_with_the_plan(sandbox: Sandbox) -> None:
    async with opened(sandbox) as workspace:
        workspace.forms["delivery"].plan = PLAN
        await workspace.account.use(Credential("authtoken", Secret("blt" + "0" * 16)))
        await workspace.reopen()
        assert workspace.snapshot.remedy == "sign_in"
        batch = await workspace.create_delivery_tokens(lambda _number, _count: None)
        assert batch.failed is not None
        assert workspace.forms["delivery"].plan == PLAN
        await workspace.account.use(
            Credential("authtoken", Secret(sandbox.user("Admin").authtoken))
        )
        await workspace.reopen()
        assert workspace.snapshot.trouble is None
        assert (
            await workspace.create_delivery_tokens(lambda _number, _count: None)
        ).tokens


async def test_a_cancelled_reading_leaves_a_snapshot_that_says_so(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        sandbox.fail("429;retry-after=60", path="*", times=None)
        waiting = asyncio.Event()
        workspace.snapshots.listen(
            lambda snapshot: waiting.set() if snapshot.waiting else None
        )
        reading = asyncio.ensure_future(workspace.refresh())
        await waiting.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        workspace.stop_reading()
        assert (workspace.snapshot.reading, workspace.snapshot.waiting) == ((), 0.0)
        assert "stopped" in str(workspace.snapshot.trouble)


async def test_a_stack_without_branches_is_known_as_such(sandbox: Sandbox) -> None:
    async with opened(sandbox, stack="Press") as workspace:
        assert not workspace.snapshot.has_branches


async def test_elsewhere_only_what_fits_there_is_left_of_a_form(
    sandbox: Sandbox,
) -> None:
    async with opened(sandbox) as workspace:
        workspace.forms["delivery"].plan = PLAN
        workspace.deleted = workspace.snapshot.delivery.items[:1]
        workspace.forms.edit_of(workspace.snapshot.delivery.items[1])
        await workspace.restart(lambda: connection_to(Sandbox.demo(now=clock)))
        assert workspace.snapshot.trouble is None
        assert workspace.forms["delivery"].plan == Plan(name="kiosk")
        assert workspace.deleted == ()
        assert set(workspace.forms) == {"delivery", "management"}


def test_nothing_that_the_workspace_is_made_of_knows_the_workspace() -> None:
    assert Workspace.__bases__ == (object,)
    room = Path(inspect.getfile(Workspace)).parent
    parts = [part for part in room.glob("*.py") if part.name != "workspace.py"]
    assert len(parts) > 10
    for part in parts:
        assert "tui.workspace.workspace" not in part.read_text("utf-8"), part.name
