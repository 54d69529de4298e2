"""Everything is requested at once, nothing twice, and tokens wait for nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from tests.contentstack.fakes import Clock, http, listening
from tests.support import watched as api
from tests.support.clock import NOW, clock
from tests.support.watched import EVERYTHING, Watched
from tui.connection.connection import Connection
from tui.contentstack.errors import NotAllowed
from tui.contentstack.pace import PER_SECOND, Pacer
from tui.contentstack.regions import custom_region
from tui.sandbox.service import Sandbox
from tui.workspace.snapshot import Snapshot, Trouble
from tui.workspace.workspace import Workspace

NO_RIGHT = [
    (401, {"error_code": 105, "error_message": "You're not allowed in here."}),
    (401, {"error_code": 161, "error_message": "Access denied."}),
    (403, {"error_code": 316, "error_message": "You don't have the permission."}),
    (422, {"error_code": 141, "error_message": "Access denied."}),
]
SIGNED_OUT = NO_RIGHT[0]


@pytest.fixture
def watched() -> Watched:
    return Watched(Sandbox.demo(now=clock))


def key_of(watched: Watched, number: int = 0) -> str:
    return watched.sandbox.stacks[number].api_key


def workspace_on(way: Connection) -> Workspace:
    return Workspace(lambda: way, clock=clock)


@asynccontextmanager
async def reading(way: Connection) -> AsyncIterator[Workspace]:
    """Read a stack for as long as the context stands, and to the end after it."""
    workspace = workspace_on(way)
    task = asyncio.ensure_future(workspace.refresh())
    try:
        yield workspace
    finally:
        await task
        await workspace.close()


@asynccontextmanager
async def opened(way: Connection) -> AsyncIterator[Workspace]:
    """Read a stack, and keep it open."""
    workspace = workspace_on(way)
    await workspace.refresh()
    yield workspace
    await workspace.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.005)


def test_every_path_counts() -> None:
    assert len(EVERYTHING) == 9


async def test_with_an_api_key_everything_is_asked_for_at_once(
    watched: Watched,
) -> None:
    watched.held = EVERYTHING
    async with reading(watched.connection(key_of(watched))):
        await until(watched.has_asked(len(EVERYTHING)))
        assert watched.most == len(EVERYTHING)
        watched.let_go()
    assert Counter(watched.asked) == Counter(EVERYTHING)
    assert watched.asked[:2] == [api.DELIVERY, api.MANAGEMENT]


async def test_tokens_are_ahead_of_all_else(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.workspace.reading._HEAD_START", 60.0)
    workspace = workspace_on(watched.connection(key_of(watched)))
    asked: list[int] = []

    def note(snapshot: Snapshot) -> None:
        if snapshot.delivery.read and not asked:
            asked.append(len(watched.asked))
            assert "your role" in snapshot.reading

    workspace.snapshots.listen(note)
    await workspace.refresh()
    assert asked == [1]
    await workspace.close()


@pytest.mark.parametrize("named", ["Storefront", "storefront"])
async def test_a_name_takes_one_question_more_and_none_twice(
    watched: Watched, named: str
) -> None:
    async with opened(watched.connection(named)) as workspace:
        assert workspace.snapshot.read_at == NOW
        assert watched.asked[0] == api.STACK
        assert Counter(watched.asked) == Counter(EVERYTHING)


async def test_a_stack_is_asked_for_again_when_it_is_refreshed(
    watched: Watched,
) -> None:
    async with opened(watched.connection("Storefront")) as workspace:
        watched.asked.clear()
        await workspace.refresh()
        assert Counter(watched.asked) == Counter(EVERYTHING)


async def test_a_uid_that_looks_like_an_api_key_is_found_without_a_wrong_word(
    watched: Watched,
) -> None:
    uid = next(iter(watched.sandbox.world.stacks.values())).uid
    workspace = workspace_on(watched.connection(uid))
    heard: list[Snapshot] = []
    workspace.snapshots.listen(heard.append)
    await workspace.refresh()
    snapshot = workspace.snapshot
    assert snapshot.stack is not None
    assert snapshot.stack.api_key == key_of(watched)
    assert snapshot.delivery.read
    assert snapshot.read_at == NOW
    assert {(each.trouble, each.remedy) for each in heard} == {(None, None)}
    # All by the uid, the list of stacks, then all but the stack by its API key.
    assert len(watched.asked) == 2 * len(EVERYTHING)
    await workspace.close()


async def test_a_key_that_no_stack_has_is_said_once_and_nothing_is_shown(
    watched: Watched,
) -> None:
    workspace = workspace_on(watched.connection("blt" + "0" * 16))
    troubles: list[Trouble | None] = []
    workspace.snapshots.listen(lambda snapshot: troubles.append(snapshot.trouble))
    await workspace.refresh()
    snapshot = workspace.snapshot
    assert snapshot.remedy == "region"
    assert "No such stack" in str(snapshot.trouble)
    assert snapshot.stack is None
    assert snapshot.reading == ()
    assert not snapshot.delivery.refused
    assert [trouble for trouble in troubles if trouble] == [snapshot.trouble]
    await workspace.close()


@pytest.mark.parametrize("late", sorted(EVERYTHING - {api.DELIVERY}))
async def test_tokens_wait_for_nothing_else(watched: Watched, late: str) -> None:
    watched.held = {late}
    async with reading(watched.connection(key_of(watched))) as workspace:
        await until(lambda: workspace.snapshot.delivery.read)
        await until(watched.has_asked(len(EVERYTHING)))
        watched.let_go()


async def test_each_thing_is_shown_as_it_comes(watched: Watched) -> None:
    watched.held = {api.ROLES}
    async with reading(watched.connection(key_of(watched))) as workspace:
        await until(lambda: bool(workspace.snapshot.stack and workspace.snapshot.user))
        await until(lambda: workspace.snapshot.reading == ("your role",))
        assert not workspace.snapshot.permissions.read
        watched.let_go()
    assert workspace.snapshot.permissions.roles == ("Admin",)


async def test_a_stack_whose_settings_cannot_be_read_shows_its_tokens(
    watched: Watched,
) -> None:
    watched.refused = {api.STACK: (422, {"error_code": 141, "error_message": "No."})}
    async with opened(watched.connection(key_of(watched))) as workspace:
        assert workspace.snapshot.delivery.items
        assert workspace.snapshot.stack is None
        assert "No." in str(workspace.snapshot.trouble)
        assert workspace.snapshot.read_at is None


async def test_a_stack_without_branches_is_asked_for_once(watched: Watched) -> None:
    refusal = (422, {"error_code": 141, "error_message": "No branches here."})
    watched.refused = {api.BRANCHES: refusal, api.ALIASES: refusal}
    press = next(
        stack.api_key for stack in watched.sandbox.stacks if not stack.branches
    )
    async with opened(watched.connection(press)) as workspace:
        assert workspace.snapshot.trouble is None
        assert not workspace.snapshot.has_branches
        assert Counter(watched.asked) == Counter(EVERYTHING)


@pytest.mark.parametrize("refusal", NO_RIGHT, ids=str)
async def test_a_refused_list_of_management_tokens_is_a_right_that_is_missing(
    watched: Watched, refusal: tuple[int, dict[str, object]]
) -> None:
    async with opened(watched.connection(key_of(watched))) as workspace:
        assert workspace.snapshot.management.items
        watched.refused = {api.MANAGEMENT: refusal}
        await workspace.refresh()
        snapshot = workspace.snapshot
        assert isinstance(snapshot.management.error, NotAllowed)
        assert snapshot.management.items == ()
        assert (snapshot.trouble, snapshot.remedy) == (None, None)
        assert snapshot.read_at == NOW


async def test_a_session_that_is_over_is_not_taken_for_a_missing_right(
    watched: Watched,
) -> None:
    watched.refused = {api.MANAGEMENT: SIGNED_OUT, api.USER: SIGNED_OUT}
    async with opened(watched.connection(key_of(watched))) as workspace:
        assert workspace.snapshot.remedy == "sign_in"
        assert not isinstance(workspace.snapshot.management.error, NotAllowed)


async def test_another_stack_takes_no_look_up(watched: Watched) -> None:
    async with opened(watched.connection(key_of(watched))) as workspace:
        stacks = await workspace.account.stacks(lambda _done, _count: None)
        other = next(
            entry.stack
            for entry in stacks.entries
            if entry.stack.api_key != key_of(watched)
        )
        watched.asked.clear()
        await workspace.switch(other)
        assert workspace.snapshot.stack == other
        assert Counter(watched.asked) == Counter(EVERYTHING)


class Wire:
    """The sandbox behind a real socket, whose connections are counted."""

    def __init__(self, watched: Watched) -> None:
        self.opened = 0
        self._inside = httpx.AsyncClient(
            transport=httpx.ASGITransport(watched), base_url="http://sandbox"
        )

    async def connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.opened += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            method, path, _ = first.split(" ")
            headers = dict(line.split(": ", 1) for line in lines)
            answer = await self._inside.request(method, path, headers=headers)
            told = f"content-type: {answer.headers['content-type']}\r\n"
            status = f"{answer.status_code} {answer.reason_phrase}"
            writer.write(http(answer.content, status=status, headers=told))
            await writer.drain()

    async def aclose(self) -> None:
        await self._inside.aclose()


async def test_another_stack_is_read_by_the_connections_that_stand(
    watched: Watched,
) -> None:
    wire = Wire(watched)
    watched.held = EVERYTHING
    async with listening(wire.connected) as port:
        region = custom_region(cma=f"http://127.0.0.1:{port}", name="Local")
        way = replace(watched.connection(key_of(watched)), region=region, apps=None)
        async with reading(way) as workspace:
            await until(watched.has_asked(len(EVERYTHING)))
            assert wire.opened == len(EVERYTHING)
            watched.let_go()
            await until(lambda: workspace.snapshot.read_at is not None)
            other = await workspace.account.stacks(lambda _done, _count: None)
            await workspace.switch(other.entries[-1].stack)
        assert workspace.snapshot.stack == other.entries[-1].stack
        assert wire.opened == len(EVERYTHING)
    await wire.aclose()


async def test_reading_a_stack_waits_for_no_limit_and_counts_for_its_organization(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Clock()
    pacer = Pacer(clock=time, sleep=time.sleep)
    monkeypatch.setattr("tui.contentstack.transport.Pacer", lambda _most: pacer)
    async with opened(watched.connection(key_of(watched))) as workspace:
        assert time.naps == []
        # The organization has no turn left in this second, by whichever name it is asked.
        assert workspace.snapshot.stack is not None
        await pacer.turn(workspace.snapshot.stack.org_uid, write=False)
        assert time.naps == [1.0]
        for _ in range(PER_SECOND - 1):
            await pacer.turn(key_of(watched), write=False)
        assert time.naps == [1.0]
        await pacer.turn(key_of(watched), write=False)
        assert time.naps == [1.0, 1.0]
