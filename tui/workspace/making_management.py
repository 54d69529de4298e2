"""Making a management token, whose value is in one answer and never shown again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import ManagementDraft, ManagementToken
from tui.workspace.comparison import differences

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

FULL = 10
"""So many the API reference lets a stack have: one more, it says, silently ends the oldest."""

_UNKNOWN_AGE = datetime.max.replace(tzinfo=UTC)


class OldestUnnamed(Exception):
    """Another token may end than the one that was named, or none was; nothing was sent.

    Attributes:
        listed: the tokens that the stack holds now.
    """

    def __init__(self, listed: tuple[ManagementToken, ...]) -> None:
        super().__init__("the oldest token was not named")
        self.listed = listed


@dataclass(frozen=True)
class ManagementMade:
    """A new token, as Contentstack made it; `token.value` is None where it was lost with the answer.

    Attributes:
        otherwise: the fields in which it is something else than was asked.
        gone: tokens that were there before and are not there any more.
        listed: what the stack holds now, None where that could not be read.
    """

    token: ManagementToken
    otherwise: tuple[str, ...] = ()
    gone: tuple[ManagementToken, ...] = ()
    listed: tuple[ManagementToken, ...] | None = None


def at_risk(tokens: Sequence[ManagementToken]) -> ManagementToken | None:
    """The oldest token, where one more may end it."""
    if len(tokens) < FULL:
        return None
    return min(reversed(tokens), key=lambda token: token.created_at or _UNKNOWN_AGE)


class Attempt:
    """One try to make a token. It may be cancelled; `look` then tells what came of it."""

    def __init__(self, client: StackClient, draft: ManagementDraft, named: str) -> None:
        """`named` is the uid of the token that may end for it, empty for none."""
        self._client = client
        self._draft = draft
        self._named = named
        self._before: tuple[ManagementToken, ...] | None = None

    async def make(self) -> ManagementMade:
        """Make the token; the tokens before and after show what came of it.

        Raises:
            OldestUnnamed: if another one may end than the one that was named.
            ContentstackError: as the server refuses it, or where nobody can say whether it was made.
        """
        before = await self._client.management_tokens()
        oldest = at_risk(before)
        if oldest is not None and oldest.uid != self._named:
            raise OldestUnnamed(before)
        self._before = before
        try:
            token = await self._client.create_management_token(self._draft)
        except ContentstackError as error:
            if not error.may_have_happened:
                raise
            return await self._settled(error)
        try:
            return self._compared(token, await self._client.management_tokens())
        except ContentstackError:
            return self._compared(token, None)

    async def look(self) -> ManagementMade | None:
        """After a cancelled try: the token, if it was made; its value is lost.

        Raises:
            ContentstackError: if the stack can't be read.
        """
        if self._before is None:
            return None
        listed = await self._client.management_tokens()
        new = self._new_among(listed)
        return self._compared(new[0], listed) if len(new) == 1 else None

    async def _settled(self, error: ContentstackError) -> ManagementMade:
        try:
            listed = await self._client.management_tokens()
        except ContentstackError:
            raise error from None
        new = self._new_among(listed)
        if len(new) == 1:
            return self._compared(new[0], listed)
        raise (error if new else error.without_trace()) from None

    def _new_among(self, listed: Sequence[ManagementToken]) -> list[ManagementToken]:
        before = {token.uid for token in self._before or ()}
        return [token for token in listed if token.uid not in before and token.name == self._draft.name]

    def _compared(self, token: ManagementToken, listed: tuple[ManagementToken, ...] | None) -> ManagementMade:
        value = token.value or None
        # Shown is what the stack holds; the value alone comes from the answer.
        held = next((item for item in listed or () if item.uid == token.uid), token)
        left = {item.uid for item in listed or ()}
        gone = () if listed is None else tuple(item for item in self._before or () if item.uid not in left)
        return ManagementMade(
            msgspec.structs.replace(held, value=value), differences(held, self._draft), gone, listed
        )
