"""Reads a stack: everything is requested at once, and shown as it arrives."""

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
"""Seconds that delivery tokens are requested ahead of everything else.

Building eight other requests, and their handshakes, would hold up the first one, and
the first rows would wait while eight other answers are handled.
"""


class _Once(Generic[_Told]):
    """An answer that several callers need; only the first one requests it."""

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
"""A part of a stack that can be read separately."""

EVERYTHING: tuple[Part, ...] = get_args(Part)


async def read_parts(
    snapshots: SnapshotStore,
    client: Client,
    calls: StackClient,
    parts: Collection[Part] = EVERYTHING,
    *,
    found: Stack | None = None,
) -> None:
    """Read these parts, all of them by default, and the stack if it isn't known yet.

    The snapshot says what couldn't be read. `found` is the stack, if it was just read.

    Raises:
        ContentstackError: if the stack itself can't be read, and never could be. Its
            API key may be wrong (`StackNotFound`).
    """

    async def told() -> Stack:
        return found or await calls.stack()

    # Opening takes a moment, which must not use up the head start. If it fails, the
    # requests report why.
    with suppress(ContentstackError, TimeoutError):
        async with asyncio.timeout(_LONGEST_OPENING):
            await calls.transport.opened()
    stack = _Once(told)
    readings = _readings(snapshots, calls, _Once(client.current_user), stack)
    # In the order of the parts: if requests have to wait, the first one wins.
    wanted = {part: readings[part] for part in EVERYTHING if part in parts}
    async with asyncio.TaskGroup() as group:
        if "identity" in wanted:
            # Set before any token is shown: nothing can be changed until this is known.
            snapshots.change(reading=(_ROLE,))
        elif snapshots.snapshot.stack is None:
            group.create_task(_show(snapshots, "stack", stack))
        if "delivery" in wanted:
            tokens = group.create_task(wanted.pop("delivery")())
            await asyncio.wait({tokens}, timeout=_HEAD_START)
        for reading in wanted.values():
            group.create_task(reading())
    if snapshots.snapshot.stack is None:
        # Raises the error that the stack was refused with.
        await stack()


def _readings(
    snapshots: SnapshotStore,
    calls: StackClient,
    user: _Once[User],
    stack: _Once[Stack],
) -> dict[Part, _Reading]:
    """Return a function that reads each part."""

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

    It's requested when it matters, not with every reading.
    """
    with suppress(ContentstackError):
        snapshots.change(live_preview=await calls.live_preview())


@contextmanager
def _reading(snapshots: SnapshotStore, words: str) -> Iterator[None]:
    """Say what is being read, or why it couldn't be."""
    with snapshots.reading(words):
        try:
            yield
        except StackNotFound as error:
            if not _is_of_stack(error, snapshots):
                raise


def _is_of_stack(error: ContentstackError, snapshots: SnapshotStore) -> bool:
    """Whether it's about a stack never seen before, which reports the error itself."""
    return isinstance(error, StackNotFound) and snapshots.snapshot.stack is None


async def _show(
    snapshots: SnapshotStore, field: str, ask: Callable[[], Awaitable[object]]
) -> None:
    """Show it once it arrives; if it doesn't, reading the role reports why."""
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

    The role may be in the user, in the stack or in its roles.
    """
    with _reading(snapshots, _ROLE):
        roles = await _if_allowed(calls.roles())
        permissions = permissions_of(await user(), await stack(), roles)
        snapshots.change(permissions=permissions)


async def _read_people(snapshots: SnapshotStore, calls: StackClient) -> None:
    """Read the names of those who created tokens.

    If they can't be read, short uids are shown instead.
    """
    with suppress(ContentstackError):
        people = {person.uid: person for person in await calls.users()}
        snapshots.change(people=MappingProxyType(people))


async def _if_allowed(reading: Awaitable[Rows[Listed]]) -> Rows[Listed]:
    """Return what many users can't read, or no rows if Contentstack refuses."""
    try:
        return await reading
    except NotContentstack:
        raise
    except ContentstackError:
        return Rows()


async def _managed(calls: StackClient, user: _Once[User]) -> Rows[ManagementToken]:
    """Read the management tokens, which only Owners and Admins can see.

    Contentstack refuses others with 401, 403 or 422. As long as it says who is signed
    in, a 401 here doesn't mean that nobody is.
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
            # Don't leave on the screen, from an earlier reading, what the user may no
            # longer see.
            listing = Listing(error=error)
        except ContentstackError as error:
            if not _is_of_stack(error, snapshots):
                snapshots.change(**{field: replace(before, error=error)})
            raise
        snapshots.change(**{field: listing})
