"""The sandbox as a whole: three ASGI applications over one world."""

from __future__ import annotations

from typing import Any

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
    """An embedded Contentstack.

    Its three APIs as ASGI applications, and the faults planned for them.

    A test may look at `world` to see what a client left behind.
    """

    def __init__(
        self, world: World, faults: list[SeedFault], rate_limit: int | None
    ) -> None:
        self.world = world
        self.faults = faults
        limiter = None if rate_limit is None else RateLimiter(rate_limit)
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
    def demo(cls, now: Clock = utc_now, *, rate_limit: int | None = None) -> Sandbox:
        """The organization of the demo.

        All dates are relative to `now` at this moment.
        """
        return cls.from_seed(demo_seed(), now, rate_limit=rate_limit)

    @classmethod
    def from_seed(
        cls, seed: Seed, now: Clock = utc_now, *, rate_limit: int | None = None
    ) -> Sandbox:
        """The organization of a seed; `rate_limit` goes before its own.

        A bad seed is a SeedError.
        """
        for number, each in enumerate(seed.faults):
            try:
                parse_fault(each.fault)
            except ValueError as error:
                raise SeedError(f"faults[{number}].fault: {error}") from None
        # A plan counts down what it was used for, and another sandbox may be made of
        # the same seed.
        faults = [msgspec.structs.replace(each) for each in seed.faults]
        return cls(
            build_world(seed, now),
            faults,
            seed.rate_limit if rate_limit is None else rate_limit,
        )

    @property
    def users(self) -> tuple[PersonRecord, ...]:
        """The logins, in the order of the seed."""
        return tuple(self.world.people.values())

    @property
    def stacks(self) -> tuple[StackRecord, ...]:
        """The stacks, in the order of the seed."""
        return tuple(self.world.stacks.values())

    def user(self, role: str = "Admin") -> PersonRecord:
        """The first user with that role; a LookupError if there is none."""
        found = next((user for user in self.users if user.role == role), None)
        if found is None:
            raise LookupError(f"No user of the sandbox has the role {role}.")
        return found

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
        """Plan a fault for requests to come, as `[[faults]]` of a seed does.

        `times=None` is always.
        """
        parse_fault(fault)
        self.faults.append(
            SeedFault(
                fault=fault, api=api, method=method, path=path, times=times, after=after
            )
        )

    def add_row(
        self, to: ListName, row: Any, *, stack: StackRecord | None = None, at: int = 0
    ) -> None:
        """Put a row into a list as it is, as `[[rows]]` of a seed does.

        Without `stack` in all of them.
        """
        self.world.odd_rows.append(
            OddRow(to, row, stack.api_key if stack else None, at)
        )
