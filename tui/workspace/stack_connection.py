"""The connection to the open stack: account, client, and the server's time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tui.account.account import Account, Connect
from tui.clock import Clock
from tui.connection.stack_lookup import (
    StackUnclear,
    find_among_all,
    find_by_uid,
    may_be_api_key,
)
from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Stack
from tui.workspace.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient


class StackConnection:
    """Reaches one stack through the account that is signed in.

    Attributes:
        account: who is signed in, and where.
    """

    def __init__(
        self, connect: Connect, snapshots: SnapshotStore, clock: Clock
    ) -> None:
        self.account = Account(connect, on_wait=snapshots.wait)
        self._snapshots = snapshots
        self._clock = clock
        self._client: Client | None = None
        self._api_key = ""

    @property
    def client(self) -> Client:
        """Return the client of the signed-in user; raises what `calls` raises."""
        if self._client is None:
            raise RuntimeError("nobody is signed in")
        return self._client

    @property
    def calls(self) -> StackClient:
        """Return the client of the stack.

        Raises:
            RuntimeError: if it was never opened; what needs it isn't offered before.
        """
        if not self._api_key:
            raise RuntimeError("no stack is open")
        stack = self._snapshots.snapshot.stack
        organization = stack.org_uid if stack else ""
        return self.client.stack(self._api_key, organization or None)

    def server_now(self) -> datetime:
        """Return the time by Contentstack's clock, which all its dates go by."""
        if self._client is None:
            return self._clock()
        return self._clock() + self._client.transport.server_clock.ahead

    async def open(self) -> Stack | None:
        """Open the connection to the stack; return the stack if it had to be looked up.

        An API key, or anything that looks like one, isn't checked: the first request
        with it shows whether there is such a stack.

        Raises:
            SignedOut: if nobody is signed in.
            StackUnclear: if no stack is chosen, or it isn't clear which one.
            ConnectionMissing: if the configuration leads nowhere.
            ContentstackError: if the server refuses it.
        """
        connection = await self.account.connection()
        self._snapshots.change(notice=connection.notice)
        if self._client is not None and self._api_key:
            return None
        self._snapshots.change(
            reading=("stack",),
            region=connection.region,
            demo=connection.demo,
            read_only=connection.read_only,
        )
        self._client = await self.account.client()
        named = connection.stack
        if named is None:
            raise StackUnclear("No stack chosen.")
        if may_be_api_key(named):
            self._api_key = named
            self._snapshots.change(reading=())
            return None
        return self._found(await find_among_all(self._client, named))

    async def find_instead(self, refusal: StackNotFound) -> Stack:
        """Return the stack whose uid was taken for an API key, or raise the refusal."""
        named, self._api_key = self._api_key, ""
        self._snapshots.change(reading=("stack",))
        return self._found(await find_by_uid(self.client, named, refusal))

    def _found(self, stack: Stack) -> Stack:
        self._api_key = stack.api_key
        self._snapshots.change(stack=stack, reading=())
        return stack

    async def switch(self, stack: Stack) -> None:
        """Go to another stack over the same connections."""
        await self.account.choose(stack.api_key)
        await self.renew()
        self._api_key = stack.api_key

    async def renew(self) -> None:
        """Continue with the current credential."""
        self._client = await self.account.client()

    async def restart(self, connect: Connect) -> None:
        """Drop the account, and connect in another way."""
        await self.account.close()
        self.account = Account(connect, on_wait=self._snapshots.wait)

    def forget(self) -> None:
        """Find the stack again before the next call."""
        self._client = None
        self._api_key = ""

    async def close(self) -> None:
        """Close the network connections."""
        await self.account.close()
