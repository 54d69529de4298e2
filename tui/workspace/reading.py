"""Reading a stack: everything is asked for at once, and shown as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, get_args

from tui.account.permissions import permissions_of
from tui.contentstack.errors import (
    ContentstackError,
    EnvironmentRefused,
    Invalid,
    NotAllowed,
    NotContentstack,
    SignedOut,
    StackNotFound,
)
from tui.contentstack.models import ManagementToken, Stack, Thing, User
from tui.contentstack.rows import Rows
from tui.workspace.snapshot import Listing
from tui.workspace.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

Listed = TypeVar("Listed", bound=Thing)
_Told = TypeVar("_Told")
_Reading = Callable[[], Coroutine[object, None, None]]

_ROLE = "your role"
_LONGEST_OPENING = 5.0
_HEAD_START = 0.025
"""Seconds by which delivery tokens are ahead of all else.

Building eight other requests, and their handshakes, would hold up the first; the first
rows would wait for what to do with eight other answers.
"""


class _Once(Generic[_Told]):
    """What several need to know, and is asked for by the first of them only."""

    def __init__(self, ask: Callable[[], Awaitable[_Told]]) -> None:
        self._ask = ask
        self._answer: asyncio.Future[_Told] | None = None

    async def __call__(self) -> _Told:
        if self._answer is None:
            self._answer = asyncio.ensure_future(self._ask())
        return await self._answer


Part = Literal[
    "delivery",
    "management",
    "identity",
    "environments",
    "branches",
    "aliases",
    "people",
]
"""A part of a stack that is read by itself."""

EVERYTHING: tuple[Part, ...] = get_args(Part)


async def read_parts(
    snapshots: SnapshotStore,
    client: Client,
    calls: StackClient,
    parts: Collection[Part] = EVERYTHING,
    *,
    found: Stack | None = None,
) -> None:
    """Read these parts again, all of them by default, and the stack if it is not known.

    The snapshot says what could not be read. `found` is the stack, if it was read just
    now.

    Raises:
        ContentstackError: if the stack itself can't be read, and never could. Its API
            key may be wrong then (`StackNotFound`).
    """

    async def told() -> Stack:
        return found or await calls.stack()

    # Opening takes a moment, which must not use up the head start. What stands in its
    # way is told by the requests.
    with suppress(ContentstackError, TimeoutError):
        async with asyncio.timeout(_LONGEST_OPENING):
            await calls.transport.opened()
    stack = _Once(told)
    readings = _readings(snapshots, calls, _Once(client.current_user), stack)
    # In the order of the parts: the first wins where requests have to wait.
    wanted = {part: readings[part] for part in EVERYTHING if part in parts}
    async with asyncio.TaskGroup() as group:
        if "identity" in wanted:
            # Said before any token is shown: until it is known, nothing may be changed.
            snapshots.change(reading=(_ROLE,))
        elif snapshots.snapshot.stack is None:
            group.create_task(_show(snapshots, "stack", stack))
        if "delivery" in wanted:
            tokens = group.create_task(wanted.pop("delivery")())
            await asyncio.wait({tokens}, timeout=_HEAD_START)
        for reading in wanted.values():
            group.create_task(reading())
    if snapshots.snapshot.stack is None:
        # Raises what it was refused for.
        await stack()


def _readings(
    snapshots: SnapshotStore,
    calls: StackClient,
    user: _Once[User],
    stack: _Once[Stack],
) -> dict[Part, _Reading]:
    """Return what reads each part."""

    def listing(
        field: Part, words: str, read: Callable[[], Awaitable[Rows[Listed]]]
    ) -> _Reading:
        return partial(_read_list, snapshots, field, words, read)

    managed = partial(_managed, calls, user)
    branches, aliases = partial(calls.branches, stack), partial(calls.aliases, stack)
    return {
        "delivery": listing("delivery", "delivery tokens", calls.delivery_tokens),
        "management": listing("management", "management tokens", managed),
        "identity": partial(_read_identity, snapshots, calls, user, stack),
        "environments": listing("environments", "environments", calls.environments),
        "branches": listing("branches", "branches", branches),
        "aliases": listing("aliases", "aliases", aliases),
        "people": partial(_read_people, snapshots, calls),
    }


async def read_live_preview(snapshots: SnapshotStore, calls: StackClient) -> None:
    """Find out whether Live Preview is on.

    Asked where it matters, not with every reading.
    """
    with suppress(ContentstackError):
        snapshots.change(live_preview=await calls.live_preview())


@contextmanager
def _reading(snapshots: SnapshotStore, words: str) -> Iterator[None]:
    """Say what is being read, and why it could not be."""
    with snapshots.reading(words):
        try:
            yield
        except StackNotFound as error:
            if not _is_of_stack(error, snapshots):
                raise


def _is_of_stack(error: ContentstackError, snapshots: SnapshotStore) -> bool:
    """Whether it is about a stack never seen before, whose own answer says it."""
    return isinstance(error, StackNotFound) and snapshots.snapshot.stack is None


async def _show(
    snapshots: SnapshotStore, field: str, ask: Callable[[], Awaitable[object]]
) -> None:
    """Show it once it comes; the role, which needs it too, says why it doesn't."""
    with suppress(ContentstackError):
        snapshots.change(**{field: await ask()})


