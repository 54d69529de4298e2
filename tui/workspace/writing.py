"""Changes and deletes tokens.

Other people's changes are never overwritten unseen. A write whose answer was lost is
never sent again: the stack is read, and what it shows is the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tui.contentstack.errors import ContentstackError, Interrupted, Invalid, NotFound
from tui.contentstack.models import (
    DeliveryToken,
    Token,
    TokenRequest,
)
from tui.workspace.comparison import changes, deviations

if TYPE_CHECKING:
    from tui.contentstack.client import StackClient

Written = TypeVar("Written")


class ChangedSince(Exception):
    """Someone changed the token since it was read; nothing was sent.

    Attributes:
        current: the token as it is now.
    """

    def __init__(self, current: Token, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.current = current


class Unclear(Invalid):
    """What the stack shows may be ours or someone else's."""

    # Its own text says what is in doubt.
    outcome = ""


async def resolve_write(
    write: Awaitable[Written],
    look: Callable[[], Awaitable[Written | None]],
    stopped: Callable[[], None] = lambda: None,
    *,
    doubted: bool = False,
) -> Written:
    """Return the result of a write: its answer, or what a look at the stack finds.

    It calls `look` if the answer was lost; None means that there's no trace of the
    write. If cancelled, it calls `stopped` and looks too, since what was sent may still
    be carried out. `doubted` means that an earlier try may have been carried out, so a
    refusal proves nothing.

    Raises:
        Unclear: from `look`.
        ContentstackError: if the server refused it; `in_doubt` if nothing shows what
            happened.
    """
    error: ContentstackError
    try:
        return await write
    except asyncio.CancelledError:
        _uncancel(stopped)
        error = Interrupted("You stopped waiting", may_have_happened=True)
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
    if found is not None:
        return found
    if error.may_have_happened:
        raise error.without_trace() from None
    raise error from None


async def best_effort(reading: Awaitable[Written]) -> Written | None:
    """Return what is read after a write was answered; None if it can't be read.

    Neither an error nor a cancellation discards the write's answer.
    """
    try:
        return await reading
    except asyncio.CancelledError:
        _uncancel()
    except ContentstackError:
        pass
    return None


def _uncancel(stopped: Callable[[], None] = lambda: None) -> None:
    """Treat a cancellation as a request to stop: the write must still be reported."""
    stopped()
    if task := asyncio.current_task():
        task.uncancel()


async def update(client: StackClient, seen: Token, request: TokenRequest) -> Token:
    """Replace everything in a token except its value; return it as it is afterwards.

    What a request can't say, such as rate limits, stays as the server has it.

    Raises:
        ChangedSince: if it has changed since it was `seen`.
        ContentstackError: if the server refuses it.
    """
    calls = _calls(client, seen)
    current = await calls.read(seen.uid)
    if fields := changes(seen, current):
        raise ChangedSince(current, fields)
    asked = _with_what_it_cannot_say(request, current)

    async def look() -> Token | None:
        found = await calls.read(seen.uid)
        if not deviations(found, asked):
            return found
        if fields := changes(seen, found):
            # Neither the old version nor ours: someone else's change came after ours,
            # or ours never arrived.
            raise ChangedSince(found, fields)
        return None

    answered = await resolve_write(calls.update(seen.uid, asked), look)
    if answered.kind == "management":
        return answered
    if answered.value and (answered.preview or not seen.preview):
        return answered
    # The answer to a change may omit values that a reading shows.
    shown = await best_effort(calls.read(seen.uid))
    if shown is not None:
        return shown
    return msgspec.structs.replace(answered, value=answered.value or seen.value)


def _with_what_it_cannot_say(request: TokenRequest, current: Token) -> TokenRequest:
    if current.kind == "delivery" or request.kind == "delivery":
        return request
    return msgspec.structs.replace(request, extra=current.extra)


async def delete(client: StackClient, token: Token) -> bool:
    """Delete a token; return False if it was already gone.

    Raises:
        ContentstackError: if the server refuses it, or nothing shows whether it was
            carried out.
    """
    calls = _calls(client, token)

    async def send() -> bool:
        await calls.delete(token.uid)
        return True

    async def is_gone() -> bool | None:
        try:
            await calls.read(token.uid)
        except NotFound:
            return True
        return None

    try:
        return await resolve_write(send(), is_gone)
    except NotFound:
        return False


@dataclass(frozen=True)
class Deletion:
    """What was deleted, and the first failure, after which no more were tried.

    Attributes:
        done: the tokens that we deleted.
        gone: those that were gone before.
    """

    done: tuple[Token, ...] = ()
    gone: tuple[Token, ...] = ()
    failed: Token | None = None
    error: ContentstackError | None = None
    untried: tuple[Token, ...] = ()


async def delete_each(
    delete_one: Callable[[Token], Awaitable[object]],
    tokens: Sequence[Token],
    progress: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> Deletion:
    """Delete the tokens, until one fails or `stopped()` is true.

    `delete_one` returns False if the token was already gone. `progress` is called with
    the number of each, from 1, and how many there are. `stopped` is called before each
    except the first.
    """
    done: list[Token] = []
    gone: list[Token] = []
    for number, token in enumerate(tokens):
        if number and stopped():
            return Deletion(tuple(done), tuple(gone), untried=tuple(tokens[number:]))
        progress(number + 1, len(tokens))
        try:
            ours = await delete_one(token)
        except ContentstackError as error:
            untried = tuple(tokens[number + 1 :])
            return Deletion(tuple(done), tuple(gone), token, error, untried)
        if ours:
            done.append(token)
        else:
            gone.append(token)
    return Deletion(tuple(done), tuple(gone))


async def create_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Create the preview token of a delivery token.

    One that someone else created in the meantime will do.
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


async def delete_preview(client: StackClient, token: DeliveryToken) -> DeliveryToken:
    """Delete the preview token, and return the delivery token as it is afterwards."""

    async def send() -> DeliveryToken:
        await client.delete_preview_token(token.uid)
        return msgspec.structs.replace(token, preview=None)

    async def look() -> DeliveryToken | None:
        found = await client.delivery_token(token.uid)
        return None if found.preview else found

    return await resolve_write(send(), look)


@dataclass(frozen=True)
class _Calls:
    """The calls for one kind of token."""

    read: Callable[[str], Awaitable[Token]]
    update: Callable[[str, TokenRequest], Awaitable[Token]]
    delete: Callable[[str], Awaitable[object]]


def _calls(client: StackClient, token: Token) -> _Calls:
    update = partial(_update, client)
    if token.kind == "delivery":
        return _Calls(client.delivery_token, update, client.delete_delivery_token)
    return _Calls(client.management_token, update, client.delete_management_token)


async def _update(client: StackClient, uid: str, request: TokenRequest) -> Token:
    if request.kind == "delivery":
        return await client.update_delivery_token(uid, request)
    return await client.update_management_token(uid, request)
