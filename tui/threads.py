"""Work that may hang, away from the threads that all else waits for."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import ParamSpec, TypeVar

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


async def in_own_thread(
    work: Callable[_Args, _Result], *args: _Args.args, **options: _Args.kwargs
) -> _Result:
    """Do work in a thread that nothing else needs, and that no exit waits for.

    `asyncio.to_thread` has a handful of threads for everything. A few disks or programs
    that don't answer would take them all, long after the user stopped waiting.
    """
    done: Future[_Result] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(context.run(work, *args, **options))
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            done.set_exception(error)

    Thread(target=run, name="own", daemon=True).start()
    return await asyncio.wrap_future(done)
