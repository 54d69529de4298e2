from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.virtual_time import run_virtually
from tui.fleet.job_queue import JobQueue

jobs = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 8)), max_size=40
)


@given(jobs, st.integers(1, 3))
def test_every_job_is_done_once_and_no_lane_has_too_many(
    added: list[tuple[str, int, int]], workers: int
) -> None:
    async def work() -> None:
        done, running, most = list[object](), Counter[str](), Counter[str]()

        async def carry_out(job: tuple[str, int]) -> None:
            lane, _ = job
            running[lane] += 1
            most[lane] = max(most[lane], running[lane])
            await asyncio.sleep(1)
            running[lane] -= 1
            done.append(job)

        queue: JobQueue[tuple[str, int]] = JobQueue(carry_out, workers)
        for lane, urgency, number in added:
            queue.add(lane, urgency, (lane, number))
        await queue.join()
        assert sorted(done) == sorted({(lane, number) for lane, _, number in added})  # type: ignore[type-var]
        assert all(count <= workers for count in most.values())

    run_virtually(work())


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_the_most_urgent_goes_first(urgencies: list[int]) -> None:
    async def work() -> None:
        order: list[tuple[int, int]] = []

        async def carry_out(job: tuple[int, int]) -> None:
            await asyncio.sleep(1)
            order.append(job)

        queue: JobQueue[tuple[int, int]] = JobQueue(carry_out, 1)
        for number, urgency in enumerate(urgencies):
            queue.add("", urgency, (urgency, number))
        await queue.join()
        assert order == sorted(order)

    run_virtually(work())


def test_a_job_that_waits_can_become_more_urgent() -> None:
    async def work() -> list[str]:
        order: list[str] = []

        async def carry_out(job: str) -> None:
            await asyncio.sleep(1)
            order.append(job)

        queue: JobQueue[str] = JobQueue(carry_out, 1)
        for job in "abcd":
            queue.add("", 2, job)
        await asyncio.sleep(0.5)
        queue.add("", 0, "d")
        queue.add("", 3, "b")
        await queue.finish("d")
        assert order == ["a", "d"]
        await queue.join()
        return order

    assert run_virtually(work()) == ["a", "d", "b", "c"]


def test_a_stop_ends_whoever_waits() -> None:
    async def work() -> None:
        async def carry_out(_: str) -> None:
            await asyncio.sleep(100)

        queue: JobQueue[str] = JobQueue(carry_out, 1)
        for job in "abc":
            queue.add("", 1, job)
        waiting = asyncio.create_task(queue.finish("c"))
        await asyncio.sleep(1)
        queue.stop()
        await waiting
        await queue.join()
        assert asyncio.get_running_loop().time() == pytest.approx(1)
        queue.add("", 1, "a")
        queue.stop()
        await queue.join()

    run_virtually(work())


def test_a_bug_in_a_job_is_raised_where_it_is_waited_for() -> None:
    async def work() -> None:
        async def carry_out(job: str) -> None:
            if job == "a":
                raise KeyError(job)

        queue: JobQueue[str] = JobQueue(carry_out, 1)
        for job in "abc":
            queue.add(job, 1, job)
        with pytest.raises(KeyError):
            await queue.join()

    run_virtually(work())
