"""Creates tokens, and reports truthfully which were created.

If the answer to a create is lost, it's never blindly sent again: the stack is read to
see whether the token is there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from tui.clock import Clock
from tui.contentstack.errors import ContentstackError, Interrupted
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.contentstack.rows import Rows
from tui.workspace.comparison import deviations
from tui.workspace.snapshot_store import SnapshotStore
from tui.workspace.stack_connection import StackConnection
from tui.workspace.writing import Unclear, best_effort, resolve_write

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

# How far apart this machine's clock and Contentstack's may be.
_SKEW = timedelta(minutes=10)
_LATELY = timedelta(minutes=5)
_UNKNOWN_AGE = datetime.max.replace(tzinfo=UTC)

FULL = 10
"""The most management tokens that a stack can have, according to the API reference.

Creating another silently deletes the oldest.
"""


OneKind_co = TypeVar("OneKind_co", bound=Token, covariant=True)


@dataclass(frozen=True)
class Created(Generic[OneKind_co]):
    """The tokens that were created, and the one that failed, which was the last tried.

    A management token is always the only one. Its value is None if it was lost with the
    answer.

    Attributes:
        otherwise: by token uid, the fields in which the created token differs from the
            request.
        gone: management tokens that were there before and aren't any more.
    """

    tokens: tuple[OneKind_co, ...]
    failed: DeliveryTokenRequest | None = None
    error: ContentstackError | None = None
    untried: tuple[DeliveryTokenRequest, ...] = ()
    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: tuple[ManagementToken, ...] = ()


CreateProgress = Callable[[int, int], None]
"""Called before each token with its number, from 1, and how many there are."""

UnansweredCreates = dict[str, Collection[str]]
"""Names of creates that got no answer, with the uids that were there before."""


class OldestUnnamed(Exception):
    """A different token may be deleted than the one that was named; nothing was sent.

    Attributes:
        listed: all management tokens of the stack.
    """

    def __init__(self, listed: Rows[ManagementToken]) -> None:
        super().__init__("the oldest token wasn't named")
        self.listed = listed


class RecentlyCreated:
    """Remembers which tokens of this run a host may not know yet.

    It goes by this machine's clock, which may be far from the one that dates tokens.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moments: dict[str, datetime] = {}

    def note(self, token: Token) -> None:
        """Remember that a token, or its preview token, was created just now."""
        self._moments[token.uid] = self._clock()

    def uids(self) -> set[str]:
        """Return the uids of what was created in the last few minutes."""
        now = self._clock()
        return {uid for uid, moment in self._moments.items() if now - moment < _LATELY}


class TokenCreator:
    """Creates the tokens of one stack.

    It remembers those that may have been created although no answer came.
    """

    def __init__(self, connection: StackConnection, snapshots: SnapshotStore) -> None:
        self._connection = connection
        self._snapshots = snapshots
        self._asked_at: dict[str, datetime] = {}
        self._unanswered: UnansweredCreates = {}
        self._stopped = False

    async def create_delivery(
        self,
        requests: Sequence[DeliveryTokenRequest],
        *,
        with_preview: bool,
        on_progress: CreateProgress = lambda _number, _count: None,
    ) -> Created[DeliveryToken]:
        """Create the tokens one by one, up to the first refusal.

        The next would most likely be refused too. If this is cancelled, it also stops,
        and returns what was created, including the token in progress.
        """
        created: list[DeliveryToken] = []
        otherwise: dict[str, tuple[str, ...]] = {}
        self._stopped = False
        for number, request in enumerate(requests, start=1):
            on_progress(number, len(requests))
            try:
                if self._stopped:
                    raise Interrupted("You stopped before it was requested")
                token = await self._create_one(request, with_preview)
            except ContentstackError as error:
                untried = tuple(requests[number:])
                return Created(tuple(created), request, error, untried, otherwise)
            created.append(token)
            fields = deviations(token, request)
            if with_preview and token.preview is None:
                fields = (*fields, "preview token")
            if fields:
                otherwise[token.uid] = fields
        return Created(tuple(created), otherwise=otherwise)

    async def create_management(
        self, request: ManagementTokenRequest, named: str
    ) -> tuple[Created[ManagementToken], Rows[ManagementToken] | None]:
        """Create a management token, see `create_once`."""
        return await create_once(
            self._connection.calls, request, named, self._unanswered, self._me()
        )

    async def _create_one(
        self, request: DeliveryTokenRequest, with_preview: bool
    ) -> DeliveryToken:
        client = self._connection.calls
        asked_before = request.name in self._asked_at
        since = self._asked_at.get(request.name) or self._connection.server_now()

        async def look() -> DeliveryToken | None:
            self._asked_at[request.name] = since
            tokens = await client.delivery_tokens()
            for token in tokens:
                if token.name == request.name:
                    return self._recognised(token, request, since)
            known = {row.uid for row in self._snapshots.snapshot.delivery.odd}
            _check_that_none_hides(tokens, request.name, known)
            return None

        async def create() -> DeliveryToken:
            if asked_before and (found := await look()):
                return found
            return await client.create_delivery_token(
                request, with_preview=with_preview
            )

        # If the name is refused as taken, it may be the token from the earlier try that
        # has it.
        token = await resolve_write(create(), look, self._stop, doubted=asked_before)
        self._asked_at.pop(request.name, None)
        return token

    def _stop(self) -> None:
        self._stopped = True

    def _me(self) -> str:
        user = self._snapshots.snapshot.user
        return user.uid if user else ""

    def _recognised(
        self, token: DeliveryToken, request: DeliveryTokenRequest, since: datetime
    ) -> DeliveryToken:
        """Return the token with that name, if it's the one that was asked for.

        Names are unique in a stack, so there is only one.

        Raises:
            Unclear: if it is someone else's, or may be.
        """
        known = self._snapshots.snapshot.delivery_token(token.uid) is not None
        if known or not may_be_mine(token, self._me()):
            del self._asked_at[request.name]
            raise Unclear(
                f"Not created: someone else created a token called {request.name}"
            )
        fields = deviations(token, request)
        if token.created_at is not None and token.created_at < since - _SKEW:
            fields = (*fields, "creation time")
        if fields:
            raise Unclear(
                f"{request.name} has a different {', '.join(fields)}: it may not be"
                " yours. Check the list",
                may_have_happened=True,
            )
        return token


