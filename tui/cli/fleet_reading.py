"""Reads the tokens of all stacks for a command, and shows its progress."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

import click

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.profiles import profiles_of
from tui.contentstack.errors import SignedOut
from tui.files.refusal import Refused
from tui.fleet.fleet import Fleet
from tui.fleet.opening import open_fleet

if TYPE_CHECKING:
    from tui.cli.fleet_documents import NotReadDocument
    from tui.cli.output import Output
    from tui.cli.profiles import Profiles
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.fleet.snapshot import FleetSnapshot

_MOST_SAID = 5


def several(flags: Flags) -> Profiles:
    """Return the profiles of a command; a mistake in them is a usage error."""
    try:
        return profiles_of(flags)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from None


@asynccontextmanager
async def opened_fleet(
    run: CommandRun,
    rate: int,
    profiles: Profiles | None = None,
    *,
    streams: bool = False,
) -> AsyncIterator[Fleet]:
    """Yield the stacks of the profiles, none of them read yet, and show progress.

    If rows are printed as they arrive (`streams`), they show progress well enough.
    """
    connection = await run.workspace.account.connection()
    others = profiles.connects if profiles else {}
    if connection.credential is None and not others:
        raise SignedOut("You aren't signed in")
    fleet = open_fleet(
        connection,
        others,
        profile=profiles.first if profiles else "",
        rate=rate,
        clock=run.workspace.clock,
    )
    try:
        with nullcontext() if streams else _progress(fleet):
            yield fleet
    finally:
        await fleet.close()


async def read_fleet(
    run: CommandRun, rate: int, profiles: Profiles | None = None
) -> FleetSnapshot:
    """Return the tokens of all stacks that the profiles can see.

    Raises:
        ContentstackError: if nothing can be read.
    """
    async with opened_fleet(run, rate, profiles) as fleet:
        await fleet.read()
    raise_if_unread(fleet.snapshot)
    return fleet.snapshot


def say_unread(output: Output, unread: Sequence[NotReadDocument]) -> None:
    """Say which tokens can't be seen, and why."""
    for each in unread[:_MOST_SAID]:
        session = each.profile or each.region or "your session"
        where = each.stack or each.organization or session
        output.say(f"Couldn't read {where}: {each.reason}.")
    if len(unread) > _MOST_SAID:
        more = len(unread) - _MOST_SAID
        output.say(f"Couldn't read {more} more. --json lists them.")


def raise_if_unread(snapshot: FleetSnapshot) -> None:
    """Raise the reason if nothing could be read."""
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
    """Show the progress of reading, if someone is watching."""
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
    # Reading goes on even if this can't be shown.
    with suppress(OSError):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
