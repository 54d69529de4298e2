"""The whole sandbox: three ASGI applications over one world."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from tui.sandbox import accounts, content, modules, stacks, syncing, tokens
from tui.sandbox.building import build_world
from tui.sandbox.faults import parse_fault
from tui.sandbox.gateway import ASGIApp, Gateway, RateLimiter
from tui.sandbox.organization import (
    Clock,
    OddRow,
    PersonRecord,
    StackRecord,
    World,
    utc_now,
)
from tui.sandbox.seed import Api, ListName, Seed, SeedError, SeedFault, demo_seed


class Sandbox:
    """An embedded Contentstack: three APIs as ASGI applications over one world.

    Attributes:
        world: what the APIs work on; tests can check what a client left behind.
        faults: the faults planned for future requests.
    """

    def __init__(
        self,
        world: World,
        faults: list[SeedFault],
        rate_limit: int | None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world
        self.faults = faults
        limiter = None
        if rate_limit is not None:
            own = {
                each.uid: each.rate_limit
                for each in world.organizations.values()
                if each.rate_limit is not None
            }
            limiter = RateLimiter(rate_limit, ticks, own)
        routes = {
            **accounts.ROUTES,
            **stacks.ROUTES,
            **tokens.ROUTES,
            **content.MANAGEMENT_ROUTES,
            **modules.ROUTES,
        }
        self.management: ASGIApp = Gateway("management", world, routes, faults, limiter)
        reading = {**content.DELIVERY_ROUTES, **syncing.ROUTES}
        self.delivery: ASGIApp = Gateway("delivery", world, reading, faults)
        self.preview: ASGIApp = Gateway(
            "preview", world, content.PREVIEW_ROUTES, faults
        )

    @classmethod
    def demo(
        cls,
        now: Clock = utc_now,
        *,
        rate_limit: int | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> Sandbox:
        """Create the demo's organization; all dates are relative to `now`."""
        return cls.from_seed(demo_seed(), now, rate_limit=rate_limit, ticks=ticks)

    @classmethod
    def from_seed(
        cls,
        seed: Seed,
        now: Clock = utc_now,
        *,
        rate_limit: int | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> Sandbox:
        """Create a seed's organization; a SeedError says what's wrong with it.

        `rate_limit` overrides the seed's, and counts by `ticks`, in seconds.
        """
        for number, each in enumerate(seed.faults):
            try:
                parse_fault(each.fault)
            except ValueError as error:
                raise SeedError(f"faults[{number}].fault: {error}") from None
        # A planned fault counts down its uses, and another sandbox may be created from
        # the same seed.
        faults = [msgspec.structs.replace(each) for each in seed.faults]
        if rate_limit is None:
            rate_limit = seed.rate_limit
        return cls(build_world(seed, now), faults, rate_limit, ticks)

    @property
    def users(self) -> tuple[PersonRecord, ...]:
        """Return the people in the seed's order."""
        return tuple(self.world.people.values())

    @property
    def stacks(self) -> tuple[StackRecord, ...]:
        """Return the stacks in the seed's order."""
        return tuple(self.world.stacks.values())

    def user(self, role: str = "Admin") -> PersonRecord:
        """Return the first user with a role; a LookupError if there's none."""
        for user in self.users:
            if user.role == role:
                return user
        raise LookupError(f"No user of the sandbox has the role {role}.")

    def fail(
        self,
        fault: str,
        *,
        api: Api = "*",
        method: str = "*",
        path: str = "*",
        times: int | None = 1,
        after: int = 0,
    ) -> None:
        """Plan a fault for future requests, as a seed's `[[faults]]` do.

        It hits that many `times`, or always with None.
        """
        parse_fault(fault)
        planned = SeedFault(
            fault=fault, api=api, method=method, path=path, times=times, after=after
        )
        self.faults.append(planned)

    def add_row(
        self,
        to: ListName,
        row: object,
        *,
        stack: StackRecord | None = None,
        at: int = 0,
    ) -> None:
        """Add a row to a list as it is, as a seed's `[[rows]]` do.

        Without `stack`, it's in all stacks.
        """
        api_key = stack.api_key if stack else None
        self.world.odd_rows.append(OddRow(to, row, api_key, at))
