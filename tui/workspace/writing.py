"""Changing and deleting tokens.

Nobody's change is overwritten unseen, and no lost answer misleads.

A write whose answer was lost is never sent again: the stack is read, and what it shows
is the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tui.contentstack.errors import ContentstackError, Interrupted, Invalid, NotFound
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.workspace.comparison import changes, deviations

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

Written = TypeVar("Written")


class ChangedSince(Exception):
    """Somebody changed the token since it was read; nothing was sent.

    Attributes:
        current: the token as it is now.
    """

    def __init__(self, current: Token, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.current = current


class Unclear(Invalid):
    """What the stack shows may be ours and may be somebody else's."""


async def resolve_write(
    write: Awaitable[Written],
    look: Callable[[], Awaitable[Written | None]],
    stopped: Callable[[], None] = lambda: None,
    *,
    doubted: bool = False,
) -> Written:
    """What a write came to: its answer.

    Where that was lost, what a look at the stack finds (None: no trace).

    Cancelled, it tells `stopped` and looks, since what was sent may be carried out all
    the same. `doubted` means that an earlier try may have been carried out, so that a
    refusal says nothing.

    Raises:
        Unclear: from `look`.
        ContentstackError: as the server refused it; `in_doubt` where nobody can tell.
    """
    error: ContentstackError
    try:
        return await write
    except asyncio.CancelledError:
        _uncancel(stopped)
        error = Interrupted("You stopped waiting.", may_have_happened=True)
    except Unclear:
        raise
    except ContentstackError as caught:
        if not caught.may_have_happened and not doubted:
            raise
        error = caught
    try:
        found = await look()
    except asyncio.CancelledError:
        _uncancel(stopped)
        raise error.in_doubt() from None
    except Unclear:
        raise
    except ContentstackError:
        raise error.in_doubt() from None
    if found is None:
        raise (error.without_trace() if error.may_have_happened else error) from None
    return found


async def best_effort(reading: Awaitable[Written]) -> Written | None:
    """What is read once a write has its answer.

    Neither an error nor a wish to stop takes that back.
    """
    try:
        return await reading
    except asyncio.CancelledError:
        _uncancel()
    except ContentstackError:
        pass
    return None


def _uncancel(stopped: Callable[[], None] = lambda: None) -> None:
    """Take the cancellation for a wish to stop: what came of it must still be told."""
    stopped()
    if task := asyncio.current_task():
        task.uncancel()


async def update(client: StackClient, seen: Token, draft: Any) -> Any:
    """Replace all of a token but its value; the token as it is then.

    What a management draft can't say, such as rate limits, stays as the server has it.

    Raises:
        ChangedSince: if it is not what was `seen` any more.
        ContentstackError: as the server refuses it.
    """
    read, write, _ = _calls(client, seen)
    current = await read(seen.uid)
    if fields := changes(seen, current):
        raise ChangedSince(current, fields)
    if isinstance(current, ManagementToken):
        draft = msgspec.structs.replace(draft, extra=current.extra)

    async def look() -> Any:
        found = await read(seen.uid)
        if not deviations(found, draft):
            return found
        if fields := changes(seen, found):
            # Neither as it was nor as it was to be: theirs came after ours, or ours
            # never came.
            raise ChangedSince(found, fields)
        return None

    told = await resolve_write(write(seen.uid, draft), look)
    if not isinstance(seen, DeliveryToken) or (
        told.value and (told.preview or not seen.preview)
    ):
        return told
    # The answer to a change may leave values out, which a reading shows.
    shown = await best_effort(read(seen.uid))
    return shown or msgspec.structs.replace(told, value=told.value or seen.value)


async def delete(client: StackClient, token: Token) -> bool:
    """Delete a token; False where it was gone already.

    Raises:
        ContentstackError: as the server refuses it, or where nobody can say whether it
            was carried out.
    """
    read, _, send = _calls(client, token)

    async def sent() -> bool:
        await send(token.uid)
        return True

    async def gone() -> bool | None:
        try:
            await read(token.uid)
        except NotFound:
            return True
        return None

    try:
        return await resolve_write(sent(), gone)
    except NotFound:
        return False


@dataclass(frozen=True)
class Deletion:
    """What came of it: `done` by us, `gone` before, and the first that failed.

    After it no more are tried.
    """

    done: tuple[Token, ...] = ()
    gone: tuple[Token, ...] = ()
    failed: Token | None = None
    error: ContentstackError | None = None
    untried: tuple[Token, ...] = ()


async def delete_each(
    delete_one: Callable[[Any], Awaitable[object]],
    tokens: Sequence[Token],
    progress: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> Deletion:
    """Delete the tokens until one fails or `stopped()`, asked before each but the first, says so.

    `delete_one` answers False where it was gone already. `progress` is told the number of each, from 1, and
    how many there are.
    """
    done: list[Token] = []
    gone: list[Token] = []
    for number, token in enumerate(tokens):
        if number and stopped():
            return Deletion(tuple(done), tuple(gone), untried=tuple(tokens[number:]))
        progress(number + 1, len(tokens))
        try:
            (done if await delete_one(token) else gone).append(token)
        except ContentstackError as error:
            return Deletion(
                tuple(done), tuple(gone), token, error, tuple(tokens[number + 1 :])
            )
    return Deletion(tuple(done), tuple(gone))


async def make_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Make the preview token of a delivery token.

    One that somebody made meanwhile will do.
    """

    async def look() -> DeliveryToken | None:
        found = await client.delivery_token(token.uid)
        return found if found.preview else None

    try:
        return await resolve_write(client.create_preview_token(token.uid), look)
    except Invalid:
        if found := await look():
            return found
        raise


async def drop_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Delete the preview token alone.

    The delivery token as the stack shows it after.
    """

    async def drop() -> DeliveryToken:
        await client.delete_preview_token(token.uid)
        return msgspec.structs.replace(token, preview=None)

    async def look() -> DeliveryToken | None:
        found = await client.delivery_token(token.uid)
        return None if found.preview else found

    return await resolve_write(drop(), look)


def _calls(
    client: StackClient, token: Token
) -> tuple[Callable[..., Awaitable[Any]], ...]:
    """Reading, changing and deleting a token of its kind."""
    if isinstance(token, DeliveryToken):
        return (
            client.delivery_token,
            client.update_delivery_token,
            client.delete_delivery_token,
        )
    return (
        client.management_token,
        client.update_management_token,
        client.delete_management_token,
    )