def at_risk(tokens: Sequence[ManagementToken], odd: int = 0) -> ManagementToken | None:
    """Return the oldest token, if creating one more may delete it.

    `odd` is how many more tokens there are that weren't understood.
    """
    if not tokens or len(tokens) + odd < FULL:
        return None
    return min(reversed(tokens), key=lambda token: token.created_at or _UNKNOWN_AGE)


async def create_once(
    client: StackClient,
    request: ManagementTokenRequest,
    named: str,
    unanswered: UnansweredCreates,
    me: str = "",
) -> tuple[Created[ManagementToken], Rows[ManagementToken] | None]:
    """Create a management token, then read the stack's tokens, if possible.

    `named` is the uid of the token that may be deleted for it, empty for none. If the
    answer is lost, or this is cancelled, what is new in the stack shows whether it was
    created; what `me`, a user's uid, didn't create is someone else's. The name is then
    noted in `unanswered`, and looked for before another try.

    Raises:
        OldestUnnamed: if a different token may be deleted than the one that was named.
        ContentstackError: if the server refuses it, or nothing shows whether it was
            created.
    """
    name = request.name
    before = await client.management_tokens()
    asked_before = name in unanswered
    known = unanswered.get(name, before.uids)

    async def look() -> ManagementToken | None:
        unanswered[name] = known
        listed = await client.management_tokens()
        return _created_after_all(listed, before, name, known, me)

    token = None
    if asked_before:
        token = _created_after_all(before, before, name, known, me)
    if token is None:
        oldest = at_risk(before, len(before.odd))
        if oldest is not None and oldest.uid != named:
            raise OldestUnnamed(before)
        token = await resolve_write(client.create_management_token(request), look)
    unanswered.pop(name, None)
    listed = await best_effort(client.management_tokens())
    if listed is None:
        return _as_created(token, request), None
    # Show the token as the stack has it; only the value comes from the answer.
    held = next((item for item in listed if item.uid == token.uid), token)
    held = msgspec.structs.replace(held, value=token.value)
    return _as_created(held, request, _gone(before, listed)), listed


def _gone(
    before: Rows[ManagementToken], after: Rows[ManagementToken]
) -> tuple[ManagementToken, ...]:
    """Return the tokens that aren't there any more; none if nothing shows which."""
    left = after.uids
    if before.cut or after.cut or "" in left:
        return ()
    return tuple(token for token in before if token.uid not in left)


def _created_after_all(
    listed: Rows[ManagementToken],
    before: Rows[ManagementToken],
    name: str,
    known: Collection[str],
    me: str,
) -> ManagementToken | None:
    """Return the token that was created although no answer came; None if there's none.

    Raises:
        Unclear: if the lists don't show whether there is one.
    """
    new = [token for token in listed if token.uid not in known and token.name == name]
    mine = [token for token in new if may_be_mine(token, me)]
    if len(mine) > 1:
        raise Unclear(
            f"{len(mine)} new tokens are called {name}. One may be yours: check the"
            " list",
            may_have_happened=True,
        )
    if before.cut:
        _check_that_none_hides(before, name, known)
    elif not mine:
        _check_that_none_hides(listed, name, known)
    return mine[0] if mine else None


def may_be_mine(token: Token, me: str) -> bool:
    """Whether the user `me` may have created a token; True if either isn't known."""
    return not me or token.created_by in ("", me)


def _as_created(
    token: ManagementToken,
    request: ManagementTokenRequest,
    gone: tuple[ManagementToken, ...] = (),
) -> Created[ManagementToken]:
    fields = deviations(token, request)
    token = msgspec.structs.replace(token, value=token.value or None)
    return Created((token,), otherwise={token.uid: fields} if fields else {}, gone=gone)


def _check_that_none_hides(
    listed: Rows[DeliveryToken] | Rows[ManagementToken],
    name: str,
    known: Collection[str],
) -> None:
    """Refuse to conclude anything if a token of that name may be missing from the rows.

    `known` are the uids of rows that were there before.

    Raises:
        Unclear: saying why it may be missing.
    """
    why = str(listed.cut or "")
    for row in listed.odd:
        is_new = not row.uid or row.uid not in known
        if is_new and row.name in ("", name):
            why = "Tokendeck doesn't understand a row that may be it"
    if why:
        raise Unclear(
            f"Tokendeck can't tell if {name} was created: {why}. Check the list",
            may_have_happened=True,
        )
