from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contentstack.fakes import REGION, Api
from tests.support.virtual_time import run_virtually
from tui.contentstack.pace import whole_number
from tui.contentstack.steady_pace import MOST_RATE, SteadyPacer
from tui.contentstack.transport import Transport
from tui.sandbox.gateway import RateLimiter


def now() -> float:
    return asyncio.get_running_loop().time()


async def starts_of(
    pacer: SteadyPacer, count: int, bucket: str = "org", *, write: bool = False
) -> list[float]:
    starts: list[float] = []

    async def one() -> None:
        await pacer.turn(bucket, write=write)
        starts.append(now())

    await asyncio.gather(*(one() for _ in range(count)))
    return starts


def test_requests_start_evenly() -> None:
    async def work() -> list[float]:
        return await starts_of(SteadyPacer(5, clock=now), 11)

    starts = run_virtually(work())
    assert starts == pytest.approx([number * 0.2 for number in range(11)])


def test_reads_writes_and_organizations_queue_apart() -> None:
    async def work() -> list[list[float]]:
        pacer = SteadyPacer(2, clock=now)
        return [
            await starts_of(pacer, 1),
            await starts_of(pacer, 1, write=True),
            await starts_of(pacer, 1, "other"),
            await starts_of(pacer, 1),
        ]

    assert run_virtually(work()) == [[0.0], [0.0], [0.0], [0.5]]


@given(st.lists(st.floats(0, 3), max_size=30), st.integers(1, 10))
def test_no_second_holds_more_than_its_share_and_one(
    naps: list[float], rate: int
) -> None:
    async def work() -> list[float]:
        pacer, starts = SteadyPacer(rate, clock=now), list[float]()
        for nap in naps:
            await asyncio.sleep(nap)
            await pacer.turn("", write=False)
            starts.append(now())
        return starts

    starts = run_virtually(work())
    for start in starts:
        within = [each for each in starts if start <= each < start + 1 - 1e-6]
        assert len(within) <= rate + 1


def test_who_starts_late_does_not_delay_the_next() -> None:
    async def work() -> list[float]:
        pacer, starts = SteadyPacer(5, clock=now), list[float]()
        for _ in range(11):
            await pacer.turn("", write=False)
            starts.append(now())
            await asyncio.sleep(0.19)
        return starts

    assert run_virtually(work())[-1] == pytest.approx(2.0)


def test_a_pause_that_is_asked_for_holds_for_one_organization() -> None:
    async def work() -> tuple[list[float], list[float]]:
        pacer = SteadyPacer(5, clock=now)
        pacer.hold("org", 3.0, write=False)
        held, other = await asyncio.gather(
            starts_of(pacer, 4), starts_of(pacer, 2, "other")
        )
        return held, other

    held, other = run_virtually(work())
    assert held == pytest.approx([3.0, 3.4, 3.8, 4.2])
    assert other == pytest.approx([0.0, 0.2])


def test_it_slows_down_where_little_is_left_and_comes_back() -> None:
    async def work() -> list[float]:
        pacer, gaps = SteadyPacer(5, clock=now), list[float]()
        for remaining in (1, 1, 1, 1, 1, 1, *[8] * 12):
            begun = now()
            await pacer.turn("org", write=False)
            gaps.append(now() - begun)
            pacer.hear("org", 10, remaining, write=False)
            await asyncio.sleep(1.0)
        await pacer.turn("org", write=False)
        return [*gaps, *(await starts_of(pacer, 2))]

    *gaps, one, other = run_virtually(work())
    assert max(gaps) == pytest.approx(1.0)
    assert other - one == pytest.approx(0.2)


def test_answers_of_one_second_slow_it_down_once() -> None:
    async def work() -> list[float]:
        pacer = SteadyPacer(5, clock=now)
        for _ in range(5):
            pacer.hear("org", 10, 0, write=False)
        return await starts_of(pacer, 3)

    assert run_virtually(work()) == pytest.approx([0.0, 0.4, 0.8])


