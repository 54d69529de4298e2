"""The caller of a command waits until it's idle, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.worker import WorkerFailed

from tests.screens.session import Table, running
from tui.connection.connection import ConnectionMissing
from tui.connection.stack_lookup import StackUnclear
from tui.contentstack import errors
from tui.files.refusal import FileRefused
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.delete import DeleteScreen
from tui.screens.flow import Flows, Pause, Work
from tui.screens.tokens import TokensScreen


async def test_a_flow_is_waited_for_until_it_pauses_and_from_its_answer_on() -> None:
    flows, told = Flows(), list[str]()
    pauses: list[Pause[str]] = []

    async def ask() -> None:
        for _ in range(2):
            await asyncio.sleep(0)
            told.append("asks")
            pauses.append(flows.pause())
            told.append(await pauses[-1].answer())

    await flows.carry_out(ask)
    assert told == ["asks"]
    await pauses[0].end("one")
    assert told == ["asks", "one", "asks"]
    await pauses[1].end("two")
    assert told == ["asks", "one", "asks", "two"]


@given(st.lists(st.sampled_from(["nothing", "loop", "early", "late"])))
def test_however_it_goes_on_whoever_ended_a_pause_finds_it_at_the_next(
    steps: list[str],
) -> None:
    async def story() -> None:
        flows, reached = Flows(), list[int]()
        pauses: list[Pause[int]] = []

        async def work() -> None:
            for number, step in enumerate(steps):
                reached.append(number)
                pause: Pause[int] = flows.pause()
                if step == "early":
                    # As when a screen is closed while it's still being mounted.
                    early = asyncio.create_task(pause.end(number))
                    await asyncio.sleep(0)
                    assert await pause.answer() == number
                    ends.append(early)
                    continue
                for _ in range(3 * (step == "loop")):
                    await asyncio.sleep(0)
                pauses.append(pause)
                assert await pause.answer() == number

        ends: list[asyncio.Task[None]] = []
        await flows.carry_out(work)
        waited_for = [n for n, step in enumerate(steps) if step != "early"]
        for number in waited_for:
            assert reached[-1] == number
            await pauses.pop().end(number)
        assert reached == list(range(len(steps)))
        await asyncio.gather(*ends)

    asyncio.run(story())


@pytest.mark.parametrize("paused", [False, True])
async def test_what_it_fails_with_is_raised_where_it_was_set_going(
    paused: bool,
) -> None:
    flows = Flows()
    pauses: list[Pause[None]] = []

    async def fail() -> None:
        if paused:
            pauses.append(flows.pause())
            await pauses[0].answer()
        raise ZeroDivisionError

    if paused:
        await flows.carry_out(fail)
        with pytest.raises(ZeroDivisionError):
            await pauses[0].end(None)
    else:
        with pytest.raises(ZeroDivisionError):
            await flows.carry_out(fail)


async def test_flows_end_quietly_and_an_answer_then_goes_nowhere() -> None:
    flows, ended = Flows(), list[str]()
    pauses: list[Pause[None]] = []

    def wait(then: Callable[[], None]) -> Work:
        async def work() -> None:
            pauses.append(flows.pause())
            try:
                await pauses[-1].answer()
            finally:
                then()

        return work

    await flows.carry_out(wait(lambda: ended.append("all ended")))
    flows.end()
    await pauses[0].end(None)
    await asyncio.sleep(0)
    assert ended == ["all ended"]
    await flows.carry_out(wait(lambda: ended.append("given up")))
    pauses[1].give_up()
    await pauses[1].end(None)
    await asyncio.sleep(0)
    assert ended == ["all ended", "given up"]


def front(table: Table) -> TokendeckScreen[object]:
    assert isinstance(table.app.screen, TokendeckScreen)
    return table.app.screen


async def test_a_screen_that_a_command_waits_for_gets_the_keys_after_it() -> None:
    async with running() as table:
        await table.press("d", "w", "e", "b")
        assert isinstance(table.app.screen, DeleteScreen)
        assert table.app.focused is not None
        assert table.app.focused.value == "web"  # type: ignore[attr-defined]
        await table.press("escape")
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.long
async def test_commands_that_wait_end_with_the_program() -> None:
    async with running() as table:
        screen = front(table)
        await table.press("S", "w")
        tasks = [task for each in screen.app.screen_stack for task in running_in(each)]
        assert len(tasks) == 2
        assert not any(task.done() for task in tasks)
    assert all(task.cancelled() for task in tasks)


def running_in(screen: object) -> list[asyncio.Task[None]]:
    return list(screen.flows._running) if hasattr(screen, "flows") else []


@pytest.mark.long
async def test_a_question_of_a_command_is_answered_to_that_command() -> None:
    async with running() as table:
        screen, heard = front(table), list[bool | None]()

        async def ask_twice() -> None:
            for _ in range(2):
                answer = await screen.show(Confirm("Really?"))
                heard.append(answer)

        await screen.carry_out(ask_twice)
        # The second question is open before the second key is handled.
        await table.press("y", "n")
        assert heard == [True, False]
        assert isinstance(table.app.screen, TokensScreen)


OUTSIDE = {
    "Contentstack": errors.Unreachable("Nobody answered"),
    "nobody signed in": errors.SignedOut("You aren't signed in"),
    "nothing to connect to": ConnectionMissing("The profile leads nowhere."),
    "no such stack": StackUnclear("No stack is named so."),
    "a file": FileRefused("The file is read-only."),
}


@pytest.mark.short(3)
@pytest.mark.parametrize("error", OUTSIDE.values(), ids=OUTSIDE)
@pytest.mark.parametrize("way", ["run_worker", "run_in_app", "carry_out"])
async def test_what_the_world_has_against_it_is_said_and_ends_nothing(
    way: str, error: Exception
) -> None:
    async with running() as table:

        async def fail() -> None:
            raise error

        if way == "carry_out":
            await front(table).carry_out(fail)
        elif way == "run_in_app":
            front(table).run_in_app(fail, "write")
        else:
            front(table).run_worker(fail, group="test")
        form = isinstance(error, errors.SignedOut)
        await table.until("E-mail and password" if form else str(error)[:-1])
        assert table.app.is_running


async def test_a_fault_of_our_own_is_not_hushed_up() -> None:
    async def fail() -> None:
        raise LookupError("ours")

    async def have_it_fail() -> None:
        async with running() as table:
            front(table).run_worker(fail, group="test")
            await table.until(lambda: not table.app.is_running)

    with pytest.raises(WorkerFailed, match="ours"):
        await have_it_fail()
