"""Waits until an app has nothing left to do, which Textual's Pilot only guesses.

Textual sleeps 20 ms twice after each key, and again while the process is busy. But a
loop where nothing is ready or due soon, and that no thread or socket may wake, is idle.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import textual.app
import textual.pilot
from textual._wait import wait_for_idle

_SOON = 0.03
"""Seconds; what is due by then belongs to what was just done, such as a frame."""


async def until_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Return once the running loop is idle, or after `max_sleep` seconds."""
    # Its private parts have no public counterpart.
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + max_sleep
    await asyncio.sleep(min_sleep)
    while loop.time() < until:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        if _may_be_woken(loop):
            await wait_for_idle(min_sleep, max_sleep)
            return
        due = (call.when() for call in loop._scheduled if not call.cancelled())
        pause = min(due, default=until) - loop.time()
        if pause > _SOON:
            return
        await asyncio.sleep(max(pause, 0))


def _may_be_woken(loop: Any) -> bool:
    """Whether something is on its way from a socket, a program or a thread."""
    # The loop's own pipe is always there.
    if len(loop._selector.get_map()) > 1:
        return True
    shared = loop._default_executor
    idle = shared._idle_semaphore._value if shared else 0
    sharing = len(shared._threads) if shared else 0
    own = sum(thread.name == "own" for thread in threading.enumerate())
    return own > 0 or sharing > idle


def wait_for_idle_loops() -> None:
    """Have every Pilot wait in this way."""
    textual.pilot.wait_for_idle = until_idle  # type: ignore[attr-defined]
    textual.app.wait_for_idle = until_idle  # type: ignore[attr-defined]
