"""Making tokens, and saying truthfully which were made.

A create whose answer was lost is never sent again blindly: the stack is read, and what
is there decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from tui.contentstack.errors import ContentstackError, Interrupted
from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
)
from tui.workspace.comparison import deviations
from tui.workspace.writing import Unclear, best_effort, resolve_write

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient
    from tui.contentstack.rows import Rows
    from tui.workspace.workspace import Workspace

# So far may this machine's clock and Contentstack's be apart.
_SKEW = timedelta(minutes=10)
_UNKNOWN_AGE = datetime.max.replace(tzinfo=UTC)

FULL = 10
"""So many management tokens a stack may have, by the API reference.

One more silently ends the oldest.
"""


@dataclass(frozen=True)
class Created:
    """What came of a plan: the tokens made, and the first that failed, after which no more were tried.

    A management token comes alone, with its value, which is None where it was lost with the answer.

    Attributes:
        otherwise: by token uid, the fields in which the server made something else than was asked.
        gone: management tokens that were there before and are not there any more.
    """

    tokens: tuple[Any, ...]
    failed: DeliveryTokenRequest | None = None
    error: ContentstackError | None = None
    untried: tuple[DeliveryTokenRequest, ...] = ()
    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: tuple[ManagementToken, ...] = ()


CreateProgress = Callable[[int, int], None]
"""Told before each token: its number from 1, and how many there are."""


class TokenCreator:
    """Makes the delivery tokens of one stack, and remembers those that may have been made unseen."""

    def __init__(self, opened: Workspace) -> None:
        self._opened = opened
        self._asked: dict[str, datetime] = {}
        self._stopped = False

    async def make(
        self,
        drafts: tuple[DeliveryTokenRequest, ...],
        *,
        with_preview: bool,
        progress: CreateProgress = lambda _number, _count: None,
    ) -> Created:
        """Make one token after the other.

        Stop at a refusal, which the next would most likely meet too.

        Cancelled, it stops as well, and answers with what came of it, the token under
        way included.
        """
        made: list[DeliveryToken] = []
        otherwise: dict[str, tuple[str, ...]] = {}
        self._stopped = False
        for number, draft in enumerate(drafts, start=1):
            progress(number, len(drafts))
            try:
                if self._stopped:
                    raise Interrupted("You stopped before it was asked for.")
                token = await self._make(draft, with_preview)
            except ContentstackError as error:
                return Created(tuple(made), draft, error, drafts[number:], otherwise)
            made.append(token)
            missing = (
                ("preview token",) if with_preview and token.preview is None else ()
            )
            if fields := (*deviations(token, draft), *missing):
                otherwise[token.uid] = fields
        return Created(tuple(made), otherwise=otherwise)

    async def _make(
        self, draft: DeliveryTokenRequest, with_preview: bool
    ) -> DeliveryToken:
        client, since = self._opened.calls, self._asked.get(draft.name)
        asked_before = since is not None
        since = since or self._opened.server_now()

        async def look() -> DeliveryToken | None:
            self._asked[draft.name] = since
            tokens = await client.delivery_tokens()
            token = next((token for token in tokens if token.name == draft.name), None)
            if token is not None:
                return self._recognised(token, draft, since)
            known = {row.uid for row in self._opened.snapshot.delivery.odd}
            _check_that_none_hides(tokens, draft.name, known)
            return None

        async def create() -> DeliveryToken:
            found = await look() if asked_before else None
            return found or await client.create_delivery_token(
                draft, with_preview=with_preview
            )

        # A name that is refused as taken may be taken by the token that was asked for
        # before.
        token = await resolve_write(create(), look, self._stop, doubted=asked_before)
        self._asked.pop(draft.name, None)
        return token

    def _stop(self) -> None:
        self._stopped = True

    def _recognised(
        self, token: DeliveryToken, draft: DeliveryTokenRequest, since: datetime
    ) -> DeliveryToken:
        """The token, if it is the one that was asked for and nobody else's.

        Names are unique in a stack.
        """
        snapshot = self._opened.snapshot
        me = snapshot.user.uid if snapshot.user else ""
        if snapshot.delivery_token(token.uid) or (
            me and token.created_by not in ("", me)
        ):
            del self._asked[draft.name]
            raise Unclear(
                f"It is not made: {draft.name} is the name of a token that somebody else made."
            )
        fields = deviations(token, draft)
        if token.created_at is not None and token.created_at < since - _SKEW:
            fields = (*fields, "time of making")
        if fields:
            raise Unclear(
                f"There is a token called {draft.name} whose {', '.join(fields)} is not what was asked for: "
                "whether it was made just now is not known. Look at it in the list.",
                may_have_happened=True,
            )
        return token


class OldestUnnamed(Exception):
    """Another token may end than the one that was named, or none was; nothing was sent.

    `listed` are all.
    """

    def __init__(self, listed: Rows[ManagementToken]) -> None:
        super().__init__("the oldest token was not named")
        self.listed = listed


def at_risk(tokens: Sequence[ManagementToken], odd: int = 0) -> ManagementToken | None:
    """The oldest token, where one more may end it; `odd` more were not understood."""
    if not tokens or len(tokens) + odd < FULL:
        return None
    return min(reversed(tokens), key=lambda token: token.created_at or _UNKNOWN_AGE)


Lost = dict[str, Collection[str]]
"""Names that were asked for without an answer, and the uids that there were before."""


async def make_management(
    client: StackClient,
    draft: ManagementTokenRequest,
    named: str,
    lost: Lost,
    me: str = "",
) -> tuple[Created, Rows[ManagementToken] | None]:
    """Make a management token.

    What came of it, and what the stack holds now if that could be read.

    `named` is the uid of the token that may end for it, empty for none. After a lost
    answer, or if it is cancelled, what is new in the stack tells whether it was made;
    what `me`, a user's uid, did not create is somebody else's. The name is noted in
    `lost` then, and looked for before it is asked for again.

    Raises:
        OldestUnnamed: if another one may end than the one that was named.
        ContentstackError: as the server refuses it, or where nobody can say whether it
            was made.
    """
    before = await client.management_tokens()
    asked_before = draft.name in lost
    known: Collection[str] = lost.get(draft.name, before.uids)

    async def look() -> ManagementToken | None:
        lost[draft.name] = known
        return _ours(await client.management_tokens(), before, draft.name, known, me)

    token = _ours(before, before, draft.name, known, me) if asked_before else None
    if token is None:
        oldest = at_risk(before, len(before.odd))
        if oldest is not None and oldest.uid != named:
            raise OldestUnnamed(before)
        token = await resolve_write(client.create_management_token(draft), look)
    lost.pop(draft.name, None)
    listed = await best_effort(client.management_tokens())
    if listed is None:
        return _compared(token, draft), None
    # Shown is what the stack holds; the value alone comes from the answer.
    held = next((item for item in listed if item.uid == token.uid), token)
    left = listed.uids
    told = not before.cut and not listed.cut and "" not in left
    gone = tuple(item for item in before if told and item.uid not in left)
    return _compared(
        msgspec.structs.replace(held, value=token.value), draft, gone
    ), listed


def _ours(
    listed: Rows[ManagementToken],
    before: Rows[ManagementToken],
    name: str,
    known: Collection[str],
    me: str,
) -> ManagementToken | None:
    """Return the token that was created after all; None if there is no trace of it.

    Raises:
        Unclear: where the lists don't tell.
    """
    new = [token for token in listed if token.uid not in known and token.name == name]
    new = [token for token in new if not me or token.created_by in ("", me)]
    if len(new) > 1:
        raise Unclear(
            f"{len(new)} new tokens are called {name}: whether one of them is yours is not known. "
            "Look at them in the list.",
            may_have_happened=True,
        )
    if not new or before.cut:
        _check_that_none_hides(before if before.cut else listed, name, known)
    return new[0] if new else None


def _compared(
    token: ManagementToken,
    draft: ManagementTokenRequest,
    gone: tuple[ManagementToken, ...] = (),
) -> Created:
    fields = deviations(token, draft)
    token = msgspec.structs.replace(token, value=token.value or None)
    return Created((token,), otherwise={token.uid: fields} if fields else {}, gone=gone)


def _check_that_none_hides(
    listed: Rows[Any], name: str, known: Collection[str]
) -> None:
    """`Unclear` where a token of that name may be in the stack and not among the rows.

    `known` are the uids of rows that were there before.
    """
    where = listed.cut
    if any(
        row.name in ("", name) and row.uid not in {*known} - {""} for row in listed.odd
    ):
        where = "a row of the list is not understood, and may be it"
    if where:
        told = f"Whether {name} was made is not known: {where}. Look at it in the list."
        raise Unclear(told, may_have_happened=True)
