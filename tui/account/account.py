"""The account that is signed in to one region."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.connection.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import Interrupted, SignedOut
from tui.contentstack.regions import Region
from tui.secret import Secret

if TYPE_CHECKING:
    from tui.connection.stack_list import StackList, StackProgress
    from tui.contentstack.client import Client
    from tui.contentstack.pace import Pacer
    from tui.contentstack.transport import Transport

Connect = Callable[[], Connection]
"""Finds the connection, in a thread and after the first paint: it may load much."""


class Account:
    """The signed-in user, connected on first use.

    Its methods raise a `ContentstackError` if Contentstack refuses or can't be reached.
    Accounts with the same `pacer` share their organizations' limits.
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
        self._closed = False

    async def connection(self) -> Connection:
        """Return the connection; the first call finds it."""
        async with self._connecting:
            if self._connection is None:
                self._connection = await asyncio.to_thread(self._connect)
            return self._connection

    async def client(self) -> Client:
        """Return the signed-in user's client.

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
        """Sign in with a password, and a second factor's code if needed."""
        client = await self._client_as(None)
        user = await client.log_in(email, password, code)
        if user.authtoken is not None:
            await self.use(Credential("authtoken", user.authtoken))

    async def request_sms(self, email: str, password: Secret) -> str:
        """Request a code by SMS, and return the server's notice."""
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
        """Continue signed out."""
        self._connection = replace(
            await self.connection(), credential=None, source="", looked_in=()
        )

    async def move_to(self, region: Region) -> None:
        """Switch to another region, signed out: credentials only work in their own."""
        before = await self.connection()
        if region != before.region:
            await self._disconnect()
            self._connection = Connection(
                region, None, before.stack, read_only=before.read_only
            )

    async def choose(self, stack: str) -> None:
        """Switch to another stack, by API key, uid or name."""
        self._connection = replace(await self.connection(), stack=stack)

    async def stacks(self, on_progress: StackProgress) -> StackList:
        """Read every stack in every organization, sorted by organization and name."""
        from tui.connection.stack_list import list_stacks  # noqa: PLC0415 - loaded by those who choose

        return await list_stacks(await self.client(), on_progress)

    async def close(self) -> None:
        """Close the connections to Contentstack for good."""
        self._closed = True
        await self._disconnect()

    async def _client_as(self, credential: Credential | None) -> Client:
        # The first paint doesn't need the client and its decoding.
        from tui.contentstack.client import Client  # noqa: PLC0415

        return Client(await self._open(), credential)

    async def _open(self) -> Transport:
        from tui.contentstack.transport import Transport  # noqa: PLC0415

        connection = await self.connection()
        if self._closed:
            raise Interrupted("The connection is closed")
        # Whoever else waited for the connection may have been first.
        if self._transport is None:
            self._transport = Transport(
                connection.region,
                apps=connection.apps,
                on_wait=self._on_wait,
                read_only=connection.read_only,
                dry_run=connection.dry_run,
            )
            self._transport.ahead = connection.ahead
            if pacer := connection.pacer or self._pacer:
                self._transport.pacer = pacer
        return self._transport

    async def _disconnect(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()
