"""The stacks that there are to choose from, of all organizations."""

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
"""Told how many of how many organizations have been read."""


@dataclass(frozen=True)
class StackEntry:
    """A stack that this account sees."""

    stack: Stack

    organization: str = ""
    """The organization's name."""

    roles: tuple[str, ...] = ()
    """The roles in the stack, as far as they are known."""


@dataclass(frozen=True)
class StackList:
    """The stacks that this account sees, and what is known of the rest."""

    entries: tuple[StackEntry, ...]

    odd: tuple[Odd, ...] = ()
    """Rows of stacks and organizations that were not understood."""

    cut: Cut | None = None
    """Where a list was cut off; None where all were read to their ends."""


async def list_stacks(client: Client, on_progress: StackProgress) -> StackList:
    """Read every stack of every organization, by organization and name.

    An organization that refuses its list is skipped: its single sign-on may ask for
    another credential. What something in between answers is no refusal, and is
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

    # The list of no organization has the stacks of those that are not seen, and
    # comes last, so that every other entry names its organization.
    lists = await asyncio.gather(*map(read, (*organizations, None)))
    names = [*(organization.name for organization in organizations), ""]
    entries = _entries(zip(names, lists, strict=True), _roles_by_stack(user))
    whole = joined([Rows(odd=organizations.odd, cut=organizations.cut), *lists])
    # An odd stack is in the list of its organization and in that of all.
    odd = {row.uid or row.why: row for row in whole.odd}
    return StackList(entries, tuple(odd.values()), whole.cut)


async def _stacks_of(client: Client, organization: Organization | None) -> Rows[Stack]:
    """Read an organization's stacks, none where it refuses; all stacks without one."""
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
    """Return each stack once, by organization and name."""
    found: dict[str, StackEntry] = {}
    for organization, stacks in lists:
        for stack in stacks:
            entry = StackEntry(stack, organization, roles.get(stack.api_key, ()))
            found.setdefault(stack.api_key, entry)
    return tuple(sorted(found.values(), key=_by_organization_and_name))


def _by_organization_and_name(entry: StackEntry) -> tuple[str, str]:
    return entry.organization, entry.stack.name.casefold()
