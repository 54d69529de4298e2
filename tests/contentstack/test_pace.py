from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contentstack.fakes import Clock
from tui.contentstack.pace import Pacer, backoff, retry_after

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def starts_of(
    pacer: Pacer, clock: Clock, count: int, bucket: str = "org", *, write: bool = False
) -> list[float]:
    starts: list[float] = []

    async def one() -> None:
        await pacer.turn(bucket, write=write)
        starts.append(clock.now)

    await asyncio.gather(*(one() for _ in range(count)))
    return starts


async def test_no_second_holds_more_than_its_share() -> None:
    clock = Clock()
    starts = await starts_of(Pacer(8, clock=clock, sleep=clock.sleep), clock, 30)
    assert all(
        later - earlier >= 1.0
        for earlier, later in zip(starts, starts[8:], strict=False)
    )
    assert max(starts) - min(starts) == pytest.approx(3.0)


async def test_a_share_unused_is_not_saved_up() -> None:
    clock = Clock()
    pacer = Pacer(2, clock=clock, sleep=clock.sleep)
    await starts_of(pacer, clock, 1)
    clock.now += 60
    assert await starts_of(pacer, clock, 3) == [1060.0, 1060.0, 1061.0]


async def test_reads_writes_and_organizations_queue_apart() -> None:
    clock = Clock()
    pacer = Pacer(2, clock=clock, sleep=clock.sleep)
    await starts_of(pacer, clock, 2)
    await starts_of(pacer, clock, 2, write=True)
    await starts_of(pacer, clock, 2, "other")
    assert clock.naps == []
    await starts_of(pacer, clock, 1)
    assert clock.naps == [1.0]


async def test_two_that_share_a_limit_are_counted_as_one_once_that_is_known() -> None:
    clock = Clock()
    pacer = Pacer(4, clock=clock, sleep=clock.sleep)
    await starts_of(pacer, clock, 2, "key")
    clock.now += 0.5
    await starts_of(pacer, clock, 1, "org")
    pacer.join("key", "org")
    pacer.join("key", "org")
    began = clock.now
    starts = [
        *await starts_of(pacer, clock, 2, "key"),
        *await starts_of(pacer, clock, 2, "org"),
    ]
    assert [start - began for start in starts] == [0.0, 0.5, 0.5, 1.0]


async def test_who_waits_already_is_counted_too() -> None:
    clock = Clock()
    pacer = Pacer(2, clock=clock, sleep=clock.sleep)
    waiting = asyncio.ensure_future(starts_of(pacer, clock, 4, "key"))
    await asyncio.sleep(0)
    pacer.join("key", "org")
    starts = sorted([*await waiting, *await starts_of(pacer, clock, 2, "org")])
    assert all(
        later - earlier >= 1.0
        for earlier, later in zip(starts, starts[2:], strict=False)
    )


async def test_first_come_first_served_and_the_cancelled_take_no_place() -> None:
    clock = Clock()
    gate = asyncio.Event()

    async def held(seconds: float) -> None:
        await gate.wait()
        await clock.sleep(seconds)

    pacer = Pacer(1, clock=clock, sleep=held)
    order: list[tuple[int, float]] = []

    async def one(number: int) -> None:
        await pacer.turn("", write=False)
        order.append((number, clock.now))

    tasks = [asyncio.create_task(one(number)) for number in range(6)]
    for _ in range(10):
        await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[3].cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [(0, 1000.0), (2, 1001.0), (4, 1002.0), (5, 1003.0)]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 1.5 ", 1.5),
        ("Tue, 24 Nov 2026 12:00:07 GMT", 7.0),
        ("Tue, 24 Nov 2026 11:59:00 GMT", None),
        ("Tue, 24 Nov 2026 12:00:07", None),
        ("0", None),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_or_nothing(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds > 0


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_backoff_stays_between_its_bounds(attempt: int, chance: float) -> None:
    assert 0.5 <= backoff(attempt, chance) <= 8.0


def test_backoff_grows() -> None:
    assert [backoff(attempt, 0) for attempt in range(6)] == [
        0.5,
        1.0,
        2.0,
        4.0,
        8.0,
        8.0,
    ]