async def _read_identity(
    snapshots: SnapshotStore,
    calls: StackClient,
    user: _Once[User],
    stack: _Once[Stack],
) -> None:
    """Read the stack, who is signed in, and what their role allows."""
    await asyncio.gather(
        _show(snapshots, "stack", stack),
        _show(snapshots, "user", user),
        _read_role(snapshots, calls, user, stack),
    )


async def _read_role(
    snapshots: SnapshotStore,
    calls: StackClient,
    user: _Once[User],
    stack: _Once[Stack],
) -> None:
    """Read what the user's role allows.

    The role may stand in the user, in the stack or in its roles.
    """
    with _reading(snapshots, _ROLE):
        roles = await _if_allowed(calls.roles())
        permissions = permissions_of(await user(), await stack(), roles)
        snapshots.change(permissions=permissions)


async def _read_people(snapshots: SnapshotStore, calls: StackClient) -> None:
    """Read the names of those who created tokens.

    Where they may not be read, short uids do.
    """
    with suppress(ContentstackError):
        people = {person.uid: person for person in await calls.users()}
        snapshots.change(people=MappingProxyType(people))


async def _if_allowed(reading: Awaitable[Rows[Listed]]) -> Rows[Listed]:
    """Return what many may not read, or no rows where Contentstack refuses."""
    try:
        return await reading
    except NotContentstack:
        raise
    except ContentstackError:
        return Rows()


async def _managed(calls: StackClient, user: _Once[User]) -> Rows[ManagementToken]:
    """Read the management tokens, which only owners and admins may.

    Contentstack refuses others by 401, 403 or 422. As long as it tells who is signed
    in, such a 401 doesn't say that nobody is.
    """
    try:
        return await calls.management_tokens()
    except (SignedOut, EnvironmentRefused, Invalid) as refusal:
        from tui.contentstack.exchange import recast  # noqa: PLC0415 - not before the first frame

        await user()
        raise recast(refusal, NotAllowed) from None


async def _read_list(
    snapshots: SnapshotStore,
    field: str,
    words: str,
    read: Callable[[], Awaitable[Rows[Listed]]],
) -> None:
    before: Listing[Listed] = getattr(snapshots.snapshot, field)
    with _reading(snapshots, words):
        try:
            listing = Listing.of(await read())
        except NotAllowed as error:
            # What may not be seen any more must not stay on the screen from an earlier
            # reading.
            listing = Listing(error=error)
        except ContentstackError as error:
            if not _is_of_stack(error, snapshots):
                snapshots.change(**{field: replace(before, error=error)})
            raise
        snapshots.change(**{field: listing})
