"""The stacks whose values a command compares with: the open one, or all of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.cli.run import CommandRun
from tui.contentstack.errors import ContentstackError
from tui.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from tui.account.account import Connect
    from tui.cli.profiles import Profiles
    from tui.config.flags import Flags


@dataclass(frozen=True)
class StackChoice:
    """Which stacks to compare with: the open one or, with a rate, all of them.

    Attributes:
        rate: reads per second and organization.
        profiles: those whose stacks are read.
    """

    rate: int | None
    profiles: Profiles | None = None


def choice_of(flags: Flags, rate: int | None) -> tuple[Flags, StackChoice]:
    """Return which stacks to compare with, and the flags of the run.

    With a rate, `--profile` may name several profiles.
    """
    if rate is None:
        return flags, StackChoice(None)
    from tui.cli.fleet_reading import several

    profiles = several(flags)
    return profiles.flags, StackChoice(rate, profiles)


@dataclass(frozen=True)
class ReadStack:
    """A stack that was read.

    Attributes:
        organization: its name; empty if unknown.
        connect: connects to it; None for the connection of the run.
    """

    snapshot: Snapshot
    organization: str = ""
    connect: Connect | None = None


@dataclass(frozen=True)
class ReadStacks:
    """What was read.

    Attributes:
        troubles: why there may be more stacks than these, in words.
    """

    stacks: tuple[ReadStack, ...]
    troubles: tuple[str, ...] = ()


async def read_stacks(
    run: CommandRun, choice: StackChoice, *, with_organization: bool = False
) -> ReadStacks:
    """Read the values of the stacks' tokens.

    Raises:
        ContentstackError: if nothing could be read.
    """
    if choice.rate is not None:
        return await _fleet(run, choice.rate, choice.profiles)
    snapshot = await run.read("delivery", "management")
    if snapshot.delivery.refused and snapshot.delivery.error:
        raise snapshot.delivery.error
    name = await _organization(run, snapshot) if with_organization else ""
    return ReadStacks((ReadStack(snapshot, name),))


async def _fleet(run: CommandRun, rate: int, profiles: Profiles | None) -> ReadStacks:
    # Reading many stacks takes a package of its own.
    from tui.cli.fleet_reading import opened_fleet, raise_if_unread

    async with opened_fleet(run, rate, profiles) as fleet:
        await fleet.read()
        read = fleet.snapshot
        stacks = tuple(
            ReadStack(
                each.as_snapshot(), each.stack.organization, fleet.connect_to(key)
            )
            for key, each in read.readings.items()
        )
    raise_if_unread(read)
    return ReadStacks(stacks, tuple(trouble.reason for trouble in read.troubles))


async def _organization(run: CommandRun, snapshot: Snapshot) -> str:
    uid = snapshot.stack.org_uid if snapshot.stack else ""
    with suppress(ContentstackError):
        client = await run.workspace.account.client()
        for organization in await client.organizations():
            if organization.uid == uid:
                return organization.name
    return ""
