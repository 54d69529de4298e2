"""Sandboxes as the regions of a fleet: slow, failing and watched, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tests.support.clock import NOW
from tui.account.account import Connect
from tui.connection.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.contentstack.steady_pace import SteadyPacer
from tui.fleet.fleet import Fleet
from tui.sandbox.fleet_seeds import fleet_seeds
from tui.sandbox.seed import Seed, seed_from
from tui.sandbox.service import Sandbox
from tui.secret import Secret

LATENCY = 0.15


def ticks() -> float:
    """Return the running loop's time in seconds."""
    return asyncio.get_running_loop().time()


def moving_clock() -> datetime:
    """Return the current time by the loop."""
    return NOW + timedelta(seconds=ticks())


@dataclass
class Asked:
    """A request as seen by a region's management API."""

    at: float
    path: str
    api_key: str
    organization: str
    status: int = 0


@dataclass
class WatchedRegion:
    """One region: a sandbox behind a slow line.

    Attributes:
        status_of: the status to answer a request with; 0 lets the sandbox answer.
    """

    name: str
    sandbox: Sandbox
    latency: float = LATENCY
    asked: list[Asked] = field(default_factory=list)
    status_of: Callable[[Asked], int] = lambda _: 0

    @property
    def region(self) -> Region:
        hosts = [f"https://{api}.{self.name}.invalid" for api in ("cma", "cda", "pre")]
        cma, cda, preview = hosts
        return Region(self.name, self.name.upper(), (), cma, cda, preview)

    def connect(self, email: str = "ana@example.com") -> Connect:
        """Return a function that connects one of its users."""
        user = next(user for user in self.sandbox.users if user.email == email)
        region = self.region
        apps = dict.fromkeys((region.cma, region.cda, region.preview), self)
        connection = Connection(
            region=region,
            credential=Credential("authtoken", Secret(user.authtoken)),
            stack=None,
            apps=apps,
        )
        return lambda: connection

    def of(self, path: str) -> list[Asked]:
        """Return the requests to paths with this ending."""
        return [asked for asked in self.asked if asked.path.endswith(path)]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        api_key = headers.get("api_key", "")
        stack = self.sandbox.world.stacks.get(api_key)
        organization = headers.get("organization_uid", "")
        if stack is not None:
            organization = stack.organization.uid
        asked = Asked(ticks(), scope["path"], api_key, organization)
        self.asked.append(asked)
        await asyncio.sleep(self.latency)
        asked.status = self.status_of(asked)
        if asked.status:
            await _refuse(asked.status, send)
            return

        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
            await send(message)

        await self.sandbox.management(scope, receive, note)


async def _refuse(status: int, send: Any) -> None:
    body = msgspec.json.encode({"error_message": "No.", "error_code": status})
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def regions(
    organizations: int = 6, stacks: int = 40, rate_limit: int | None = 10
) -> dict[str, WatchedRegion]:
    """Return the regions of a generated fleet; call it on the loop."""
    seeds = fleet_seeds(organizations, stacks)
    return {name: region_of(seed, name, rate_limit) for name, seed in seeds.items()}


def region_of(
    seed: Seed | dict[str, Any], name: str = "na", rate_limit: int | None = 10
) -> WatchedRegion:
    """Return the region of one seed."""
    seed = seed_from(seed) if isinstance(seed, dict) else seed
    sandbox = Sandbox.from_seed(seed, lambda: NOW, rate_limit=rate_limit, ticks=ticks)
    return WatchedRegion(name, sandbox)


def fleet_of(*ways: tuple[str, Connect], rate: int = 5) -> Fleet:
    """Return a fleet on the loop's own time."""
    pacer = SteadyPacer(rate, clock=ticks)
    return Fleet(dict(ways), rate=rate, clock=moving_clock, pacer=pacer)


def busiest_second(asked: list[Asked]) -> int:
    """Return the most requests that came within one second."""
    times = [each.at for each in asked]
    return max(
        (sum(at <= other < at + 1 - 1e-6 for other in times) for at in times), default=0
    )


def by_organization(asked: list[Asked]) -> Counter[str]:
    """Count requests by their organization."""
    return Counter(each.organization for each in asked)


async def ask_beside(
    world: WatchedRegion, statuses: list[int], per_second: int = 4
) -> None:
    """Read like another program in the first organization, until cancelled."""
    stack, user = world.sandbox.stacks[0], world.sandbox.users[0]
    credential = stack.api_key.encode(), user.authtoken.encode()
    headers = list(zip((b"api_key", b"authtoken"), credential, strict=True))
    scope = {"type": "http", "method": "GET", "path": "/v3/environments"}

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    while True:
        asked = {**scope, "query_string": b"", "headers": headers}
        await world.sandbox.management(asked, receive, send)
        await asyncio.sleep(1 / per_second)
