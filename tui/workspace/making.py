"""Making delivery tokens, and saying truthfully which were made.

A create whose answer was lost is never sent again blindly: the stack is read, and what is there decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from tui.clock import Clock
from tui.contentstack.errors import IN_DOUBT, ContentstackError, Interrupted, Invalid
from tui.contentstack.models import DeliveryDraft, DeliveryToken
from tui.workspace.comparison import differences
from tui.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

# So far may this machine's clock and Contentstack's be apart.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True)
class NotMade:
    """A token that was asked for and is not there, and why."""

    draft: DeliveryDraft
    error: ContentstackError


@dataclass(frozen=True)
class Batch:
    """What came of a plan: the tokens made, and the first that failed, after which no more were tried.

    `otherwise` names, by token uid, the fields in which the server made something else than was asked.
    """

    made: tuple[DeliveryToken, ...]
    failed: NotMade | None = None
    untried: tuple[DeliveryDraft, ...] = ()
    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Progress = Callable[[int, int], None]
"""Told before each token: its number from 1, and how many there are."""


class Make(Protocol):
    """Makes tokens of the stack that is open."""

    def __call__(self, drafts: tuple[DeliveryDraft, ...], *, with_preview: bool) -> Awaitable[Batch]:
        """What came of the drafts."""
        ...


class Opened(Protocol):
    """The stack that is open, and the time."""

    clock: Clock

    @property
    def snapshot(self) -> Snapshot:
        """What is known of it now."""
        ...

    @property
    def calls(self) -> StackClient:
        """The calls of the stack."""
        ...


class Taken(Invalid):
    """A token has the name, and it is not, or may not be, the one that was asked for."""


class Maker:
    """Makes the tokens of one stack, and remembers of which it is not known whether they were made."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._asked: dict[str, datetime] = {}
        self._stopped = False

    async def make(
        self,
        drafts: tuple[DeliveryDraft, ...],
        *,
        with_preview: bool,
        progress: Progress = lambda _number, _count: None,
    ) -> Batch:
        """Make one token after the other; stop at a refusal, which the next would most likely meet too.

        Cancelled, it stops as well, and answers with what came of it, the token under way included.
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
                return Batch(tuple(made), NotMade(draft, error), drafts[number:], otherwise)
            made.append(token)
            missing = ("preview token",) if with_preview and token.preview is None else ()
            fields = (*differences(token, draft), *missing)
            if fields:
                otherwise[token.uid] = fields
        return Batch(tuple(made), otherwise=otherwise)

    async def _make(self, draft: DeliveryDraft, with_preview: bool) -> DeliveryToken:
        client = self._opened.calls

        async def look() -> DeliveryToken | None:
            tokens = await client.delivery_tokens()
            token = next((token for token in tokens if token.name == draft.name), None)
            return self._recognised(token, draft) if token else None

        asked_before = draft.name in self._asked
        self._asked.setdefault(draft.name, self._opened.clock())
        token = None
        try:
            token = await look() if asked_before else None
            token = token or await client.create_delivery_token(draft, with_preview=with_preview)
        except asyncio.CancelledError:
            self._stop()
            error: ContentstackError = Interrupted("You stopped waiting." + IN_DOUBT, may_have_happened=True)
        except Taken:
            raise
        except ContentstackError as caught:
            error = caught
            # A name that is taken may be taken by the token that was asked for before.
            if not error.may_have_happened and not asked_before:
                del self._asked[draft.name]
                raise
        token = token or await self._settled(look, error)
        self._asked.pop(draft.name, None)
        return token

    async def _settled(
        self, look: Callable[[], Awaitable[DeliveryToken | None]], error: ContentstackError
    ) -> DeliveryToken:
        """The token if a look at the stack finds it.

        Raises:
            ContentstackError: if it does not, or nobody can tell; the next try looks first then.
        """
        try:
            token = await look()
        except asyncio.CancelledError:
            self._stop()
            raise error.in_doubt() from None
        except Taken:
            raise
        except ContentstackError:
            raise error.in_doubt() from None
        if token is None:
            raise error.without_trace() if error.may_have_happened else error
        return token

    def _recognised(self, token: DeliveryToken, draft: DeliveryDraft) -> DeliveryToken:
        """The token, if it is the one that was asked for; names are unique in a stack.

        Raises:
            Taken: if somebody else's, or maybe somebody else's, has the name.
        """
        snapshot = self._opened.snapshot
        me = snapshot.user.uid if snapshot.user else ""
        if snapshot.delivery_token(token.uid) or (me and token.created_by not in ("", me)):
            del self._asked[draft.name]
            raise Taken(f"It is not made: {draft.name} is the name of a token that somebody else made.")
        fields = differences(token, draft)
        if token.created_at is not None and token.created_at < self._asked[draft.name] - _SKEW:
            fields = (*fields, "time of making")
        if fields:
            raise Taken(
                f"There is a token called {draft.name} whose {', '.join(fields)} is not what was asked for: "
                "whether it was made just now is not known. Look at it in the list.",
                may_have_happened=True,
            )
        return token

    def _stop(self) -> None:
        """Take the cancellation for a wish to stop: what was made must still be told."""
        self._stopped = True
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
