"""One stack: reading it side by side, changing its tokens, and telling whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from tui.account.account import Account, Connect, SignedOutHere
from tui.account.connection import ConnectionMissing
from tui.account.stacks import StackUnclear, find_stack
from tui.clock import Clock, utc_now
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Stack,
    Token,
)
from tui.contentstack.pace import Sleep
from tui.contentstack.regions import Region
from tui.secret import Secret
from tui.workspace import writing
from tui.workspace.creation import (
    Created,
    CreateProgress,
    Lost,
    OldestUnnamed,
    TokenCreator,
    make_management,
)
from tui.workspace.forms import Forms
from tui.workspace.health import HealthWarning, Hints
from tui.workspace.reading import read_everything
from tui.workspace.rotation import replacement_of
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.snapshot_store import SnapshotStore, Some
from tui.workspace.verify_sample import unasked
from tui.workspace.verifying import Told, Verification, Verifier, planned

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient


_LATELY = timedelta(minutes=5)


class Workspace(Forms):
    """One stack, reached by one connection.

    All methods run on the event loop that made it.
    """

    def __init__(
        self, connect: Connect, *, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__()
        self.clock = clock
        self.sleep = sleep
        self.snapshots = SnapshotStore()
        self.account = Account(connect, on_wait=self.snapshots.wait)
        self._maker = TokenCreator(self)
        self._lost: Lost = {}
        self._hints = Hints()
        self._client: Client | None = None
        self._made: dict[str, datetime] = {}

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack now."""
        return self.snapshots.snapshot

    def server_now(self) -> datetime:
        """What time it is for Contentstack, whose moments are compared with it."""
        ahead = (
            self._client.transport.server_clock.ahead if self._client else timedelta()
        )
        return self.clock() + ahead

    @property
    def hints(self) -> tuple[HealthWarning, ...]:
        """What could be better about the tokens."""
        return self._hints.of(self.snapshot, self.server_now())

    def hint_count(self, kind: str) -> int:
        """How many of the hints are about tokens of a kind, "delivery" or "management"."""
        return self._hints.count(kind, self.snapshot, self.server_now())

    async def refresh(self) -> None:
        """Read everything anew, side by side.

        What could not be read is said in the snapshot.
        """
        self.snapshots.begin()
        try:
            client = await self._reach()
        except SignedOutHere:
            self.snapshots.stop("Nobody is signed in.", "sign_in")
            return
        except StackUnclear as error:
            self.snapshots.stop(str(error), "stacks")
            return
        except (ConnectionMissing, ContentstackError) as error:
            self.snapshots.stop(str(error), getattr(error, "remedy", None))
            return
        await read_everything(self.snapshots, client, self.calls)
        if self.snapshot.trouble is None:
            self.snapshots.change(read_at=self.clock())

    def stop_reading(self) -> None:
        """After a reading was cancelled.

        Say so, and that nothing is being read any more.
        """
        self.snapshots.stop("Reading was stopped.", self.snapshot.remedy)

    async def make_delivery_tokens(self, progress: CreateProgress) -> Created:
        """Carry out the plan, and keep in it only what is still to be made."""
        form = self.forms["delivery"]
        drafts = form.plan.drafts(has_branches=self.snapshot.has_branches)
        try:
            made = await self._maker.make(
                drafts, with_preview=form.plan.with_preview, progress=progress
            )
        finally:
            self.snapshots.change(waiting=0.0)
        for token in reversed(made.tokens):
            self._note_made(self.snapshots.put(token))
        asked = (draft.scope.environments for draft in drafts[: len(made.tokens)])
        done = set(chain.from_iterable(asked))
        form.plan = form.plan.without(done) if made.failed else form.blank
        return made

    async def update_token(
        self, seen: Some, draft: DeliveryTokenRequest | ManagementTokenRequest
    ) -> Some:
        """Change a token, all of it but its value, to a draft.

        Raises:
            ChangedSince: if somebody changed it since it was `seen`; nothing was sent.
            ContentstackError: as the server refuses it.
        """
        saved: Some = await writing.update(self.calls, seen, draft)
        self.forms.pop(saved.uid, None)
        return self.snapshots.put(saved)

    async def make_management_token(self, named: str) -> Created:
        """Make what the plan says.

        `named` is the uid of the token that may end for it, if one may.

        Raises:
            OldestUnnamed: if it is another one by now; nothing was sent.
            ContentstackError: as the server refuses it, or where nobody can say whether
                it was made.
        """
        form = self.forms["management"]
        made = await self._make_management(
            form.draft(has_branches=self.snapshot.has_branches), named
        )
        form.plan = form.blank
        return made

    async def _make_management(
        self, draft: ManagementTokenRequest, named: str
    ) -> Created:
        """Make it and show the stack as it is then.

        The value is held apart until it is taken.
        """
        try:
            me = self.snapshot.user.uid if self.snapshot.user else ""
            made, listed = await make_management(
                self.calls, draft, named, self._lost, me
            )
        except OldestUnnamed as error:
            self.snapshots.change(management=Listing.of(error.listed))
            raise
        finally:
            self.snapshots.change(waiting=0.0)
        token: ManagementToken = made.tokens[0]
        self._note_made(token)
        if listed is None:
            self.snapshots.put(msgspec.structs.replace(token, value=None))
        else:
            self.snapshots.change(management=Listing.of(listed))
        self.uncollected = token if token.value else None
        return made

    async def delete_token(self, token: Token) -> bool:
        """Delete a token; False where it was gone already."""
        ours = await writing.delete(self.calls, token)
        self.last_deleted = token
        self.forms.pop(token.uid, None)
        self.snapshots.remove(token)
        return ours

    async def make_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Make the preview token of a delivery token."""
        with_preview = self.snapshots.put(await writing.make_preview(self.calls, token))
        self._note_made(with_preview)
        return with_preview

    async def drop_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Delete the preview token of a delivery token, and leave that as it is."""
        return self.snapshots.put(await writing.drop_preview(self.calls, token))

    async def read_live_preview(self) -> None:
        """Find out whether Live Preview is on.

        Asked for where it matters, not with every reading.
        """
        with suppress(ContentstackError):
            self.snapshots.change(live_preview=await self.calls.live_preview())

    async def verify(
        self,
        tokens: Sequence[Token],
        told: Told = lambda _checks: None,
        *,
        pasted: Secret | None = None,
        fresh: bool = False,
    ) -> Verification:
        """Prove tokens on the hosts of their kinds.

        Contentstack's refusals are findings and not raised.

        `pasted` is a value for the only token, whose own is not known. `fresh` says
        that they were just made, so that the network may not know them yet; of those
        made in this run it is known.
        """
        try:
            if any(
                isinstance(token, DeliveryToken) and token.preview for token in tokens
            ):
                await self.read_live_preview()
            new = {token.uid for token in tokens} if fresh else self._just_made()
            now = self.server_now()
            verifier = Verifier(self.calls, self.snapshot, now, self.sleep, told, new)
            done = await verifier.verify(planned(tokens, self.snapshot, pasted=pasted))
            return replace(done, unasked=unasked(tokens, self.snapshot))
        finally:
            self.snapshots.change(waiting=0.0)

    async def create_replacement(self, old: Token, name: str, named: str) -> Token:
        """Make the twin that takes a token's place.

        `named` as for `make_management_token`.
        """
        draft = replacement_of(old, name, self.server_now())
        if isinstance(old, DeliveryToken):
            made = await self._maker.make(
                (draft,), with_preview=old.preview is not None
            )
        else:
            made = await self._make_management(draft, named)
        if made.error is not None:
            raise made.error
        replacement: Token = made.tokens[0]
        self._note_made(replacement)
        return (
            self.snapshots.put(replacement)
            if isinstance(replacement, DeliveryToken)
            else replacement
        )

    @property
    def calls(self) -> StackClient:
        """The calls of the stack.

        Raises:
            RuntimeError: if it has never been reached; what needs it is not offered
                before.
        """
        stack = self.snapshot.stack
        if self._client is None or stack is None:
            raise RuntimeError("no stack is open")
        return self._client.stack(stack.api_key, stack.org_uid or None)

    async def reopen(self) -> None:
        """Go on after the login has changed.

        What is on the screens and in the plan stays.
        """
        self._client = await self.account.client()
        if (await self.account.connection()).region != self.snapshot.region:
            self.snapshots.snapshot = Snapshot()
        await self.refresh()

    async def restart(self, connect: Connect) -> None:
        """Go somewhere else altogether."""
        await self.account.close()
        self.account = Account(connect, on_wait=self.snapshots.wait)
        await self._begin_anew()

    async def move(self, region: Region) -> None:
        """Go to another region, where somebody has to sign in anew."""
        try:
            await self.account.move_to(region)
        except ConnectionMissing as missing:
            self.snapshots.stop(str(missing))
            return
        await self._begin_anew()

    async def switch(self, stack: Stack) -> None:
        """Go to another stack."""
        await self.account.choose(stack.api_key)
        self._client = await self.account.client()
        self.go_elsewhere()
        self._maker = TokenCreator(self)
        self._lost = {}
        connection = await self.account.connection()
        self.snapshots.snapshot = Snapshot(
            region=connection.region,
            demo=connection.demo,
            read_only=connection.read_only,
            stack=stack,
        )
        await self.refresh()

    def _note_made(self, token: Token) -> None:
        self._made[token.uid] = self.clock()

    def _just_made(self) -> set[str]:
        """The uids of tokens made here so lately that a host may not know them yet.

        By this machine's clock, which may be far from the one that dates tokens.
        """
        now = self.clock()
        return {uid for uid, made in self._made.items() if now - made < _LATELY}

    async def close(self) -> None:
        """Let go of the network."""
        await self.account.close()

    async def _begin_anew(self) -> None:
        self._client = None
        self.go_elsewhere()
        self.snapshots.snapshot = Snapshot()
        await self.refresh()

    async def _reach(self) -> Client:
        if self._client is not None and self.snapshot.stack is not None:
            return self._client
        self.snapshots.change(reading=("stack",))
        connection = await self.account.connection()
        self.snapshots.change(
            region=connection.region,
            demo=connection.demo,
            read_only=connection.read_only,
        )
        client = await self.account.client()
        if connection.stack is None:
            raise StackUnclear("No stack is chosen.")
        stack = await find_stack(client, connection.stack)
        self._client = client
        self.snapshots.change(stack=stack, reading=())
        return client
