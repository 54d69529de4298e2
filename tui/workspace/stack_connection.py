"""The way to the stack that is open: account, client, and what time it is there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tui.account.account import Account, Connect
from tui.account.stack_lookup import StackUnclear, find_stack
from tui.clock import Clock
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

    @property
    def calls(self) -> StackClient:
        """Return the calls of the stack.

        Raises:
            RuntimeError: if it has never been reached; what needs it is not offered
                before.
        """
        stack = self._snapshots.snapshot.stack
        if self._client is None or stack is None:
            raise RuntimeError("no stack is open")
        return self._client.stack(stack.api_key, stack.org_uid or None)

    def server_now(self) -> datetime:
        """Return the time by Contentstack's clock, which dates its moments."""
        if self._client is None:
            return self._clock()
        return self._clock() + self._client.transport.server_clock.ahead

    async def open(self) -> Client:
        """Return the client, once the stack is found.

        Raises:
            SignedOutHere: if nobody is signed in.
            StackUnclear: if no stack is chosen, or it can't be told which.
            ConnectionMissing: if the configuration leads nowhere.
            ContentstackError: as the server refuses it.
        """
        connection = await self.account.connection()
        self._snapshots.change(notice=connection.notice)
        if self._client is not None and self._snapshots.snapshot.stack is not None:
            return self._client
        self._snapshots.change(
            reading=("stack",),
            region=connection.region,
            demo=connection.demo,
            read_only=connection.read_only,
        )
        client = await self.account.client()
        if connection.stack is None:
            raise StackUnclear("No stack is chosen.")
        stack = await find_stack(client, connection.stack)
        self._client = client
        self._snapshots.change(stack=stack, reading=())
        return client

    async def renew(self) -> None:
        """Go on with the credential that is known now."""
        self._client = await self.account.client()

    async def restart(self, connect: Connect) -> None:
        """Drop the account and take another way."""
        await self.account.close()
        self.account = Account(connect, on_wait=self._snapshots.wait)

    def forget(self) -> None:
        """Find the stack anew before the next call."""
        self._client = None

    async def close(self) -> None:
        """Let go of the network."""
        await self.account.close()
