"""A thousand requests at once.

The client keeps the limit, causes no refusals, and stops quickly.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.contentstack.fakes import REGION, Clock
from tests.support.clock import clock as moment
from tui.contentstack.client import Client, StackClient
from tui.contentstack.credentials import Credential
from tui.contentstack.models import DeliveryTokenRequest
from tui.contentstack.pace import Pacer
from tui.contentstack.scope import Scope
from tui.contentstack.transport import Transport
from tui.sandbox.gateway import RateLimiter
from tui.sandbox.service import Sandbox
from tui.secret import Secret

COUNT = 1000


class Counted:
    """The sandbox's management API, with a limiter that uses the test's clock.

    It counts its answers.
    """

    def __init__(self, clock: Clock) -> None:
        sandbox = Sandbox.demo(now=moment, rate_limit=10)
        self.user, self.stack = sandbox.users[0], sandbox.stacks[0]
        self.app = sandbox.management
        vars(self.app)["_limiter"] = RateLimiter(10, clock)
        self.answers: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.answers.append(message["status"])
            await send(message)

        await self.app(scope, receive, noted)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counted(clock: Clock) -> Counted:
    return Counted(clock)


def stack_client(counted: Counted, clock: Clock) -> StackClient:
    pacer = Pacer(clock=clock, sleep=clock.sleep)
    transport = Transport(
        REGION, apps={REGION.cma: counted}, pacer=pacer, sleep=clock.sleep
    )
    client = Client(transport, Credential("authtoken", Secret(counted.user.authtoken)))
    return client.stack(counted.stack.api_key, "blt" + "9" * 16)


async def test_a_thousand_queued_writes_and_reads_draw_no_refusal(
    counted: Counted, clock: Clock
) -> None:
    calls = stack_client(counted, clock)
    scope = Scope.of(("production",), ("main",))
    began = clock.now
    await asyncio.gather(
        *(
            calls.update_delivery_token(
                "blt" + "0" * 16, DeliveryTokenRequest("x", "", scope)
            )
            for _ in range(COUNT // 2)
        ),
        *(calls.environments() for _ in range(COUNT // 2)),
        return_exceptions=True,
    )
    assert len(counted.answers) >= COUNT
    assert 429 not in counted.answers
    # And not slower than our share of the limit.
    assert clock.now - began <= len(counted.answers) / 8 + 1


async def test_cancelling_takes_no_longer_than_a_request(
    counted: Counted, clock: Clock
) -> None:
    calls = stack_client(counted, clock)
    work = asyncio.gather(*(calls.environments() for _ in range(COUNT)))
    await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(work, 2)
    done = len(counted.answers)
    await asyncio.sleep(0.02)
    assert len(counted.answers) == done < COUNT
