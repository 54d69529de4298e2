"""Runs what a command does: the stack it works on, signals, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from tui.account.credential_search import connection_of
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed, failure_of, tell
from tui.cli.interruption import SIGNALS
from tui.cli.output import Output
from tui.cli.unwritable import told_late
from tui.clock import utc_now
from tui.config.settings import Settings, settings_from, trust_ca_file
from tui.connection.connection import Connection
from tui.contentstack.errors import DryRun
from tui.contentstack.models import TOKEN_KINDS, Token, TokenKind
from tui.files.refusal import Refused
from tui.guards import forbid_dumps, guard_output
from tui.leaks.following import follow_changes
from tui.state.deliveries import DeliveryStore
from tui.state.memory import Memory
from tui.state.rotations import RotationStore
from tui.workspace.finding import find_odd, find_tokens
from tui.workspace.reading import Part
from tui.workspace.snapshot import Snapshot
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.cli.documents import Document
    from tui.config.flags import Flags
    from tui.config.key_names import Keys

_MOST_MATCHES = 10


@dataclass
class CommandRun:
    """What a command works with.

    Attributes:
        memory: what survives the run; None in the demo, which forgets everything.
        stopped: whether a signal asked to stop. What was sent by then is looked up, and
            nothing more may be sent.
        after: replaces this process once everything is done.
        dry_run: whether requests that write are printed instead of sent.
        unsent: those requests, in order.
    """

    workspace: Workspace
    output: Output
    memory: Memory | None
    rotations: RotationStore
    settings: Settings = field(default_factory=Settings)
    deliveries: DeliveryStore = field(default_factory=DeliveryStore)
    stopped: bool = False
    after: Callable[[], NoReturn] | None = None
    dry_run: bool = False
    unsent: list[DryRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        environ = self.memory.environ if self.memory else None
        follow_changes(self.workspace, self.deliveries, environ)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Collect the request that a dry run doesn't send, and go on."""
        try:
            yield
        except DryRun as write:
            self.unsent.append(write)

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack."""
        return self.workspace.snapshot

    async def read(self, *parts: Part) -> Snapshot:
        """Read parts of the stack, and raise what prevents it."""
        return await self.workspace.read(parts)

    async def find(self, wanted: str, kind: TokenKind | None, *parts: Part) -> Token:
        """Read the tokens and other parts; return the token that is meant.

        Raises:
            CommandFailed: if there's none, or it's ambiguous.
        """
        _check_named(wanted)
        await self.read(*_parts_of(kind), *parts)
        return self.pick(wanted, kind)

    def pick(self, wanted: str, kind: TokenKind | None) -> Token:
        """Return the token that is meant, from those already read."""
        _check_named(wanted)
        found = find_tokens(wanted, self.snapshot, kind)
        if len(found) == 1:
            return found[0]
        if not found:
            raise self._not_found(wanted, kind)
        matches = [
            {"uid": token.uid, "kind": token.kind, "name": token.name}
            for token in found
        ]
        listed = "; ".join(
            f"{token.name} ({token.kind}, {token.uid})"
            for token in found[:_MOST_MATCHES]
        )
        what = f"{len(found)} tokens match {wanted}: {listed}."
        advice = "Use its uid, or add --delivery or --management."
        raise CommandFailed(Exit.NOT_FOUND, what, next=advice, matches=matches)

    def _not_found(self, wanted: str, kind: TokenKind | None) -> CommandFailed:
        snapshot, why = self.snapshot, ""
        listings = [snapshot.listing(part) for part in _parts_of(kind)]
        refusals = [listing.error for listing in listings if listing.error]
        if len(refusals) == len(listings):
            raise refusals[0]
        if odd := find_odd(wanted, snapshot, kind):
            why = f"Tokendeck doesn't understand its row: {odd.why}"
        elif refusals:
            why = "you aren't allowed to read management tokens"
        elif any(listing.odd or listing.cut for listing in listings):
            why = "some tokens couldn't be read"
        words = kind or "delivery or management"
        what = f"There is no {words} token {wanted}."
        advice = "`tokendeck list` shows the tokens."
        return CommandFailed(Exit.NOT_FOUND, what, why=why, next=advice)


def _check_named(wanted: str) -> None:
    """Refuse an empty name, such as from a script's variable that isn't set.

    Raises:
        CommandFailed: if it is empty.
    """
    if not wanted.strip():
        what = "The token's name is empty."
        advice = "Give its uid or name; `tokendeck list` shows both."
        raise CommandFailed(Exit.USAGE, what, next=advice)


def _parts_of(kind: TokenKind | None) -> tuple[TokenKind, ...]:
    return TOKEN_KINDS if kind is None else (kind,)


CommandWork = Callable[[CommandRun], Awaitable[Exit]]


def carry_out(
    flags: Flags,
    output: Output,
    work: CommandWork,
    *,
    dry_run: bool = False,
    row: type[Document] | None = None,
) -> NoReturn:
    """Run a command's work, say why it failed if it did, and exit.

    A command that writes names the `row` it prints, so that a wrong field is refused
    before anything is sent.
    """
    try:
        if row is not None:
            output.check_field(_request_row() if dry_run else row)
        code = _run(flags, output, work, dry_run=dry_run)
    except OSError as error:
        # Output errors are reported where the process exits.
        if error.filename is None:
            raise
        code = _fail(error, output)
    except Exception as error:
        code = _fail(error, output)
    sys.exit(code)


def _fail(error: Exception, output: Output) -> Exit:
    failure = failure_of(error)
    if failure is None:
        raise error
    tell(failure, as_json=output.as_json)
    return failure.exit


def _run(flags: Flags, output: Output, work: CommandWork, *, dry_run: bool) -> Exit:
    try:
        settings = settings_from(os.environ, flags, check_keys=_check_keys)
    except Refused as refusal:
        raise CommandFailed(Exit.USAGE, str(refusal)) from None
    trust_ca_file(settings, os.environ)
    guard_output(None)
    forbid_dumps()
    memory = None if settings.demo else Memory(os.environ)
    loop = asyncio.new_event_loop()
    run = CommandRun(
        Workspace(partial(_connect, settings, dry_run), clock=now),
        output,
        memory,
        RotationStore(memory.environ if memory else None),
        settings,
        DeliveryStore(memory.environ if memory else None),
        dry_run=dry_run,
    )
    try:
        code = loop.run_until_complete(_work(run, work))
    except OSError as error:
        if failed := told_late(error, run.workspace):
            raise failed from None
        raise
    except Exception as error:
        failure = failure_of(error)
        if not run.stopped or failure is None:
            raise
        # Whatever the error, it ended because someone stopped it.
        raise CommandFailed.of(replace(failure, exit=Exit.FAILED)) from None
    finally:
        # `asyncio.run` would wait here for a thread that's still looking up a name.
        loop.close()
    if run.after is not None and not run.stopped:
        run.after()
    return code


async def _work(run: CommandRun, work: CommandWork) -> Exit:
    task = asyncio.ensure_future(work(run))

    def stop() -> None:
        run.stopped = True
        task.cancel()

    loop = asyncio.get_running_loop()
    for name in SIGNALS:
        # Doesn't work in a thread, nor on Windows, where a signal ends us at once.
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), stop)
    code = Exit.DONE
    try:
        with run.trying():
            code = await task
        if run.dry_run:
            _show(run)
    except asyncio.CancelledError:
        raise CommandFailed(
            Exit.FAILED, "Stopped. Nothing was being changed."
        ) from None
    finally:
        await run.workspace.close()
    if run.stopped and code is not Exit.STOPPED:
        return Exit.FAILED
    return code


def now() -> datetime:
    """Return the time of the run; tests have their own."""
    return utc_now()


def _connect(settings: Settings, dry_run: bool) -> Connection:
    connection = connection_of(settings, os.environ)
    return replace(connection, dry_run=dry_run)


def _show(run: CommandRun) -> None:
    # Loaded only to print it.
    from tui.cli.dry_run import show_requests

    show_requests(run.unsent, run.output)


def _request_row() -> type[Document]:
    from tui.cli.documents import RequestDocument

    return RequestDocument


def _check_keys(keys: Keys) -> Keys:
    # Loads the registry, which is only needed for custom keys.
    from tui.keymap import check_keys

    return check_keys(keys)
