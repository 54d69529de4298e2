"""The sandbox as a whole: three ASGI applications over one world."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp

from tui.sandbox import content_api, management_api, views
from tui.sandbox.building import build_world
from tui.sandbox.faults import FaultPlan, PlannedFault, parse_fault
from tui.sandbox.gateway import Gateway
from tui.sandbox.limits import RateLimiter
from tui.sandbox.organization import Clock, World, utc_now
from tui.sandbox.seed import Seed, SeedError, demo_seed


@dataclass(frozen=True, slots=True)
class SandboxUser:
    """A login.

    Attributes:
        role: what the person is in the first stack that they have a part in: Owner, Admin, Developer, …
        authtoken: an open session, which is not one of the 20 that logins may open.
        tfa_secret: the base32 secret of the authenticator, where a second factor is needed.
        sms_code: the code that an SMS brings once it was asked for.
        bearer: an OAuth access token.
    """

    uid: str
    email: str
    password: str = field(repr=False)
    role: str
    authtoken: str = field(repr=False)
    tfa_secret: str | None = field(repr=False)
    sms_code: str = field(repr=False)
    bearer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SandboxStack:
    """A stack: its name, API key, whether branches are on, and the names of its environments."""

    name: str
    api_key: str
    branches: bool
    environments: tuple[str, ...]


class Sandbox:
    """An embedded Contentstack.

    Attributes:
        management: the management API (CMA) as an ASGI application.
        delivery: the delivery API (CDA).
        preview: the preview API.
        world: what it knows; a test may look here to see what a client left behind.
        faults: faults planned for requests to come.
    """

    def __init__(
        self, world: World, *, rate_limit: int | None = None, faults: FaultPlan | None = None
    ) -> None:
        self.world = world
        self.faults = faults or FaultPlan()
        limiter = None if rate_limit is None else RateLimiter(rate_limit)
        self.management: ASGIApp = Gateway(
            "management",
            [*management_api.routes(world), *content_api.management_routes(world)],
            faults=self.faults,
            limiter=limiter,
            bucket_of=self._bucket_of,
        )
        self.delivery: ASGIApp = Gateway("delivery", content_api.delivery_routes(world), faults=self.faults)
        self.preview: ASGIApp = Gateway("preview", content_api.preview_routes(world), faults=self.faults)

    @classmethod
    def demo(cls, now: Clock = utc_now, *, rate_limit: int | None = None) -> Sandbox:
        """The organization of the demo; all dates are relative to `now` at this moment."""
        return cls.from_seed(demo_seed(), now, rate_limit=rate_limit)

    @classmethod
    def from_seed(cls, seed: Seed, now: Clock = utc_now, *, rate_limit: int | None = None) -> Sandbox:
        """The organization of a seed; `rate_limit` goes before the seed's own.

        Raises:
            SeedError: if the seed refers to something that is not there.
        """
        faults = FaultPlan()
        for number, each in enumerate(seed.faults):
            try:
                fault = parse_fault(each.fault)
            except ValueError as error:
                raise SeedError(f"faults[{number}].fault: {error}") from None
            faults.add(PlannedFault(fault, each.api, each.method, each.path, each.times, each.after))
        limit = seed.rate_limit if rate_limit is None else rate_limit
        return cls(build_world(seed, now), rate_limit=limit, faults=faults)

    @property
    def users(self) -> tuple[SandboxUser, ...]:
        """The logins, in the order of the seed."""
        return tuple(
            SandboxUser(
                uid=person.uid,
                email=person.email,
                password=person.password,
                role=self._role_of(person.uid),
                authtoken=person.standing_session or "",
                tfa_secret=person.tfa_secret,
                sms_code=person.sms_code,
                bearer=person.bearer,
            )
            for person in self.world.people.values()
        )

    @property
    def stacks(self) -> tuple[SandboxStack, ...]:
        """The stacks, in the order of the seed."""
        return tuple(
            SandboxStack(each.name, each.api_key, each.branches_enabled, tuple(each.environments))
            for each in self.world.stacks.values()
        )

    def user(self, role: str = "Admin") -> SandboxUser:
        """The first user with that role.

        Raises:
            LookupError: if there is none.
        """
        found = next((user for user in self.users if user.role == role), None)
        if found is None:
            raise LookupError(f"No user of the sandbox has the role {role}.")
        return found

    def fail(self, fault: str, *, method: str = "*", path: str = "*", times: int | None = 1) -> None:
        """Plan a fault for requests to come; `method` and `path` may hold `*`, `times=None` is always.

        Raises:
            ValueError: if `fault` is none, see `tui.sandbox.faults`.
        """
        self.faults.add(PlannedFault(parse_fault(fault), method=method, path=path, times=times))

    def _role_of(self, person_uid: str) -> str:
        roles = (views.role_in(stack, person_uid) for stack in self.world.stacks.values())
        return next((role for role in roles if role), "")

    def _bucket_of(self, headers: Headers) -> str:
        """Whose rate limit a request counts against: the organization's, as far as its headers tell."""
        stack = self.world.stacks.get(headers.get("api_key", ""))
        if stack is not None:
            return stack.organization.uid
        return headers.get("organization_uid") or headers.get("authtoken") or headers.get("authorization", "")
