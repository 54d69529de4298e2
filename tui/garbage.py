"""Collects garbage while no one is typing.

Python checks all live objects whenever many have been created. With ten thousand
tokens, that takes 50 ms or more, during which keys get no response.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import Context

from tui.quiet import KEYBOARD

_YOUNG, _MIDDLE = 700, 10
"""Python's defaults: these collections check only new objects, and take no time."""
_WHOLE_AT_LAST = 200
"""Middle collections after which everything is checked, typing or not."""
_DUE = 10
"""Middle collections after which Python itself would check everything."""
_PAUSE = 1.0
"""Seconds without a key after which the user probably isn't typing."""


@contextmanager
def collected_in_quiet() -> Iterator[None]:
    """Inside the block, run full collections only when no key has come for a while.

    Enter it on the event loop that should run them.
    """
    collector = _Collector(asyncio.get_running_loop())
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, _MIDDLE, _WHOLE_AT_LAST)
    gc.callbacks.append(collector.hear)
    try:
        yield
    finally:
        collector.is_over = True
        gc.callbacks.remove(collector.hear)
        gc.set_threshold(*before)


class _Collector:
    """Waits for a quiet moment once a collection is due."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # The current context would keep alive a screen that was left.
        self._context = Context()
        self._waits = False
        self.is_over = False

    def hear(self, phase: str, _details: Mapping[str, int]) -> None:
        """Take note of a collection, in whichever thread it happens."""
        is_due = gc.get_count()[-1] >= _DUE
        if phase == "stop" and is_due and not self._waits:
            self._waits = True
            # The loop may be closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wait, context=self._context)

    def _wait(self) -> None:
        # What created so much is likely to be drawn now, and someone waits for it.
        self._loop.call_later(_PAUSE, self._look, context=self._context)

    def _look(self) -> None:
        if self.is_over:
            return
        wanted = _PAUSE - KEYBOARD.seconds
        if wanted > 0:
            self._loop.call_later(wanted, self._look, context=self._context)
        else:
            self._waits = False
            gc.collect()
