"""The account that is signed in to one region, and the stacks it sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.account.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import ContentstackError, NotContentstack, SignedOut
from tui.contentstack.models import Odd, Organization, Stack, User
from tui.contentstack.regions import Region
from tui.contentstack.rows import Rows, joined
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.contentstack.client import Client
    from tui.contentstack.pace import Pacer
    from tui.contentstack.transport import Transport

Connect = Callable[[], Connection]
"""Finds the connection, in a thread and after the first paint: it may load much."""

StackProgress = Callable[[int, int], None]
"""Told how many of how many organizations have been read."""


@dataclass(frozen=True)
class StackEntry:
    """A stack that this account sees."""

    stack: Stack

    organization: str = ""
    """The organization's name."""

    roles: tuple[str, ...] = ()
    """The roles in the stack, as far as they are known."""


@dataclass(frozen=True)
class StackList:
    """The stacks that this account sees, and what is known of the rest."""

    entries: tuple[StackEntry, ...]

    odd: tuple[Odd, ...] = ()
    """Rows of stacks and organizations that were not understood."""

    cut: str = ""
    """Why a list was not read to its end; empty where all were."""


class Account:
    """Who is signed in, connected when that is first needed.

    Its methods raise a `ContentstackError` where Contentstack refuses or can't be
    reached. Accounts with one `pacer` keep the limits of their organizations together.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        on_wait: Callable[[float], None] = lambda _seconds: None,
        pacer: Pacer | None = None,
    ) -> None:
        self._connect = connect
        self._on_wait = on_wait
        self._pacer = pacer
        self._connecting = asyncio.Lock()
        self._connection: Connection | None = None
        self._transport: Transport | None = None

    async def connection(self) -> Connection:
        """Return the connection, which is found by the first who asks."""
        async with self._connecting:
            if self._connection is None:
                self._connection = await asyncio.to_thread(self._connect)
            return self._connection

    async def client(self) -> Client:
        """Return the client of whoever is signed in.

        Raises:
            SignedOut: if there is no credential to send.
        """
        connection = await self.connection()
        if connection.credential is None:
            raise SignedOut("You aren't signed in")
        return await self._client_as(connection.credential)

    async def log_in(
        self, email: str, password: Secret, code: Secret | None = None
    ) -> None:
        """Sign in by password, and by the second factor's code where it is needed."""
        client = await self._client_as(None)
        user = await client.log_in(email, password, code)
        if user.authtoken is not None:
            await self.use(Credential("authtoken", user.authtoken))

    async def request_sms(self, email: str, password: Secret) -> str:
        """Have a code sent by SMS, and return the server's notice."""
        client = await self._client_as(None)
        return await client.request_sms(email, password)

    async def use(
        self, credential: Credential, source: str = "this run's sign-in"
    ) -> None:
        """Switch to another credential; `source` says where it came from."""
        self._connection = replace(
            await self.connection(), credential=credential, source=source
        )

    async def leave(self) -> None:
        """Go on signed out."""
        self._connection = replace(
            await self.connection(), credential=None, source="", looked_in=()
        )

    async def move_to(self, region: Region) -> None:
        """Switch to another region, signed out: a credential is good in its own."""
        before = await self.connection()
        if region != before.region:
            await self.close()
            self._connection = Connection(
                region, None, before.stack, read_only=before.read_only
            )

    async def choose(self, stack: str) -> None:
        """Switch to another stack, by API key, uid or name."""
        self._connection = replace(await self.connection(), stack=stack)

    async def stacks(self, on_progress: StackProgress) -> StackList:
        """Read every stack of every organization, by organization and name.

        An organization that refuses its list is skipped: its single sign-on may ask for
        another credential. What something in between answers is no refusal, and is
        raised.
        """
        client = await self.client()
        user, organizations = await asyncio.gather(
            client.current_user(), client.organizations()
        )
        done = 0

        async def read(organization: Organization | None) -> Rows[Stack]:
            nonlocal done
            stacks = await _stacks_of(client, organization)
            done += 1
            on_progress(done, len(organizations) + 1)
            return stacks

        # The list of no organization has the stacks of those that are not seen, and
        # comes last, so that every other entry names its organization.
        lists = await asyncio.gather(*map(read, (*organizations, None)))
        names = [*(organization.name for organization in organizations), ""]
        entries = _entries(zip(names, lists, strict=True), _roles_by_stack(user))
        whole = joined([Rows(odd=organizations.odd, cut=organizations.cut), *lists])
        # An odd stack is in the list of its organization and in that of all.
        odd = {row.uid or row.why: row for row in whole.odd}
        return StackList(entries, tuple(odd.values()), whole.cut)

    async def close(self) -> None:
        """Close the connections to Contentstack."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def _client_as(self, credential: Credential | None) -> Client:
        # The client and what it decodes by are not needed for the first paint.
        from tui.contentstack.client import Client  # noqa: PLC0415

        return Client(await self._open(), credential)

    async def _open(self) -> Transport:
        if self._transport is None:
            from tui.contentstack.transport import Transport  # noqa: PLC0415

            connection = await self.connection()
            self._transport = Transport(
                connection.region,
                apps=connection.apps,
                on_wait=self._on_wait,
                read_only=connection.read_only,
                dry_run=connection.dry_run,
                pacer=connection.pacer or self._pacer,
            )
        return self._transport


async def _stacks_of(client: Client, organization: Organization | None) -> Rows[Stack]:
    """Read an organization's stacks, none where it refuses; all stacks without one."""
    if organization is None:
        return await client.stacks(None)
    try:
        return await client.stacks(organization.uid)
    except NotContentstack:
        raise
    except ContentstackError:
        return Rows()


def _roles_by_stack(user: User) -> dict[str, tuple[str, ...]]:
    roles: dict[str, tuple[str, ...]] = {}
    for role in user.roles:
        roles[role.api_key] = (*roles.get(role.api_key, ()), role.name)
    return roles


def _entries(
    lists: Iterable[tuple[str, Rows[Stack]]], roles: Mapping[str, tuple[str, ...]]
) -> tuple[StackEntry, ...]:
    """Return each stack once, by organization and name."""
    found: dict[str, StackEntry] = {}
    for organization, stacks in lists:
        for stack in stacks:
            entry = StackEntry(stack, organization, roles.get(stack.api_key, ()))
            found.setdefault(stack.api_key, entry)
    return tuple(sorted(found.values(), key=_by_organization_and_name))


def _by_organization_and_name(entry: StackEntry) -> tuple[str, str]:
    return entry.organization, entry.stack.name.casefold()
