"""Changing and deleting tokens: nobody's change is overwritten unseen, and no lost answer misleads.

A write whose answer was lost is never sent again: the token is read, and what the stack shows is the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tui.contentstack.errors import ContentstackError, Invalid, NotFound
from tui.contentstack.models import DeliveryDraft, DeliveryToken, ManagementDraft, ManagementToken, Token
from tui.workspace.comparison import differences

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

Kind = TypeVar("Kind", DeliveryToken, ManagementToken)
Draft = TypeVar("Draft", DeliveryDraft, ManagementDraft)


class ChangedSince(Exception):
    """Somebody changed the token since it was read; nothing was sent.

    Attributes:
        current: the token as it is now.
        fields: what differs, in words.
    """

    def __init__(self, current: Token, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.current = current
        self.fields = fields


async def update_delivery(client: StackClient, seen: DeliveryToken, draft: DeliveryDraft) -> DeliveryToken:
    """Replace name, description and scope.

    Raises:
        ChangedSince: if it is not what was `seen` any more.
        ContentstackError: as the server refuses it.
    """
    await _unchanged(client.delivery_token, seen)
    told = await _updated(client.update_delivery_token, client.delivery_token, seen, draft)
    if told.value and (told.preview or not seen.preview):
        return told
    # The answer to a change may leave values out, which a reading shows.
    try:
        return await client.delivery_token(seen.uid)
    except ContentstackError:
        return msgspec.structs.replace(told, value=told.value or seen.value)


async def update_management(
    client: StackClient, seen: ManagementToken, draft: ManagementDraft
) -> ManagementToken:
    """Replace everything but the value; as `update_delivery`.

    Modules, and fields that are not known here, such as rate limits, stay as the server has them now.
    """
    current = await _unchanged(client.management_token, seen)
    scope = msgspec.structs.replace(draft.scope, other=current.scope.other)
    draft = msgspec.structs.replace(draft, scope=scope, extra=current.extra)
    return await _updated(client.update_management_token, client.management_token, seen, draft)


async def delete(client: StackClient, token: Token) -> bool:
    """Delete a token; False where it was gone already.

    Raises:
        ContentstackError: as the server refuses it, or where nobody can say whether it was carried out.
    """
    delivery = isinstance(token, DeliveryToken)
    send = client.delete_delivery_token if delivery else client.delete_management_token
    read = client.delivery_token if delivery else client.management_token
    try:
        await send(token.uid)
    except NotFound:
        return False
    except ContentstackError as error:
        if not error.may_have_happened:
            raise
        try:
            await read(token.uid)
        except NotFound:
            return True
        except ContentstackError:
            raise error from None
        raise error.without_trace() from None
    return True


async def make_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Make the preview token of a delivery token; one that somebody made meanwhile will do."""
    try:
        return await _settled(
            client.create_preview_token(token.uid),
            lambda: client.delivery_token(token.uid),
            lambda found: found.preview is not None,
        )
    except Invalid:
        found = await client.delivery_token(token.uid)
        if found.preview is None:
            raise
        return found


async def drop_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Delete the preview token alone; the delivery token as the stack shows it after."""

    async def drop() -> DeliveryToken:
        await client.delete_preview_token(token.uid)
        return msgspec.structs.replace(token, preview=None)

    return await _settled(
        drop(), lambda: client.delivery_token(token.uid), lambda found: found.preview is None
    )


async def _unchanged(read: Callable[[str], Awaitable[Kind]], seen: Kind) -> Kind:
    current = await read(seen.uid)
    fields = differences(seen, current)
    if fields:
        raise ChangedSince(current, fields)
    return current


async def _updated(
    write: Callable[[str, Draft], Awaitable[Kind]],
    read: Callable[[str], Awaitable[Kind]],
    seen: Kind,
    draft: Draft,
) -> Kind:
    def done(found: Kind) -> bool:
        if not differences(found, draft):
            return True
        if fields := differences(seen, found):
            # Neither as it was nor as it was to be: theirs came after ours, or ours never came.
            raise ChangedSince(found, fields)
        return False

    return await _settled(write(seen.uid, draft), lambda: read(seen.uid), done)


async def _settled(
    write: Awaitable[Kind], read: Callable[[], Awaitable[Kind]], done: Callable[[Kind], bool]
) -> Kind:
    """What a write came to; where its answer was lost, what a reading shows, if that is `done`."""
    try:
        return await write
    except ContentstackError as error:
        if not error.may_have_happened:
            raise
        try:
            found = await read()
        except ContentstackError:
            raise error from None
        if done(found):
            return found
        raise error.without_trace() from None
