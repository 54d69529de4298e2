"""One stack: reads it, changes its tokens, and notifies listeners."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

import msgspec

from tui.account.account import Account, Connect
from tui.account.sign_out import end_session, forget_kept
from tui.clock import Clock, utc_now
from tui.connection.connection import ConnectionMissing
from tui.connection.stack_lookup import StackUnclear
from tui.contentstack.errors import ContentstackError, StackNotFound
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Stack,
    Token,
    TokenKind,
    TokenRequest,
)
from tui.contentstack.pace import Sleep
from tui.contentstack.regions import Region
from tui.workspace.carried_out import CarriedOut, Change, ChangeListener
from tui.workspace.forms import Forms
from tui.workspace.reading import EVERYTHING, Part, read_live_preview, read_parts
from tui.workspace.snapshot import Listing, ReadingStopped, Snapshot
from tui.workspace.snapshot_store import AnyToken, SnapshotStore
from tui.workspace.stack_connection import StackConnection

if TYPE_CHECKING:
    from tui.workspace.creation import (
        Created,
        CreateProgress,
        RecentlyCreated,
        TokenCreator,
    )
    from tui.workspace.health import HealthWarning, HealthWarnings
    from tui.workspace.verify.verifier import Verifier


@dataclass(frozen=True)
class AtStake:
    """What would be lost by quitting.

    Attributes:
        value_of: a new token whose value wasn't collected; None if only something that
            was typed would be lost.
    """

    value_of: ManagementToken | None


class Workspace:
    """One stack, reached by one connection.

    All methods run on the event loop that created it.

    Attributes:
        snapshots: what is known about the stack, and who listens for changes.
        connection: the connection to the stack.
        forms: what was typed and not sent.
        deleted: the tokens that were deleted in this run, the latest first.
        carried_out: every write of this run, the latest last.
        uncollected: a new management token with its value, until that is copied or
            exported.
    """

    def __init__(
        self, connect: Connect, *, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.clock = clock
        self.snapshots = SnapshotStore()
        self.connection = StackConnection(connect, self.snapshots, clock)
        self.forms = Forms()
        self.deleted: tuple[Token, ...] = ()
        self.carried_out: list[CarriedOut] = []
        self.uncollected: ManagementToken | None = None
        self._listeners: list[ChangeListener] = []
        self._sleep = sleep

    @property
    def snapshot(self) -> Snapshot:
        """What is known about the stack now."""
        return self.snapshots.snapshot

    @cached_property
    def _recent(self) -> RecentlyCreated:
        # Loaded only to create or verify.
        from tui.workspace.creation import RecentlyCreated  # noqa: PLC0415

        return RecentlyCreated(self.clock)

    @cached_property
    def _creator(self) -> TokenCreator:
        # Loaded only to create.
        from tui.workspace.creation import TokenCreator  # noqa: PLC0415

        return TokenCreator(self.connection, self.snapshots)

    @cached_property
    def verifier(self) -> Verifier:
        """Verifies tokens on the hosts for their kinds."""
        # Loaded only to verify.
        from tui.workspace.verify.verifier import Verifier  # noqa: PLC0415

        return Verifier(self.connection, self.snapshots, self._recent, self._sleep)

    @cached_property
    def _health(self) -> HealthWarnings:
        # Loaded only for warnings.
        from tui.workspace.health import HealthWarnings  # noqa: PLC0415

        return HealthWarnings()

    @property
    def account(self) -> Account:
        """Who is signed in, and where."""
        return self.connection.account

    @property
    def warnings(self) -> tuple[HealthWarning, ...]:
        """What could be better about the tokens."""
        return self._health.of(self.snapshot, self.connection.server_now())

    @property
    def is_judged(self) -> bool:
        """Whether the warnings about everything read so far are known."""
        return self._health.has_judged(self.snapshot)

    async def judge(self) -> None:
        """Work out the warnings in steps, until everything read so far is covered.

        After that, they're available at once.
        """
        while not self.is_judged:
            await self._health.judge(self.snapshot, self.connection.server_now())

    def warning_count(self, kind: TokenKind) -> int:
        """Return how many of the warnings are about tokens of a kind."""
        return self._health.count(kind, self.snapshot, self.connection.server_now())

    @property
    def at_stake(self) -> AtStake | None:
        """What would be lost by quitting; None if nothing would."""
        if self.uncollected is None and not self.forms.begun:
            return None
        return AtStake(self.uncollected)

    def listen(self, listener: ChangeListener) -> None:
        """Tell `listener` about every token created, changed or deleted here."""
        self._listeners.append(listener)

    def forget_deleted(self, uid: str) -> None:
        """Stop offering to recreate a deleted token: it has been replaced by now."""
        self.deleted = tuple(token for token in self.deleted if token.uid != uid)

    # Reading

    async def refresh(self) -> None:
        """Refresh everything, side by side.

        The snapshot says what couldn't be read.
        """
        self.snapshots.begin()
        try:
            await self._read()
        except StackUnclear as error:
            self.snapshots.stop(error, "stacks")
            return
        except ConnectionMissing as error:
            self.snapshots.stop(error)
            return
        except ContentstackError as error:
            self.snapshots.stop(error, error.remedy)
            return
        if self.snapshot.trouble is None:
            self.snapshots.change(read_at=self.clock())

    async def read(self, parts: Collection[Part] = EVERYTHING) -> Snapshot:
        """Read parts of the stack; raises if that fails.

        Management tokens that the role can't see aren't a failure: the listing says so.

        Raises:
            StackUnclear: if no stack is chosen, or it isn't clear which one.
            ConnectionMissing: if the configuration leads nowhere.
            ContentstackError: if the server refuses it.
        """
        self.snapshots.begin()
        await self._read(parts)
        trouble = self.snapshot.trouble
        if isinstance(trouble, ContentstackError):
            raise trouble
        return self.snapshot

    async def _read(self, parts: Collection[Part] = EVERYTHING) -> None:
        connection = self.connection
        found = await connection.open()
        read = partial(read_parts, self.snapshots)
        try:
            await read(connection.client, connection.calls, parts, found=found)
        except StackNotFound as refusal:
            found = await connection.find_instead(refusal)
            self.snapshots.begin()
            await read(connection.client, connection.calls, parts, found=found)

    def stop_reading(self) -> None:
        """Say that nothing is being read any more, after a reading was cancelled."""
        self.snapshots.stop(ReadingStopped(), self.snapshot.remedy)

    async def read_live_preview(self) -> None:
        """Find out whether Live Preview is on."""
        await read_live_preview(self.snapshots, self.connection.calls)

    # Creating

    async def create_delivery_tokens(
        self, on_progress: CreateProgress
    ) -> Created[DeliveryToken]:
        """Carry out the plan, and keep in it only what still has to be created."""
        form = self.forms["delivery"]
        requests = form.plan.requests(has_branches=self.snapshot.has_branches)
        created = await self._create_delivery(
            requests, form.plan.with_preview, on_progress
        )
        for token in reversed(created.tokens):
            self._recent.note(self.snapshots.put(token))
        if created.failed is None:
            form.plan = form.blank
            return created
        done: set[str] = set()
        for request in requests[: len(created.tokens)]:
            done.update(request.scope.environments)
        form.plan = form.plan.without(done)
        return created

    async def create_management_token(self, named: str) -> Created[ManagementToken]:
        """Create the token of the plan.

        `named` is the uid of the token that may be deleted for it, if one may.

        Raises:
            OldestUnnamed: if it's a different one by now; nothing was sent.
            ContentstackError: if the server refuses it, or nothing shows whether it was
                created.
        """
        form = self.forms["management"]
        request = form.plan.management_request(has_branches=self.snapshot.has_branches)
        created = await self._create_management(request, named)
        form.plan = form.blank
        return created

    async def create_replacement(self, old: Token, name: str, named: str) -> Token:
        """Create the token that replaces another.

        `named` is as for `create_management_token`.
        """
        # Loaded only to rotate.
        from tui.workspace.rotation import replacement_request  # noqa: PLC0415

        request = replacement_request(old, name, self.connection.server_now())
        if request.kind == "management":
            return (await self._create_management(request, named)).tokens[0]
        with_preview = old.preview is not None
        created = await self._create_delivery((request,), with_preview)
        if created.error is not None:
            raise created.error
        replacement = created.tokens[0]
        self._recent.note(replacement)
        return self.snapshots.put(replacement)

    async def _create_delivery(
        self,
        requests: Sequence[DeliveryTokenRequest],
        with_preview: bool,
        on_progress: CreateProgress = lambda _number, _count: None,
    ) -> Created[DeliveryToken]:
        try:
            created = await self._creator.create_delivery(
                requests, with_preview=with_preview, on_progress=on_progress
            )
        finally:
            self.snapshots.change(waiting=0.0)
        for token in created.tokens:
            self._note("created", token)
            self._tell("created", token)
        return created

    async def _create_management(
        self, request: ManagementTokenRequest, named: str
    ) -> Created[ManagementToken]:
        """Create it, and show the stack as it is afterwards.

        The value is kept separately until it's collected.
        """
        from tui.workspace.creation import OldestUnnamed  # noqa: PLC0415 - as above

        try:
            created, listed = await self._creator.create_management(request, named)
        except OldestUnnamed as error:
            self.snapshots.change(management=Listing.of(error.listed))
            raise
        finally:
            self.snapshots.change(waiting=0.0)
        token = created.tokens[0]
        self._note("created", token)
        self._tell("created", token)
        for lost in created.gone:
            self._tell("deleted", lost)
        self._recent.note(token)
        if listed is None:
            self.snapshots.put(msgspec.structs.replace(token, value=None))
        else:
            self.snapshots.change(management=Listing.of(listed))
        self.uncollected = token if token.value else None
        return created

    async def create_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Create the preview token of a delivery token."""
        from tui.workspace import writing  # noqa: PLC0415 - loaded by those who write

        with_preview = await writing.create_preview(self.connection.calls, token)
        self._note("created the preview token of", with_preview)
        self._tell("changed", with_preview)
        self._recent.note(with_preview)
        return self.snapshots.put(with_preview)

    # Changing and deleting

    async def update_token(self, seen: AnyToken, request: TokenRequest) -> AnyToken:
        """Change everything in a token except its value.

        Raises:
            ChangedSince: if someone changed it since it was `seen`; nothing was sent.
            ContentstackError: if the server refuses it.
        """
        from tui.workspace import writing  # noqa: PLC0415 - loaded by those who write

        saved = await writing.update(self.connection.calls, seen, request)
        self._note("changed", saved)
        self._tell("changed", saved)
        self.forms.discard(saved.uid)
        return self.snapshots.put(cast("AnyToken", saved))

    async def delete_token(self, token: Token) -> bool:
        """Delete a token; return False if it was already gone."""
        from tui.workspace import writing  # noqa: PLC0415 - loaded by those who write

        ours = await writing.delete(self.connection.calls, token)
        if ours:
            self._note("deleted", token)
        self._tell("deleted", token)
        self.forget_deleted(token.uid)
        self.deleted = (token, *self.deleted)
        self.forms.discard(token.uid)
        self.snapshots.remove(token)
        return ours

    async def delete_preview_token(self, token: DeliveryToken) -> DeliveryToken:
        """Delete only the preview token of a delivery token."""
        from tui.workspace import writing  # noqa: PLC0415 - loaded by those who write

        left = await writing.delete_preview(self.connection.calls, token)
        self._note("deleted the preview token of", left)
        return self.snapshots.put(left)

    def _note(self, verb: str, token: Token) -> None:
        self.carried_out.append(CarriedOut.of(verb, token))

    def _tell(self, change: Change, token: Token) -> None:
        for listener in self._listeners:
            listener(change, token)

    # Going elsewhere

    async def reopen(self) -> None:
        """Continue with another credential.

        What is on the screens and in the forms stays.
        """
        await self.connection.renew()
        if (await self.account.connection()).region != self.snapshot.region:
            self.connection.forget()
            self.snapshots.snapshot = Snapshot()
        await self.refresh()

    async def sign_out(self, environ: Mapping[str, str], profile: str | None) -> str:
        """End the session and forget it; return how that went.

        What was typed in the forms stays.
        """
        connection = await self.account.connection()
        outcome = await end_session(connection)
        await asyncio.to_thread(forget_kept, connection, environ, profile)
        await self.account.leave()
        self.connection.forget()
        self.snapshots.snapshot = Snapshot()
        await self.refresh()
        return outcome

    async def restart(self, connect: Connect) -> None:
        """Connect somewhere else entirely."""
        await self.connection.restart(connect)
        await self._start_anew()

    async def move(self, region: Region) -> None:
        """Go to another region, where the user has to sign in again."""
        try:
            await self.account.move_to(region)
        except ConnectionMissing as missing:
            self.snapshots.stop(missing)
            return
        await self._start_anew()

    async def switch(self, stack: Stack) -> None:
        """Go to another stack."""
        await self.connection.switch(stack)
        self._leave_stack()
        # What it remembers is about the previous stack.
        vars(self).pop("_creator", None)
        connection = await self.account.connection()
        self.snapshots.snapshot = Snapshot(
            region=connection.region,
            demo=connection.demo,
            read_only=connection.read_only,
            stack=stack,
        )
        await self.refresh()

    async def close(self) -> None:
        """Close the network connections."""
        await self.connection.close()

    async def _start_anew(self) -> None:
        self.connection.forget()
        self._leave_stack()
        self.snapshots.snapshot = Snapshot()
        await self.refresh()

    def _leave_stack(self) -> None:
        self.deleted = ()
        self.forms.leave_stack()
