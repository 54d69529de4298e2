"""Reading a stack side by side: each list as it comes, and who one is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from tui.account.permissions import permissions_of
from tui.contentstack.errors import ContentstackError, NotAllowed, NotContentstack
from tui.contentstack.models import Thing
from tui.contentstack.rows import Rows
from tui.workspace.snapshot import Listing
from tui.workspace.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

Listed = TypeVar("Listed", bound=Thing)


Part = Literal[
    "identity",
    "delivery",
    "management",
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
) -> None:
    """Read these parts anew, all of them by default.

    The snapshot says what could not be read.
    """
    readings: dict[Part, Callable[[], Awaitable[None]]] = {
        "identity": partial(_read_identity, snapshots, client, calls),
        "people": partial(_read_people, snapshots, calls),
        "delivery": partial(
            _read_list, snapshots, "delivery", "delivery tokens", calls.delivery_tokens
        ),
        "management": partial(
            _read_list,
            snapshots,
            "management",
            "management tokens",
            calls.management_tokens,
        ),
        "environments": partial(
            _read_list, snapshots, "environments", "environments", calls.environments
        ),
        "branches": partial(
            _read_list, snapshots, "branches", "branches", calls.branches
        ),
        "aliases": partial(_read_list, snapshots, "aliases", "aliases", calls.aliases),
    }
    # In the order of the parts: the first wins where requests have to wait.
    await asyncio.gather(*(readings[part]() for part in EVERYTHING if part in parts))


async def read_live_preview(snapshots: SnapshotStore, calls: StackClient) -> None:
    """Find out whether Live Preview is on.

    Asked where it matters, not with every reading.
    """
    with suppress(ContentstackError):
        snapshots.change(live_preview=await calls.live_preview())


async def _read_identity(
    snapshots: SnapshotStore, client: Client, calls: StackClient
) -> None:
    """Read who is signed in and what their role allows.

    The role may stand in the user, in the stack or in its roles.
    """
    with snapshots.reading("your role"):
        user, stack, roles = await asyncio.gather(
            client.current_user(), calls.stack(), _if_allowed(calls.roles())
        )
        permissions = permissions_of(user, stack, roles)
        snapshots.change(user=user, stack=stack, permissions=permissions)


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


async def _read_list(
    snapshots: SnapshotStore,
    field: str,
    words: str,
    read: Callable[[], Awaitable[Rows[Listed]]],
) -> None:
    before: Listing[Listed] = getattr(snapshots.snapshot, field)
    with snapshots.reading(words):
        try:
            listing = Listing.of(await read())
        except NotAllowed as error:
            # What may not be seen any more must not stay on the screen from an earlier
            # reading.
            listing = Listing(error=error)
        except ContentstackError as error:
            snapshots.change(**{field: replace(before, error=error)})
            raise
        snapshots.change(**{field: listing})
