from __future__ import annotations

import asyncio

import pytest

from tests.support.virtual_time import run_virtually
from tui.quiet import Quiet


async def gaps_around(*keys: float) -> float:
    """Return how long a gap lasts while keys come at these intervals."""
    loop = asyncio.get_running_loop()
    keyboard = Quiet(loop.time)

    async def type_keys() -> None:
        for seconds in keys:
            await asyncio.sleep(seconds)
            keyboard.hear_key()

    typing = asyncio.ensure_future(type_keys())
    await asyncio.sleep(0)
    began = loop.time()
    await keyboard.gap()
    lasted = loop.time() - began
    typing.cancel()
    return lasted


def test_work_goes_on_soon_where_nobody_types() -> None:
    assert run_virtually(gaps_around()) == pytest.approx(0.003)


def test_work_waits_until_a_key_is_answered() -> None:
    assert run_virtually(gaps_around(0.001)) == pytest.approx(0.026)
    assert run_virtually(gaps_around(0.001, 0.01)) == pytest.approx(0.036)


def test_work_goes_on_however_fast_keys_come() -> None:
    assert run_virtually(gaps_around(*[0.001] * 1_000)) < 0.12
