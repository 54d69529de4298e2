"""Threads that may hang without holding up everything else, or the exit."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from time import monotonic
from typing import ParamSpec, TypeVar

_Args = ParamSpec("_Args")
_Done = TypeVar("_Done")
_PATIENCE = 2.0
"""Seconds in which a file can be fully written."""


class SharedThreads(ThreadPoolExecutor):
    """Threads that the exit waits for only briefly.

    asyncio would wait for the last name look-up, however long the network takes.
    """

    def __init__(self, most: int) -> None:
        super().__init__(most, thread_name_prefix="asyncio")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more work, and wait briefly for what is in progress."""
        super().shutdown(wait=False, cancel_futures=cancel_futures or wait)
        deadline = monotonic() + (_PATIENCE if wait else 0.0)
        for thread in tuple(self._threads):
            thread.join(max(0.0, deadline - monotonic()))


async def in_own_thread(
    work: Callable[_Args, _Done], *args: _Args.args, **options: _Args.kwargs
) -> _Done:
    """Do work in a thread that nothing else needs and the exit doesn't wait for.

    `asyncio.to_thread` has a handful of threads for everything. A few disks or programs
    that don't answer would occupy them all, long after the user stopped waiting.
    """
    done: Future[_Done] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(context.run(work, *args, **options))
        except BaseException as error:
            done.set_exception(error)

    Thread(target=run, name="own", daemon=True).start()
    return await asyncio.wrap_future(done)
