"""Reading a stack side by side: each list as it comes, and who one is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from tui.account.permissions import standing_of
from tui.contentstack.errors import ContentstackError, NotAllowed, NotContentstack
from tui.contentstack.models import Thing
from tui.contentstack.rows import Rows
from tui.workspace.snapshot import Listing
from tui.workspace.snapshot_store import SnapshotStore

if TYPE_CHECKING:
    from tui.contentstack.client import Client, StackClient

_Some = TypeVar("_Some", bound=Thing)


async def read_everything(
    snapshots: SnapshotStore, client: Client, calls: StackClient
) -> None:
    """Read all lists anew; what could not be read is said on the board."""
    await asyncio.gather(
        _read_identity(snapshots, client, calls),
        _read_list(snapshots, "delivery", "delivery tokens", calls.delivery_tokens),
        _read_list(
            snapshots, "management", "management tokens", calls.management_tokens
        ),
        _read_list(snapshots, "environments", "environments", calls.environments),
        _read_list(snapshots, "branches", "branches", calls.branches),
        _read_list(snapshots, "aliases", "aliases", calls.aliases),
        _read_people(snapshots, calls),
    )


async def _read_identity(
    snapshots: SnapshotStore, client: Client, calls: StackClient
) -> None:
    """Who I am and what I may.

    The role may stand in the user, in the stack or in its roles.
    """
    with snapshots.reading("your role"):
        user, stack, roles = await asyncio.gather(
            client.current_user(), calls.stack(), _if_allowed(calls.roles())
        )
        snapshots.change(
            user=user, stack=stack, permissions=standing_of(user, stack, roles)
        )


async def _read_people(snapshots: SnapshotStore, calls: StackClient) -> None:
    """Names of those who made tokens; where they may not be read, short uids do."""
    with suppress(ContentstackError):
        people = await calls.users()
        snapshots.change(
            people=MappingProxyType({person.uid: person for person in people})
        )


async def _if_allowed(read: Awaitable[Rows[_Some]]) -> Rows[_Some]:
    """What many may not read: nothing then, unless nobody of Contentstack's said so."""
    try:
        return await read
    except NotContentstack:
        raise
    except ContentstackError:
        return Rows()


async def _read_list(
    snapshots: SnapshotStore,
    field: str,
    words: str,
    read: Callable[[], Awaitable[Rows[Any]]],
) -> None:
    before: Listing[Any] = getattr(snapshots.snapshot, field)
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
