"""The stacks whose values a command compares with: the open one, or all of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from tui.cli.run import CommandRun
from tui.contentstack.errors import ContentstackError
from tui.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class ReadStack:
    """A stack that was read, and the name of its organization.

    `organization` is empty where nobody says.
    """

    snapshot: Snapshot
    organization: str = ""


@dataclass(frozen=True)
class ReadStacks:
    """What was read.

    Attributes:
        troubles: why there may be more stacks than these, in words.
    """

    stacks: tuple[ReadStack, ...]
    troubles: tuple[str, ...] = ()


async def read_stacks(
    run: CommandRun, rate: int | None, *, with_organization: bool = False
) -> ReadStacks:
    """Read the values of the open stack's tokens, or with a rate those of all stacks.

    Raises:
        ContentstackError: if nothing could be read.
    """
    if rate is not None:
        return await _fleet(run, rate)
    snapshot = await run.read("delivery", "management")
    if snapshot.delivery.refused and snapshot.delivery.error:
        raise snapshot.delivery.error
    name = await _organization(run, snapshot) if with_organization else ""
    return ReadStacks((ReadStack(snapshot, name),))


async def _fleet(run: CommandRun, rate: int) -> ReadStacks:
    # Many stacks are read by a room of its own.
    from tui.cli.fleet_reading import read_fleet

    read = await read_fleet(run, rate)
    return ReadStacks(
        tuple(
            ReadStack(each.as_snapshot(), each.stack.organization)
            for each in read.readings.values()
        ),
        tuple(trouble.reason for trouble in read.troubles),
    )


async def _organization(run: CommandRun, snapshot: Snapshot) -> str:
    uid = snapshot.stack.org_uid if snapshot.stack else ""
    with suppress(ContentstackError):
        client = await run.workspace.account.client()
        for organization in await client.organizations():
            if organization.uid == uid:
                return organization.name
    return ""
