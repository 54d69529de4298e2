"""The stacks to choose from, in all organizations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.contentstack.errors import ContentstackError, NotContentstack
from tui.contentstack.models import Odd, Organization, Stack, User
from tui.contentstack.rows import Cut, Rows, joined

if TYPE_CHECKING:
    from tui.contentstack.client import Client

StackProgress = Callable[[int, int], None]
"""Called with how many organizations have been read, and how many there are."""


@dataclass(frozen=True)
class StackEntry:
    """A stack that this account can see."""

    stack: Stack

    organization: str = ""
    """The organization's name."""

    roles: tuple[str, ...] = ()
    """The roles in the stack, if known."""


@dataclass(frozen=True)
class StackList:
    """The stacks that this account can see, and what is known about the rest."""

    entries: tuple[StackEntry, ...]

    odd: tuple[Odd, ...] = ()
    """Rows of stacks and organizations that couldn't be decoded."""

    cut: Cut | None = None
    """Where a list was cut off; None if all were read in full."""


async def list_stacks(client: Client, on_progress: StackProgress) -> StackList:
    """Read every stack in every organization, sorted by organization and name.

    An organization that refuses its list is skipped: its single sign-on may need
    another credential. An answer from something in between isn't a refusal, and is
    raised.
    """
    user, organizations = await asyncio.gather(
        client.current_user(), client.organizations()
    )
    done = 0

    async def read(organization: Organization | None) -> Rows[Stack]:
        nonlocal done
        stacks = await _stacks_of(client, organization)
        done += 1
        on_progress(done, len(organizations) + 1)
        return stacks

    # The list without an organization adds stacks of organizations that this account
    # can't see. It's last, so that all other entries name their organization.
    lists = await asyncio.gather(*map(read, (*organizations, None)))
    names = [*(organization.name for organization in organizations), ""]
    entries = _entries(zip(names, lists, strict=True), _roles_by_stack(user))
    whole = joined([Rows(odd=organizations.odd, cut=organizations.cut), *lists])
    # An odd stack is in its organization's list and in the one of all stacks.
    odd = {row.uid or row.why: row for row in whole.odd}
    return StackList(entries, tuple(odd.values()), whole.cut)


async def _stacks_of(client: Client, organization: Organization | None) -> Rows[Stack]:
    """Read an organization's stacks (none if it refuses), or all stacks for None."""
    if organization is None:
        return await client.stacks(None)
    try:
        return await client.stacks(organization.uid)
    except NotContentstack:
        raise
    except ContentstackError:
        return Rows()


def _roles_by_stack(user: User) -> dict[str, tuple[str, ...]]:
    roles: dict[str, tuple[str, ...]] = {}
    for role in user.roles:
        roles[role.api_key] = (*roles.get(role.api_key, ()), role.name)
    return roles


def _entries(
    lists: Iterable[tuple[str, Rows[Stack]]], roles: Mapping[str, tuple[str, ...]]
) -> tuple[StackEntry, ...]:
    """Return each stack once, sorted by organization and name."""
    found: dict[str, StackEntry] = {}
    for organization, stacks in lists:
        for stack in stacks:
            entry = StackEntry(stack, organization, roles.get(stack.api_key, ()))
            found.setdefault(stack.api_key, entry)
    return tuple(sorted(found.values(), key=_by_organization_and_name))


def _by_organization_and_name(entry: StackEntry) -> tuple[str, str]:
    return entry.organization, entry.stack.name.casefold()
