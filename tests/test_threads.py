from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from tui import threads
from tui.threads import SharedThreads, in_own_thread

MORE_THAN_ASYNCIO_HAS = 40


async def test_however_much_of_it_hangs_other_work_goes_on() -> None:
    over = threading.Event()
    hanging = [
        asyncio.create_task(in_own_thread(over.wait))
        for _ in range(MORE_THAN_ASYNCIO_HAS)
    ]
    try:
        await asyncio.sleep(0)
        assert await asyncio.to_thread(lambda: "done") == "done"
        assert await in_own_thread(lambda: "done") == "done"
    finally:
        over.set()
    assert all(await asyncio.gather(*hanging))


async def test_whoever_stops_waiting_leaves_it_to_itself() -> None:
    begun, over, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        over.wait()
        ended.set()

    task = asyncio.create_task(in_own_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not ended.is_set()
    over.set()
    assert await asyncio.to_thread(ended.wait)


async def test_its_error_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_own_thread(divmod, 1, 0)


async def test_it_sees_what_whoever_asks_sees() -> None:
    seen: ContextVar[str] = ContextVar("seen")
    seen.set("here")
    assert await in_own_thread(seen.get) == "here"


def test_no_exit_waits_for_shared_threads_that_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "_PATIENCE", 0.01)
    over = threading.Event()
    shared = SharedThreads(2)
    hanging = [shared.submit(over.wait) for _ in range(3)]
    shared.shutdown()
    assert not hanging[0].done()
    assert hanging[2].cancelled()
    over.set()
    assert hanging[0].result()


def test_what_is_being_done_is_done_to_its_end_at_an_exit() -> None:
    shared = SharedThreads(2)
    begun = threading.Event()

    def work() -> str:
        begun.wait()
        return "done"

    doing = shared.submit(work)
    threading.Timer(0.1, begun.set).start()
    shared.shutdown()
    assert doing.done()
