"""One login in one region: signing in and out, and the stacks it sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from tui.account.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import ContentstackError, NotContentstack
from tui.contentstack.models import Odd, Organization, Stack
from tui.contentstack.regions import Region
from tui.contentstack.rows import Rows, joined
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.contentstack.client import Client
    from tui.contentstack.transport import Transport

Connect = Callable[[], Connection]
"""Finds the way to Contentstack.

Runs in a thread, after the first paint, since it may load much.
"""

StackProgress = Callable[[int, int], None]
"""Told how many of how many organizations have been read."""


class SignedOutHere(Exception):
    """Nobody is signed in: there is no credential to ask with."""


@dataclass(frozen=True)
class StackEntry:
    """A stack that this login sees, with its organization's name and the roles it is known to have there."""

    stack: Stack
    organization: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class StackList:
    """The stacks that this login sees, and what is known of the rest.

    `odd` are rows of stacks and organizations that were not understood; `cut` says why
    a list was not read to its end, and is empty where all were.
    """

    entries: tuple[StackEntry, ...]
    odd: tuple[Odd, ...] = ()
    cut: str = ""


class Account:
    """The way to Contentstack, made when it is first needed, for one login at a time.

    Its methods raise a `ContentstackError` where Contentstack refuses or can't be
    reached.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        on_wait: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._connect = connect
        self._on_wait = on_wait
        self._connecting = asyncio.Lock()
        self._connection: Connection | None = None
        self._transport: Transport | None = None

    async def connection(self) -> Connection:
        """The way that is taken."""
        async with self._connecting:
            if self._connection is None:
                self._connection = await asyncio.to_thread(self._connect)
            return self._connection

    async def client(self) -> Client:
        """The client of whoever is signed in, else `SignedOutHere`."""
        connection = await self.connection()
        if connection.credential is None:
            raise SignedOutHere
        return await self._ask_as(connection.credential)

    async def log_in(
        self, email: str, password: Secret, code: Secret | None = None
    ) -> None:
        """Sign in by password, and with the second factor's code where one is asked for."""
        user = await (await self._ask_as(None)).log_in(email, password, code)
        if user.authtoken is not None:
            await self.use(Credential("authtoken", user.authtoken))

    async def request_sms(self, email: str, password: Secret) -> str:
        """Have a code sent by SMS; the server's notice."""
        return await (await self._ask_as(None)).request_sms(email, password)

    async def use(
        self, credential: Credential, source: str = "this run's sign-in"
    ) -> None:
        """Go on with another credential; `source` says in words where it came from."""
        self._connection = replace(
            await self.connection(), credential=credential, source=source
        )

    async def move_to(self, region: Region) -> None:
        """Go on in another region.

        A credential is good in its own region alone, and stays behind.
        """
        before = await self.connection()
        if region != before.region:
            await self.close()
            self._connection = Connection(
                region, None, before.stack, read_only=before.read_only
            )

    async def choose(self, stack: str) -> None:
        """Remember another stack, by API key, uid or name."""
        self._connection = replace(await self.connection(), stack=stack)

    async def stacks(self, progress: StackProgress) -> StackList:
        """Every stack of every organization, read side by side.

        Each once, by organization and name.

        An organization that refuses its list is left out: its single sign-on may ask
        for another credential. What something in between answers is no refusal, and is
        raised.
        """
        client = await self.client()
        user, organizations = await asyncio.gather(
            client.current_user(), client.organizations()
        )
        roles: dict[str, tuple[str, ...]] = {}
        for role in user.roles:
            roles[role.api_key] = (*roles.get(role.api_key, ()), role.name)
        done, read = 0, [Rows[Stack](odd=organizations.odd, cut=organizations.cut)]

        async def of(organization: Organization | None) -> list[StackEntry]:
            nonlocal done
            try:
                stacks = await client.stacks(organization.uid if organization else None)
            except NotContentstack:
                raise
            except ContentstackError:
                if not organization:
                    raise
                stacks = Rows()
            read.append(stacks)
            done += 1
            progress(done, len(organizations) + 1)
            name = organization.name if organization else ""
            return [
                StackEntry(stack, name, roles.get(stack.api_key, ()))
                for stack in stacks
            ]

        lists = await asyncio.gather(*map(of, (*organizations, None)))
        found: dict[str, StackEntry] = {}
        for entry in chain(*lists):
            found.setdefault(entry.stack.api_key, entry)
        entries = sorted(
            found.values(),
            key=lambda entry: (entry.organization, entry.stack.name.casefold()),
        )
        whole = joined(read)
        # An odd stack is in the list of its organization and in that of all.
        odd = {row.uid or row.why: row for row in whole.odd}
        return StackList(tuple(entries), tuple(odd.values()), whole.cut)

    async def close(self) -> None:
        """Let go of the network."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def _ask_as(self, credential: Credential | None) -> Client:
        # The client and what it decodes by are not needed for the first paint.
        from tui.contentstack.client import Client  # noqa: PLC0415

        return Client(await self._open(), credential)

    async def _open(self) -> Transport:
        if self._transport is None:
            from tui.contentstack.transport import Transport  # noqa: PLC0415

            connection = await self.connection()
            self._transport = await asyncio.to_thread(
                Transport,
                connection.region,
                apps=connection.apps,
                on_wait=self._on_wait,
                read_only=connection.read_only,
            )
        return self._transport
