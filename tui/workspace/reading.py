"""Reading a stack side by side: each list as it comes, and who one is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tui.account.standing import standing_of
from tui.contentstack.errors import ContentstackError, NotAllowed
from tui.contentstack.models import Role, Stack, User
from tui.workspace.board import Board
from tui.workspace.snapshot import Listing

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

_IDENTITY = "your role"


async def read_everything(board: Board, client: Client, stack_client: StackClient) -> None:
    """Read all lists anew; what could not be read is said on the board."""
    await asyncio.gather(
        _read_identity(board, client, stack_client),
        _read_list(board, "delivery", "delivery tokens", stack_client.delivery_tokens),
        _read_list(board, "management", "management tokens", stack_client.management_tokens),
        _read_list(board, "environments", "environments", stack_client.environments),
        _read_list(board, "branches", "branches", stack_client.branches),
        _read_list(board, "aliases", "aliases", stack_client.aliases),
        _read_people(board, stack_client),
    )


async def _read_identity(board: Board, client: Client, stack_client: StackClient) -> None:
    """Who I am and what I may: the role may stand in the user, in the stack or in its roles."""
    board.begin(_IDENTITY)
    user, stack, roles = await asyncio.gather(
        client.current_user(), stack_client.stack(), stack_client.roles(), return_exceptions=True
    )
    for answer in (user, stack):
        if isinstance(answer, ContentstackError):
            board.fail(_IDENTITY, str(answer), answer.remedy)
        elif isinstance(answer, BaseException):
            raise answer
    if isinstance(user, User) and isinstance(stack, Stack):
        known: tuple[Role, ...] = roles if isinstance(roles, tuple) else ()
        board.change(user=user, stack=stack, standing=standing_of(user, stack, known))
    board.end(_IDENTITY)


async def _read_people(board: Board, stack_client: StackClient) -> None:
    """Names of those who made tokens. Many may not read them, and then short uids do."""
    try:
        people = await stack_client.users()
    except ContentstackError:
        return
    board.change(people=MappingProxyType({person.uid: person for person in people}))


async def _read_list(
    board: Board, field: str, words: str, read: Callable[[], Awaitable[tuple[Any, ...]]]
) -> None:
    board.begin(words)
    before: Listing[Any] = getattr(board.snapshot, field)
    try:
        listing = Listing(items=await read(), read=True)
    except NotAllowed as error:
        # What may not be seen any more must not stay on the screen from an earlier reading.
        listing = Listing(error=error)
    except ContentstackError as error:
        listing = replace(before, error=error)
        board.fail(words, str(error), error.remedy)
    board.change(**{field: listing})
    board.end(words)
