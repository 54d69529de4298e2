"""The program on its own sandbox, for tests of screens."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from textual.pilot import Pilot

from tests.support.clock import clock
from tests.support.pilot import screen_text, wait_for
from tui.app import TokendeckApp
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.sandbox.service import Sandbox
from tui.widgets.status_line import StatusLine


@dataclass
class Table:
    """A running program, its sandbox, and what it wrote to the terminal directly."""

    app: TokendeckApp
    pilot: Pilot[None]
    sandbox: Sandbox
    written: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the screen as text."""
        return screen_text(self.app)

    @property
    def copied(self) -> list[str]:
        """Return what was sent to the terminal's clipboard, in order."""
        start, end = "\x1b]52;c;", "\x07"
        sequences = [
            text.removeprefix(start).removesuffix(end)
            for text in self.written
            if start in text
        ]
        return [base64.b64decode(payload).decode() for payload in sequences]

    @property
    def said(self) -> str:
        """Return the last message in full, which the status line may cut off."""
        lines = self.app.screen.query(StatusLine)
        return lines.first().text if lines else ""

    async def until(self, what: str | Callable[[], bool]) -> None:
        """Wait until the screen shows or says a text, or a condition is true."""
        if isinstance(what, str):
            await wait_for(self.pilot, partial(self._tells, what), repr(what))
        else:
            await wait_for(self.pilot, what, repr(what))

    def _tells(self, words: str) -> bool:
        return words in self.text or words in self.said

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Paste a text into the field that has the focus, as a terminal does."""
        from textual.events import Paste

        assert self.app.focused is not None
        self.app.focused.post_message(Paste(text))
        await self.pilot.pause()

    async def fill_wizard(self, name: str = "kiosk", environments: int = 1) -> None:
        """From the list to the review of a delivery token, with the first branch and environments."""
        await self.press("n")
        await self.until("Name (required")
        await self.press(*name, "enter")
        await self.until("[x] main")
        await self.press("enter")
        await self.until("its one")
        await self.press("space", *["down", "space"] * (environments - 1), "enter")
        await self.until(
            "Generate Token" if environments == 1 else f"Generate {environments} Tokens"
        )


@asynccontextmanager
async def running(
    *,
    size: tuple[int, int] = (80, 24),
    stack: str | None = None,
    role: str | None = None,
    sandbox: Sandbox | None = None,
    connect: Callable[[], Connection] | None = None,
    wait: str = "read 09:30:00",
    **options: Any,
) -> AsyncIterator[Table]:
    """Run the program at this size, and yield it once its screen shows `wait`."""
    sandbox = sandbox or Sandbox.demo(now=clock)
    box = sandbox
    app = TokendeckApp(
        connect or (lambda: connection_to(box, stack, role=role)),
        clock=clock,
        environ={"LANG": "C.UTF-8"},
        **options,
    )
    written: list[str] = []
    app.session.copier._write = written.append
    async with app.run_test(size=size) as pilot:
        table = Table(app, pilot, sandbox, written)
        if wait:
            await table.until(wait)
        yield table
