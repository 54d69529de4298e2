"""The ways to stacks: one for each profile, which finds the stacks it can see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from tui.account.account import Account
from tui.connection.connection import Connection
from tui.contentstack.errors import ContentstackError, NotContentstack, SignedOut
from tui.contentstack.models import Organization, Stack, User
from tui.contentstack.pace import Pacer
from tui.contentstack.rows import Good, Rows
from tui.files.refusal import Refused
from tui.fleet.places import FleetPlace, FleetStack, stack_key
from tui.fleet.snapshot import FleetTrouble, ListKind, SomeListing
from tui.workspace.snapshot import Listing

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

SomeError = TypeVar("SomeError", bound=ContentstackError)

Outcome: TypeAlias = SomeListing | ContentstackError
"""The outcome of reading a list."""

ReadList: TypeAlias = "Callable[[StackClient], Awaitable[SomeListing]]"


async def _listing(reading: Awaitable[Rows[Good]]) -> Listing[Good]:
    return Listing.of(await reading)


_READ: Mapping[ListKind, ReadList] = {
    "management": lambda calls: _listing(calls.management_tokens()),
    "delivery": lambda calls: _listing(calls.delivery_tokens()),
    "environments": lambda calls: _listing(calls.environments()),
    "branches": lambda calls: _listing(calls.branches()),
    "aliases": lambda calls: _listing(calls.aliases()),
    "people": lambda calls: _listing(calls.users()),
}


@dataclass(eq=False)
class Way:
    """One account's way to the stacks it can see."""

    account: Account
    connection: Connection
    client: Client
    user: User
    signed_out: SignedOut | None = None

    def __post_init__(self) -> None:
        self._checking = asyncio.Lock()

    def connection_to(self, stack: Stack, pacer: Pacer) -> Connection:
        """Return the connection to one stack, at the pace of its fleet."""
        return replace(self.connection, stack=stack.api_key, pacer=pacer)

    async def read(self, kind: ListKind, stack: Stack) -> SomeListing:
        """Read one list of a stack.

        Once the session is known to have ended, nothing more is sent.
        """
        if self.signed_out is not None:
            raise self.signed_out
        calls = self.client.stack(stack.api_key, stack.org_uid or None)
        try:
            return await _READ[kind](calls)
        except SignedOut:
            await self._check_session()
            raise

    async def _check_session(self) -> None:
        """Find out whether the session has ended, or just one stack refused it."""
        async with self._checking:
            if self.signed_out is not None:
                return
            try:
                await self.client.current_user()
            except SignedOut as error:
                self.signed_out = settled(error)
            except ContentstackError:
                return


def settled(error: SomeError) -> SomeError:
    """Return the error without its frames, because snapshots keep it for long."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


FoundStack: TypeAlias = Callable[[Way, FleetStack], None]
MetTrouble: TypeAlias = Callable[[FleetTrouble], None]


class StackSearch:
    """Finds the stacks that one profile's account can see, and reports each at once.

    Attributes:
        found: the keys of its stacks.
        unread: the uids of organizations whose lists can't be read.
        is_whole: whether stacks that weren't found don't exist, except in `unread`.
    """

    def __init__(
        self, profile: str, account: Account, found: FoundStack, troubled: MetTrouble
    ) -> None:
        self.profile = profile
        self.account = account
        self._tell, self._troubled = found, troubled
        self.found: set[str] = set()
        self.unread: set[str] = set()
        self.is_whole = False
        self._odd: set[str] = set()

    async def run(self) -> None:
        """Find all stacks; what can't be read is reported, not raised."""
        place = FleetPlace(profile=self.profile)
        try:
            connection = await self.account.connection()
            place = replace(place, region=connection.region)
            client = await self.account.client()
            user, organizations = await asyncio.gather(
                client.current_user(), client.organizations()
            )
        except Refused as error:
            self._troubled(FleetTrouble(place, str(error)))
        except ContentstackError as error:
            self._meet(place, error)
        else:
            way = Way(self.account, connection, client, user)
            for odd in organizations.odd:
                where = replace(place, organization=odd.name)
                self._troubled(
                    FleetTrouble(where, f"organization {odd.title}: {odd.why}")
                )
            if organizations.cut:
                self._troubled(
                    FleetTrouble(place, f"organizations: {organizations.cut}")
                )
            await self._search(way, place, organizations)
            self.is_whole = True

    async def _search(
        self, way: Way, place: FleetPlace, organizations: Rows[Organization]
    ) -> None:
        names = {each.uid: each.name for each in organizations}
        reads = [
            self._search_one(way, replace(place, organization=each.name), each.uid)
            for each in organizations
        ]
        # An OAuth session belongs to its organizations, and sees no other stacks.
        if way.client.credential and way.client.credential.kind == "authtoken":
            reads.append(self._search_rest(way, place, names))
        await asyncio.gather(*reads)

    async def _search_one(self, way: Way, place: FleetPlace, uid: str) -> None:
        try:
            stacks = await way.client.stacks(uid)
        except ContentstackError as error:
            self.unread.add(uid)
            self._meet(place, error)
            return
        self._mention(place, stacks)
        for stack in stacks:
            self._find(way, place, stack)

    async def _search_rest(
        self, way: Way, place: FleetPlace, names: Mapping[str, str]
    ) -> None:
        """Find the stacks of organizations that aren't listed."""
        try:
            stacks = await way.client.stacks(None)
        except NotContentstack as error:
            self._meet(place, error)
            return
        except ContentstackError:
            # Where sign-in is per organization, there's no such list.
            return
        self._mention(place, stacks)
        for stack in stacks:
            name = names.get(stack.org_uid, "")
            self._find(way, replace(place, organization=name), stack)

    def _find(self, way: Way, place: FleetPlace, stack: Stack) -> None:
        key = stack_key(way.connection.region, stack)
        if key in self.found:
            return
        self.found.add(key)
        named = [each.name for each in way.user.roles if each.api_key == stack.api_key]
        its_place = FleetStack(
            profile=place.profile,
            region=place.region,
            organization=place.organization,
            key=key,
            stack=stack,
            roles=tuple(named),
        )
        self._tell(way, its_place)

    def _mention(self, place: FleetPlace, stacks: Rows[Stack]) -> None:
        """Report which stacks of a list are missing."""
        for odd in stacks.odd:
            # An odd stack is both in its organization's list and in the list of all.
            name = odd.uid or odd.why
            if name not in self._odd:
                self._odd.add(name)
                reason = f"stack {odd.title}: {odd.why}"
                self._troubled(FleetTrouble(place, reason, uid=odd.uid))
        if stacks.cut:
            self._troubled(FleetTrouble(place, f"stacks: {stacks.cut}"))

    def _meet(self, place: FleetPlace, error: ContentstackError) -> None:
        reason = error.what or error.summary
        self._troubled(FleetTrouble(place, reason, settled(error)))
