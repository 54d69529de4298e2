from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, cast

import pytest
from textual.app import App
from textual.events import Key
from textual.message import Message

from tui.terminal.driver import TerminalDriver
from tui.terminal.key_parser import KeyParser


class Heard:
    """An application that hears messages."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def post_message(self, message: Message) -> bool:
        self.messages.append(message)
        return True


class Wakings:
    """A loop that only notes what it's woken for."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def call_soon_threadsafe(self, call: Callable[[], None]) -> None:
        self.calls.append(call)


def driver_of(heard: Heard) -> TerminalDriver:
    """Return a driver that has no terminal."""
    driver = TerminalDriver.__new__(TerminalDriver)
    driver._loop, driver._app = asyncio.get_running_loop(), cast("App[None]", heard)
    driver._heard, driver._hears_more = deque(), False
    driver.cursor_origin = None
    return driver


async def test_keys_are_heard_in_order_and_without_a_task_for_each() -> None:
    loop, heard, tasks = asyncio.get_running_loop(), Heard(), []

    def task(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> Any:
        tasks.append(work)
        return asyncio.Task(work, loop=loop)

    driver = driver_of(heard)
    keys = [Key(character, character) for character in "abc"]
    loop.set_task_factory(task)  # type: ignore[arg-type]

    def press() -> None:
        for key in keys:
            driver.send_message(key)

    await asyncio.to_thread(press)
    loop.set_task_factory(None)
    assert heard.messages == keys
    assert tasks == []


class Broken(KeyParser):
    """A parser that fails after the first key."""

    def feed(self, data: str) -> Iterable[Message]:
        yield from islice(super().feed(data), 1)
        raise ValueError


@pytest.mark.parametrize(("parser", "passed_on"), [(KeyParser, "abc"), (Broken, "a")])
async def test_keys_of_one_read_are_passed_on_together(
    parser: type[KeyParser], passed_on: str
) -> None:
    # Otherwise, the first one is handled and drawn while the next is still parsed.
    heard, wakings = Heard(), Wakings()
    driver = driver_of(heard)
    driver._loop = cast("asyncio.AbstractEventLoop", wakings)
    driver._hear(parser(), "abc")
    assert heard.messages == []
    (pass_on,) = wakings.calls
    pass_on()
    assert [key.character for key in heard.messages if isinstance(key, Key)] == [
        *passed_on
    ]
