"""Every place can be closed while it waits, wherever it waits.

What arrives later breaks nothing, and is reported.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from tests.screens.session import Table, running
from tui import screens
from tui.clipboard.copier import Copier
from tui.contentstack.transport import Transport
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.details import DetailsScreen
from tui.screens.generated import GeneratedScreen
from tui.screens.help import HelpScreen
from tui.screens.lifetime import LeavableScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.tokens import TokensScreen
from tui.screens.wizard import Wizard
from tui.widgets.text_field import TextField


@dataclass
class Gate:
    """Holds back one of the things that are waited for, however often the wait is cancelled."""

    holds: int = -1
    met: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, holds: int = -1) -> None:
        """Count from here on, and hold back the one of this number."""
        self.holds, self.met = holds, 0

    async def go_through(self, work: Awaitable[Any]) -> Any:
        """Wait for the work, and then for the gate to open."""
        number, self.met = self.met, self.met + 1
        if number != self.holds:
            return await work
        answer = await work
        self.reached.set()
        while not self.opened.is_set():
            try:
                await self.opened.wait()
            except asyncio.CancelledError:
                task = asyncio.current_task()
                assert task is not None
                task.uncancel()
        return answer


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Gate:
    """Yield the gate that every request and every thread goes through."""
    monkeypatch.chdir(tmp_path)
    found, request, to_thread = Gate(), Transport.request, asyncio.to_thread

    async def requested(self: Transport, *args: Any, **options: Any) -> Any:
        return await found.go_through(request(self, *args, **options))

    async def threaded(*args: Any, **options: Any) -> Any:
        return await found.go_through(to_thread(*args, **options))

    monkeypatch.setattr(Transport, "request", requested)
    monkeypatch.setattr(asyncio, "to_thread", threaded)
    return found


def forget_what_was_written() -> None:
    """By the run that counted."""
    Path(".env").unlink(missing_ok=True)


async def begin_to_write(table: Table) -> None:
    forget_what_was_written()
    await table.press("x", "enter")
    await table.until("shows what would change")
    await table.press("enter")
    await table.until("writes; Esc leaves")


async def begin_to_create(table: Table) -> None:
    await table.fill_wizard()


async def begin_to_create_management(table: Table) -> None:
    await table.press("o", "n")
    await table.until("Name (required")
    await table.press(*"robot", "enter")
    await table.until("[x] main")
    await table.press("enter")
    await table.until("Read and write")
    await table.press("enter")
    await table.until("Generate Token")


async def begin_to_delete(table: Table) -> None:
    await table.press("d")
    await table.until("Anything that uses")
    table.app.screen.query_one(
        TextField
    ).value = table.app.workspace.snapshot.delivery.items[0].name


async def open_card(table: Table) -> None:
    await table.press("enter")
    await table.until("fingerprint")


async def sign_in(table: Table) -> None:
    await table.press("L")
    await table.until("E-mail and password")
    user = table.sandbox.user("Admin")
    table.app.screen.query_one("#authtoken", TextField).value = user.authtoken


async def stay(_table: Table) -> None:
    """All begins with a key."""


@dataclass(frozen=True)
class Scene:
    """What leads up to the wait, the key that begins it, and words that come in any case."""

    begin: Callable[[Table], Awaitable[None]]
    key: str
    told: str = ""


SCENES = {
    "doctor": Scene(stay, "i"),
    "stacks": Scene(stay, "w"),
    "regions": Scene(stay, "W"),
    "verify": Scene(stay, "v"),
    "wizard": Scene(stay, "n"),
    "card": Scene(open_card, "r"),
    "preview": Scene(open_card, "P", told="Created the preview token of partner-feed"),
    "file": Scene(begin_to_write, "enter", told="Wrote partner-feed"),
    "create": Scene(begin_to_create, "enter", told="Generated kiosk"),
    "create management": Scene(
        begin_to_create_management, "enter", told="Generated robot"
    ),
    "delete": Scene(begin_to_delete, "enter", told="Deleted partner-feed"),
    "rotate": Scene(lambda table: table.press("R"), "enter"),
    "sign in": Scene(sign_in, "enter"),
}


def idle(table: Table) -> Callable[[], bool]:
    return lambda: not any(worker.is_running for worker in table.app.workers)


async def hears_keys(table: Table) -> None:
    """Assert that the program and its screen still respond."""
    assert table.app._exception is None
    await table.press("question_mark")
    await table.until(lambda: isinstance(table.app.screen, HelpScreen))


async def waits_of(scene: Scene, gate: Gate) -> int:
    """Return how often something is waited for."""
    async with running() as table:
        await scene.begin(table)
        await table.until(idle(table))
        gate.begin()
        await table.press(scene.key)
        await table.until(idle(table))
    return gate.met


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
async def test_it_is_left_at_every_wait(scene: Scene, gate: Gate) -> None:
    for number in range(await waits_of(scene, gate)):
        gate.reached, gate.opened = asyncio.Event(), asyncio.Event()
        async with running() as table:
            await scene.begin(table)
            await table.until(idle(table))
            gate.begin(number)
            await table.press(scene.key)
            # Some things are waited for only once in a process, such as late imports.
            done = idle(table)
            await table.until(lambda done=done: gate.reached.is_set() or done())  # type: ignore[misc]  # bound here
            screen = table.app.screen
            if isinstance(screen, TokendeckScreen) and not isinstance(
                screen, TokensScreen
            ):
                screen.dismiss()
            await table.pilot.pause()
            gate.opened.set()
            await table.until(idle(table))
            assert table.app._exception is None
            await table.until(scene.told)
            await hears_keys(table)


@pytest.mark.long
async def test_a_form_that_is_done_leaves_what_was_opened_in_front_of_it(
    gate: Gate,
) -> None:
    async with running() as table:
        await table.fill_wizard()
        gate.begin(0)
        await table.press("enter")
        await table.until(gate.reached.is_set)
        await table.press("question_mark")
        await table.until(lambda: isinstance(table.app.screen, HelpScreen))
        gate.opened.set()
        await table.until(idle(table))
        assert isinstance(table.app.screen, HelpScreen)
        await table.press("escape")
        await table.until("Generated kiosk")
        assert isinstance(table.app.screen, GeneratedScreen)
        assert not any(isinstance(screen, Wizard) for screen in table.app.screen_stack)


@pytest.mark.long
async def test_a_screen_that_is_left_twice_takes_no_other_with_it() -> None:
    async with running() as table:
        await table.press("S", "i")
        await table.until("problems found")
        doctor = table.app.screen
        doctor.dismiss()
        doctor.dismiss()
        await table.until("SETTINGS")
        await table.pilot.pause()
        assert "SETTINGS" in table.text


async def test_a_question_is_answered_once() -> None:
    async with running() as table:
        answers: list[bool | None] = []
        question = Confirm("Really?")
        await table.app.push_screen(question, answers.append)
        question.action_answer(True)
        question.action_answer(False)
        await table.until(lambda: answers == [True])
        await table.pilot.pause()
        assert isinstance(table.app.screen, TokensScreen)


@pytest.mark.long
async def test_nobody_signed_in_is_found_twice_and_asked_once() -> None:
    async with running() as table:
        for _ in range(2):
            await table.app.screen.action_command("sign_in")  # type: ignore[attr-defined]
        screens = table.app.screen_stack
        assert [type(screen) for screen in screens].count(SignInScreen) == 1


@pytest.mark.long
async def test_what_is_told_while_a_screen_opens_is_said_behind_it() -> None:
    async with running() as table:
        tokens = table.app.screen
        assert isinstance(tokens, TokensScreen)
        uid = tokens.snapshot.delivery.items[0].uid
        card: TokendeckScreen[Any] = DetailsScreen(tokens.session, uid)
        opening = table.app.push_screen(card)
        assert tokens.front == tokens
        tokens.front.say("told")
        await opening
        assert tokens.front == card


@pytest.mark.long
async def test_doctor_opened_and_left_as_fast_as_keys_come() -> None:
    async with running() as table:
        for _ in range(20):
            await table.press("i", "b")
        assert table.app._exception is None
        await table.until("alt+o switch")


@pytest.mark.parametrize(
    ("method", "command", "told"),
    [
        ("copy", "copy", "Paste to check"),
        ("try_out", "clipboard_test", ""),
        ("overwrite", "clipboard_clear", ""),
    ],
)
async def test_a_copy_that_takes_longer_than_its_screen_is_told(
    method: str, command: str, told: str, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(Copier, method)

    async def slow(self: Copier, *args: Any) -> Any:
        return await gate.go_through(original(self, *args))

    async with running() as table:
        await table.press("c")
        await table.until("Paste to check")
        await open_card(table)
        monkeypatch.setattr(Copier, method, slow)
        gate.begin(0)
        card = table.app.screen
        assert isinstance(card, DetailsScreen)
        given = asyncio.create_task(card.action_command(command))
        await table.until(gate.reached.is_set)
        card.dismiss()
        await table.until("alt+o switch")
        gate.opened.set()
        await given
        await table.until(told)
        await table.press("escape")
        await hears_keys(table)


def all_of(kind: type[Any]) -> Iterator[type[Any]]:
    for below in kind.__subclasses__():
        yield below
        yield from all_of(below)


def test_no_screen_can_do_without_it() -> None:
    ours = [kind for kind in all_of(Screen) if kind.__module__.startswith("tui.")]
    assert len(ours) > len(SCENES)
    assert all(issubclass(kind, LeavableScreen) for kind in ours)


def test_no_screen_goes_around_it() -> None:
    """What is not the screen's own work goes through `run_in_app`, and each leaves by itself.

    What waits is a worker, or a flow.
    """
    ways_around = re.compile(
        r"app\.run_worker|pop_screen|switch_screen|\.watch\(|loop\(\)\.call_|create_task"
    )
    found = {
        (path.name, line.strip())
        for path in (Path(screens.__file__).parent).glob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if ways_around.search(line)
    }
    assert sorted(name for name, _ in found) == ["base.py", "flow.py"]
