"""Looking for garbage while nobody types.

Python looks through everything that lives whenever much has been created: 50 ms and
more with ten thousand tokens, in which no key is heard.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import Context

from tui.quiet import KEYBOARD

_YOUNG, _MIDDLE = 700, 10
"""Python's own: these collections look at what is new only, and take no time."""
_WHOLE_AT_LAST = 200
"""Collections of the middle after which all is looked through, whoever types."""
_DUE = 10
"""Collections of the middle after which Python itself would look through all."""
_PAUSE = 1.0
"""Seconds without a key after which nobody is likely to type just now."""


@contextmanager
def collected_in_quiet() -> Iterator[None]:
    """Have everything looked through, within, only when no key has come for a while.

    Enter it on the loop that is to do so.
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
    """Waits for a quiet moment once there is a reason to."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # That of whoever is at work just now would keep a screen that was left.
        self._context = Context()
        self._waits = False
        self.is_over = False

    def hear(self, phase: str, _details: Mapping[str, int]) -> None:
        """Hear of a collection, in whichever thread it was."""
        is_due = gc.get_count()[-1] >= _DUE
        if phase == "stop" and is_due and not self._waits:
            self._waits = True
            # The loop may have been closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._look, context=self._context)

    def _look(self) -> None:
        if self.is_over:
            return
        wanted = _PAUSE - KEYBOARD.seconds
        if wanted > 0:
            self._loop.call_later(wanted, self._look, context=self._context)
        else:
            self._waits = False
            gc.collect()
