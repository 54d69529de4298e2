"""One stack: reading it side by side, changing its tokens, and telling whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tui.account.account import Account, Connect, SignedOutHere
from tui.account.connection import ConnectionMissing
from tui.account.rotations import Rotation
from tui.account.stacks import StackUnclear, find_stack
from tui.account.standing import standing_of
from tui.clock import Clock, utc_now
from tui.contentstack.errors import ContentstackError, NotAllowed
from tui.contentstack.models import (
    DeliveryDraft,
    DeliveryToken,
    ManagementDraft,
    ManagementToken,
    Role,
    Stack,
    Token,
    User,
)
from tui.contentstack.pace import Sleep
from tui.contentstack.regions import Region
from tui.secret import Secret
from tui.workspace import writing
from tui.workspace.forms import Forms
from tui.workspace.hints import Hint, Hints
from tui.workspace.making import Batch, Progress, make_tokens
from tui.workspace.making_management import Attempt, ManagementMade, OldestUnnamed
from tui.workspace.management_plan import ManagementPlan
from tui.workspace.plan import DeliveryPlan
from tui.workspace.rotation import make_twin, rename_twin
from tui.workspace.snapshot import Listing, Snapshot
from tui.workspace.verifying import Told, Verification, planned, verify

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

_WAIT_WORTH_SAYING = 10.0

Listener = Callable[[Snapshot], None]
Some = TypeVar("Some", bound=Token)


class StackUnchosen(Exception):
    """Somebody is signed in, and no stack is named."""


class Workspace(Forms):
    """One stack, reached by one connection. All methods run on the event loop that made it."""

    def __init__(self, connect: Connect, *, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep) -> None:
        super().__init__()
        self.clock = clock
        self.sleep = sleep
        self.account = Account(connect, on_wait=self._wait)
        self.snapshot = Snapshot()
        self._hints = Hints()
        self._attempt: Attempt | None = None
        self._listeners: list[Listener] = []
        self._client: Client | None = None
        self._stack_client: StackClient | None = None
        self._reading: set[str] = set()

    @property
    def hints(self) -> tuple[Hint, ...]:
        """What could be better about the tokens."""
        return self._hints.of(self.snapshot, self.clock())

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told of every new snapshot, on the event loop, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def refresh(self) -> None:
        """Read everything anew, side by side; what could not be read is said in the snapshot."""
        self._reading.clear()
        self._change(trouble=None, remedy=None)
        try:
            client, stack_client = await self._reach()
        except SignedOutHere:
            self._stop("Nobody is signed in.", "sign_in")
            return
        except StackUnchosen:
            self._stop("No stack is chosen.", "stacks")
            return
        except ConnectionMissing as error:
            self._stop(str(error), None)
            return
        except (ContentstackError, StackUnclear) as error:
            self._fail(error)
            return
        await asyncio.gather(
            self._read_identity(client, stack_client),
            self._read_list("delivery", "delivery tokens", stack_client.delivery_tokens),
            self._read_list("management", "management tokens", stack_client.management_tokens),
            self._read_list("environments", "environments", stack_client.environments),
            self._read_list("branches", "branches", stack_client.branches),
            self._read_list("aliases", "aliases", stack_client.aliases),
            self._read_people(stack_client),
        )
        if self.snapshot.trouble is None:
            self._change(read_at=self.clock())

    def stop_reading(self) -> None:
        """After a reading was cancelled: say so, and that nothing is being read any more."""
        self._reading.clear()
        self._change(reading=(), waiting=0.0, trouble="Reading was stopped.")

    async def make_delivery_tokens(self, progress: Progress) -> Batch:
        """Carry out the plan, and keep in it only what is still to be made."""
        drafts = self.plan.drafts(has_branches=self.snapshot.has_branches)
        try:
            batch = await make_tokens(
                self.calls, drafts, with_preview=self.plan.with_preview, progress=progress
            )
        finally:
            self._change(waiting=0.0)
        for token in reversed(batch.made):
            self.put(token)
        done = {draft.scope.environments[0] for draft in drafts[: len(batch.made)]}
        self.plan = self.plan.without(done) if batch.failed else DeliveryPlan()
        return batch

    async def update_delivery_token(self, seen: DeliveryToken, draft: DeliveryDraft) -> DeliveryToken:
        """Change a delivery token that nobody changed since it was `seen`.

        Raises:
            ChangedSince: if somebody did; nothing was sent.
            ContentstackError: as the server refuses it.
        """
        saved = self.put(await writing.update_delivery(self.calls, seen, draft))
        self.edits.pop(seen.uid, None)
        return saved

    async def update_management_token(self, seen: ManagementToken, draft: ManagementDraft) -> ManagementToken:
        """Change all of a management token but its value; as `update_delivery_token`."""
        saved = self.put(await writing.update_management(self.calls, seen, draft))
        self.edits.pop(seen.uid, None)
        return saved

    async def make_management_token(self, named: str) -> ManagementMade:
        """Make what the plan says; `named` is the uid of the token that may end for it, if one may.

        Raises:
            OldestUnnamed: if it is another one by now; nothing was sent.
            ContentstackError: as the server refuses it, or where nobody can say whether it was made.
        """
        draft = self.new_management.plan.draft(has_branches=self.snapshot.has_branches)
        self._attempt = Attempt(self.calls, draft, named)
        try:
            return self._take_in(await self._attempt.make())
        except OldestUnnamed as error:
            self._change(management=Listing(error.listed, read=True))
            raise
        finally:
            self._change(waiting=0.0)

    async def look_for_management_token(self) -> ManagementMade | None:
        """What came of a try that was cancelled; None if nothing did.

        Raises:
            ContentstackError: if the stack can't be read.
        """
        made = await self._attempt.look() if self._attempt else None
        return self._take_in(made) if made else None

    async def delete_token(self, token: Token) -> bool:
        """Delete a token; False where it was gone already."""
        ours = await writing.delete(self.calls, token)
        self.recipe = token
        self.edits.pop(token.uid, None)
        for field in ("delivery", "management"):
            listing: Listing[Any] = getattr(self.snapshot, field)
            left = tuple(item for item in listing.items if item.uid != token.uid)
            if len(left) < len(listing.items):
                self._change(**{field: replace(listing, items=left)})
        return ours

    async def make_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Make the preview token of a delivery token."""
        return self.put(await writing.make_preview(self.calls, token))

    async def drop_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Delete the preview token of a delivery token, and leave that as it is."""
        return self.put(await writing.drop_preview(self.calls, token))

    async def read_live_preview(self) -> None:
        """Find out whether Live Preview is on; asked for where it matters, not with every reading."""
        with suppress(ContentstackError):
            self._change(live_preview=await self.calls.live_preview())

    async def verify(
        self,
        tokens: Sequence[Token],
        told: Told = lambda _checks: None,
        *,
        pasted: Secret | None = None,
        fresh: bool = False,
    ) -> Verification:
        """Prove tokens on the hosts of their kinds; Contentstack's refusals are findings and not raised.

        Args:
            tokens: those to prove, each with its value if that is known.
            told: of all checks, as planned and whenever one is done.
            pasted: a value for the only token, whose own is not known.
            fresh: whether they were just made, so that the network may not know them yet.
        """
        try:
            if any(isinstance(token, DeliveryToken) and token.preview for token in tokens):
                await self.read_live_preview()
            checks = planned(tokens, self.snapshot, pasted=pasted)
            return await verify(
                self.calls, checks, self.snapshot, now=self.clock(), told=told, sleep=self.sleep, fresh=fresh
            )
        finally:
            self._change(waiting=0.0)

    async def make_twin(self, old: Token, rotation: Rotation) -> Token:
        """Make the twin that takes a token's place; as `make_delivery_tokens`."""
        return self.put(await make_twin(self.calls, old, rotation, self.clock()))

    async def rename_twin(self, twin: Token, rotation: Rotation) -> Token:
        """Give the twin the name of the token whose place it took."""
        return self.put(await rename_twin(self.calls, twin, rotation))

    @property
    def calls(self) -> StackClient:
        """The calls of the stack.

        Raises:
            RuntimeError: if it has never been reached; what needs it is not offered before.
        """
        if self._stack_client is None:
            raise RuntimeError("no stack is open")
        return self._stack_client

    async def reopen(self) -> None:
        """Go on after the login has changed; what is on the screens and in the plan stays."""
        self._client, self._stack_client = await self.account.client(), None
        connection = await self.account.connection()
        if connection.region != self.snapshot.region:
            self.snapshot = Snapshot()
        elif self.snapshot.stack is not None:
            self._stack_client = self._open(self._client, self.snapshot.stack)
        await self.refresh()

    async def restart(self, connect: Connect) -> None:
        """Go somewhere else altogether."""
        await self.account.close()
        self.account = Account(connect, on_wait=self._wait)
        self._client = self._stack_client = None
        self.snapshot = Snapshot()
        await self.refresh()

    async def move(self, region: Region) -> None:
        """Go to another region, where somebody has to sign in anew."""
        try:
            await self.account.move_to(region)
        except ConnectionMissing as missing:
            self._stop(str(missing), None)
            return
        self._client = self._stack_client = None
        self.snapshot = Snapshot()
        await self.refresh()

    async def switch(self, stack: Stack) -> None:
        """Go to another stack."""
        await self.account.choose(stack.api_key)
        self._client = await self.account.client()
        self._stack_client = self._open(self._client, stack)
        self.go_elsewhere()
        connection = await self.account.connection()
        self.snapshot = Snapshot(
            region=connection.region, demo=connection.demo, read_only=connection.read_only, stack=stack
        )
        await self.refresh()

    async def close(self) -> None:
        """Let go of the network."""
        await self.account.close()

    async def _reach(self) -> tuple[Client, StackClient]:
        if self._client is not None and self._stack_client is not None:
            return self._client, self._stack_client
        self._begin("stack")
        connection = await self.account.connection()
        self._change(region=connection.region, demo=connection.demo, read_only=connection.read_only)
        client = await self.account.client()
        if connection.stack is None:
            raise StackUnchosen
        stack = await find_stack(client, connection.stack)
        self._client, self._stack_client = client, self._open(client, stack)
        self._change(stack=stack)
        self._end("stack")
        return self._client, self._stack_client

    def _open(self, client: Client, stack: Stack) -> StackClient:
        return client.stack(stack.api_key, stack.org_uid or None)

    async def _read_identity(self, client: Client, stack_client: StackClient) -> None:
        """Who I am and what I may: the role may stand in the user, in the stack or in its roles."""
        self._begin("your role")
        user, stack, roles = await asyncio.gather(
            client.current_user(), stack_client.stack(), stack_client.roles(), return_exceptions=True
        )
        for answer in (user, stack):
            if isinstance(answer, BaseException):
                self._fail(answer)
        if isinstance(user, User) and isinstance(stack, Stack):
            known: tuple[Role, ...] = roles if isinstance(roles, tuple) else ()
            self._change(user=user, stack=stack, standing=standing_of(user, stack, known))
        self._end("your role")

    async def _read_people(self, stack_client: StackClient) -> None:
        """Names of those who made tokens. Many may not read them, and then short uids do."""
        try:
            people = await stack_client.users()
        except ContentstackError:
            return
        self._change(people=MappingProxyType({person.uid: person for person in people}))

    async def _read_list(
        self, field: str, words: str, read: Callable[[], Awaitable[tuple[Any, ...]]]
    ) -> None:
        self._begin(words)
        before: Listing[Any] = getattr(self.snapshot, field)
        try:
            listing = Listing(items=await read(), read=True)
        except NotAllowed as error:
            # What may not be seen any more must not stay on the screen from an earlier reading.
            listing = Listing(error=error)
        except ContentstackError as error:
            listing = replace(before, error=error)
            self._fail(error)
        self._change(**{field: listing})
        self._end(words)

    def _take_in(self, made: ManagementMade) -> ManagementMade:
        """Show the stack as it is with the new token; its value is held until it is taken."""
        token = made.token
        if made.listed is None:
            self.put(msgspec.structs.replace(token, value=None))
        else:
            self._change(management=Listing(made.listed, read=True))
        self.new_management.plan = ManagementPlan()
        self.untaken = token if token.value else None
        return made

    def put(self, token: Some) -> Some:
        """Show a token as the server has it now: in its place, or first where it is new."""
        field = "delivery" if isinstance(token, DeliveryToken) else "management"
        listing: Listing[Any] = getattr(self.snapshot, field)
        places = {item.uid: place for place, item in enumerate(listing.items)}
        items = list(listing.items)
        if token.uid in places:
            items[places[token.uid]] = token
        else:
            items.insert(0, token)
        self._change(**{field: replace(listing, items=tuple(items))})
        return token

    def _wait(self, seconds: float) -> None:
        if seconds > _WAIT_WORTH_SAYING:
            self._change(waiting=seconds)

    def _begin(self, words: str) -> None:
        self._reading.add(words)
        self._change(reading=tuple(sorted(self._reading)))

    def _end(self, words: str) -> None:
        self._reading.discard(words)
        waiting = self.snapshot.waiting if self._reading else 0.0
        self._change(reading=tuple(sorted(self._reading)), waiting=waiting)

    def _stop(self, trouble: str, remedy: str | None) -> None:
        self._reading.clear()
        self._change(trouble=trouble, remedy=remedy, reading=())

    def _fail(self, error: BaseException) -> None:
        """Keep the first trouble of a reading: the others most likely say the same."""
        if not isinstance(error, ContentstackError | StackUnclear):
            raise error
        self._reading.discard("stack")
        remedy = error.remedy if isinstance(error, ContentstackError) else "stacks"
        if self.snapshot.trouble is None:
            self._change(trouble=str(error), remedy=remedy, reading=tuple(sorted(self._reading)))

    def _change(self, **fields: Any) -> None:
        self.snapshot = replace(self.snapshot, **fields)
        for listener in tuple(self._listeners):
            listener(self.snapshot)
