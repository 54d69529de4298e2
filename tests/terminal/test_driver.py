from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

from textual.app import App
from textual.events import Key
from textual.message import Message

from tui.terminal.driver import TerminalDriver


class Heard:
    """An application that hears messages."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def post_message(self, message: Message) -> bool:
        self.messages.append(message)
        return True


async def test_keys_are_heard_in_order_and_without_a_task_for_each() -> None:
    loop, heard, tasks = asyncio.get_running_loop(), Heard(), []

    def task(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> Any:
        tasks.append(work)
        return asyncio.Task(work, loop=loop)

    driver = TerminalDriver.__new__(TerminalDriver)
    driver._loop, driver._app = loop, cast("App[None]", heard)
    keys = [Key(character, character) for character in "abc"]
    loop.set_task_factory(task)  # type: ignore[arg-type]

    def press() -> None:
        for key in keys:
            driver.send_message(key)

    await asyncio.to_thread(press)
    loop.set_task_factory(None)
    assert heard.messages == keys
    assert tasks == []
