"""The way to the stack that is open: account, client, and what time it is there."""

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
    """Reaches one stack by the account that is signed in.

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
        """Return the calls of whoever is signed in; raise as `calls` does."""
        if self._client is None:
            raise RuntimeError("nobody is signed in")
        return self._client

    @property
    def calls(self) -> StackClient:
        """Return the calls of the stack.

        Raises:
            RuntimeError: if it has never been opened; what needs it is not offered
                before.
        """
        if not self._api_key:
            raise RuntimeError("no stack is open")
        stack = self._snapshots.snapshot.stack
        organization = stack.org_uid if stack else ""
        return self.client.stack(self._api_key, organization or None)

    def server_now(self) -> datetime:
        """Return the time by Contentstack's clock, which dates its moments."""
        if self._client is None:
            return self._clock()
        return self._clock() + self._client.transport.server_clock.ahead

    async def open(self) -> Stack | None:
        """Open the way to the stack; return it if it had to be looked for.

        An API key is taken as it is, and what looks like one: whether there is such a
        stack, everything that is asked with it tells.

        Raises:
            SignedOut: if nobody is signed in.
            StackUnclear: if no stack is chosen, or it can't be told which.
            ConnectionMissing: if the configuration leads nowhere.
            ContentstackError: as the server refuses it.
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
        """Go to another stack by the same connections."""
        await self.account.choose(stack.api_key)
        await self.renew()
        self._api_key = stack.api_key

    async def renew(self) -> None:
        """Go on with the credential that is known now."""
        self._client = await self.account.client()

    async def restart(self, connect: Connect) -> None:
        """Drop the account and take another way."""
        await self.account.close()
        self.account = Account(connect, on_wait=self._snapshots.wait)

    def forget(self) -> None:
        """Find the stack again before the next call."""
        self._client = None
        self._api_key = ""

    async def close(self) -> None:
        """Let go of the network."""
        await self.account.close()