@pytest.mark.parametrize("rate", range(1, MOST_RATE + 1))
def test_alone_it_is_never_slowed_down_by_its_own_requests(rate: int) -> None:
    async def work() -> float:
        pacer, limiter = SteadyPacer(rate, clock=now), RateLimiter(10, now)
        for _ in range(10 * rate + 1):
            await pacer.turn("org", write=False)
            remaining = limiter.admit("org", write=False)
            assert remaining is not None
            pacer.hear("org", 10, remaining, write=False)
        return now()

    assert run_virtually(work()) == pytest.approx(10.0)


@pytest.mark.parametrize(("at_once", "seconds"), [(1, 0.25), (2, 0.51), (4, 1.01)])
def test_a_bystander_at_4_a_second_is_refused_nothing(
    at_once: int, seconds: float
) -> None:
    async def work() -> tuple[list[int | None], float]:
        pacer, limiter = SteadyPacer(5, clock=now), RateLimiter(10, now)
        admitted: list[int | None] = []

        async def bystander() -> None:
            while True:
                for _ in range(at_once):
                    admitted.append(limiter.admit("org", write=False))
                await asyncio.sleep(seconds)

        beside = asyncio.create_task(bystander())
        for _ in range(300):
            await pacer.turn("org", write=False)
            remaining = limiter.admit("org", write=False)
            admitted.append(remaining)
            pacer.hear("org", 10, remaining or 0, write=False)
        beside.cancel()
        return admitted, now()

    admitted, taken = run_virtually(work())
    assert None not in admitted
    assert taken < 300 / 5 * 3


async def test_the_transport_tells_the_pacer_what_answers_say() -> None:
    heard: list[object] = []

    class Ear(SteadyPacer):
        def hear(self, bucket: str, limit: int, remaining: int, *, write: bool) -> None:
            heard.append((bucket, limit, remaining, write))

        def hold(self, bucket: str, seconds: float, *, write: bool) -> None:
            heard.append((bucket, seconds, write))

    told = {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "7"}
    odd = {"x-ratelimit-limit": "ten", "x-ratelimit-remaining": "-1"}
    over = {"error_message": "Too many requests", "error_code": 429}
    api = Api().on(
        "GET /user",
        (200, {"user": {}}, told),
        (200, {"user": {}}, odd),
        (200, {"user": {}}),
        (429, over, {**told, "x-ratelimit-remaining": "0", "retry-after": "2"}),
        (200, {"user": {}}, told),
    )

    async def no_sleep(_: float) -> None:
        return

    transport = Transport(
        REGION,
        apps={REGION.cma: api, REGION.cda: api, REGION.preview: api},
        pacer=Ear(5, sleep=no_sleep),
        sleep=no_sleep,
    )
    for _ in range(4):
        await transport.request("GET", "/user", bucket="org")
    await transport.aclose()
    assert heard == [
        ("org", 10, 7, False),
        ("org", 10, 0, False),
        ("org", 2.0, False),
        ("org", 10, 7, False),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", 10), (" 0 ", 0), ("-1", None), ("1.5", None), ("", None), (None, None)],
)
def test_a_header_holds_a_whole_number_or_nothing(
    text: str | None, number: int | None
) -> None:
    assert whole_number(text) == number


@given(st.text(max_size=12))
def test_no_header_breaks_it(text: str) -> None:
    assert whole_number(text) is None or text.strip().isdigit()


def test_joined_buckets_share_one_pace_also_with_those_who_wait() -> None:
    async def work() -> list[float]:
        pacer = SteadyPacer(2, clock=now)
        waiting = asyncio.create_task(starts_of(pacer, 3, "key"))
        await asyncio.sleep(0.1)
        pacer.join("key", "organization")
        return sorted([*await starts_of(pacer, 2, "organization"), *await waiting])

    starts = run_virtually(work())
    assert starts == pytest.approx([number * 0.5 for number in range(5)])


def test_joined_buckets_keep_the_pause_of_either() -> None:
    async def work() -> list[list[float]]:
        pacer = SteadyPacer(2, clock=now)
        pacer.hold("key", 3, write=False)
        pacer.join("organization", "key")
        return [await starts_of(pacer, 1, each) for each in ("organization", "key")]

    assert run_virtually(work()) == [[3.0], [4.0]]
