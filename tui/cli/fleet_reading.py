"""Reads the tokens of all stacks for a command, and shows its progress."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.contentstack.errors import SignedOut
from tui.contentstack.steady_pace import SteadyPacer
from tui.fleet.fleet import Fleet

if TYPE_CHECKING:
    from tui.cli.fleet_documents import NotReadDocument
    from tui.cli.output import Output
    from tui.cli.run import CommandRun
    from tui.fleet.snapshot import FleetSnapshot

_UNPACED = 10_000
_MOST_SAID = 5


@asynccontextmanager
async def opened_fleet(
    run: CommandRun, rate: int, *, streams: bool = False
) -> AsyncIterator[Fleet]:
    """Have the stacks of the sign-in, none of them read yet; show how far it comes.

    Where rows are printed meanwhile (`streams`), they show it well enough.
    """
    connection = await run.workspace.account.connection()
    if connection.credential is None:
        raise SignedOut("You aren't signed in")
    # What answers in this process has no limit that is shared with others.
    pacer = SteadyPacer(_UNPACED if connection.apps else rate)
    fleet = Fleet(
        {"": lambda: connection}, rate=rate, clock=run.workspace.clock, pacer=pacer
    )
    try:
        with nullcontext() if streams else _progress(fleet):
            yield fleet
    finally:
        await fleet.close()


async def read_fleet(run: CommandRun, rate: int) -> FleetSnapshot:
    """Return the tokens of all stacks that the sign-in can see.

    Raises:
        ContentstackError: if nothing can be read.
    """
    async with opened_fleet(run, rate) as fleet:
        await fleet.read()
    raise_if_unread(fleet.snapshot)
    return fleet.snapshot


def say_unread(output: Output, unread: Sequence[NotReadDocument]) -> None:
    """Say which tokens can't be seen, and why."""
    for each in unread[:_MOST_SAID]:
        where = each.stack or each.organization or each.region or "your session"
        output.say(f"Couldn't read {where}: {each.reason}.")
    if len(unread) > _MOST_SAID:
        more = len(unread) - _MOST_SAID
        output.say(f"Couldn't read {more} more. --json lists them.")


def raise_if_unread(snapshot: FleetSnapshot) -> None:
    """Raise what stands in the way where nothing could be read."""
    readings = snapshot.readings.values()
    if any(kind not in each.errors for each in readings for kind in each.read_at):
        return
    errors = [error for each in readings for error in each.errors.values()]
    errors += [trouble.error for trouble in snapshot.troubles if trouble.error]
    if errors:
        raise errors[0]
    if snapshot.troubles:
        raise CommandFailed(Exit.FAILED, f"{snapshot.troubles[0].reason}.")


@contextmanager
def _progress(fleet: Fleet) -> Iterator[None]:
    """Show how far the reading has come, if someone is watching."""
    if not sys.stderr.isatty():
        yield
        return
    quiet = fleet.listen(_shows_progress())
    try:
        yield
    finally:
        quiet()
        _show("")


def _shows_progress() -> Callable[[FleetSnapshot], None]:
    shown = ""

    def show(snapshot: FleetSnapshot) -> None:
        nonlocal shown
        if (told := str(snapshot.progress)) != shown:
            shown = told
            _show(told)

    return show


def _show(text: str) -> None:
    # The reading goes on if this can't be shown.
    with suppress(OSError):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
