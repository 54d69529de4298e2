"""Finds out which token a value belongs to."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import click

from tui.account.account import Account, Connect
from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.interruption import interruptible
from tui.cli.leak_documents import IdentityDocument, WhoseDocument
from tui.cli.leak_reading import ReadStack, StackChoice, read_stacks
from tui.cli.run import CommandRun
from tui.contentstack.dressing import NoValue
from tui.contentstack.verify import Probe, ProbeResult
from tui.leaks.fingerprints import read_fingerprints
from tui.leaks.identifying import Identifier, Identity, StackTokens
from tui.leaks.proving import Ask, proofs
from tui.leaks.taking_apart import Candidate, candidates
from tui.messages.identity import (
    announced,
    identity_lines,
    identity_words,
    next_commands,
    owner_name,
    proof_words,
    status_words,
)

_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class AskingWhose:
    """What `tokendeck whose` was asked to find out; call it to do that.

    Attributes:
        proves: whether to send values that can't be looked up, to see who accepts them.
        choice: the stacks to compare with.
    """

    proves: bool
    choice: StackChoice

    async def __call__(self, run: CommandRun) -> Exit:
        """Read the value and the stacks, and print whose it is."""
        given = _given()
        read = await read_stacks(run, self.choice, with_organization=True)
        stacks = [*map(_tokens_of, read.stacks)]
        identifier = await _identifier(run, stacks, read.troubles)
        found = identifier.identify_all(given)
        if not found:
            raise _no_value("contains no Contentstack value.")
        if self.proves:
            async with _asking(run, read.stacks) as ask:
                found = [await _prove(run, each, ask) for each in found]
        _print(run, found)
        return Exit.DONE if all(x.is_known for x in found) else Exit.NOT_FOUND


def _tokens_of(read: ReadStack) -> StackTokens:
    return StackTokens.of(read.snapshot, read.organization)


async def _identifier(
    run: CommandRun, stacks: Sequence[StackTokens], missed: tuple[str, ...]
) -> Identifier:
    connection = await run.workspace.account.connection()
    credential = connection.credential
    kept = read_fingerprints(run.memory.environ) if run.memory else None
    own = credential.secret if credential else None
    return Identifier.of(stacks, kept, own, missed)


def _given() -> tuple[Candidate, ...]:
    """Read values from standard input, or from a terminal that doesn't show them.

    Raises:
        CommandFailed: if the input can't contain any.
    """
    try:
        return candidates(_octets())
    except NoValue as wrong:
        raise _no_value(str(wrong)) from None


def _octets() -> bytes:
    if sys.stdin.isatty():
        with interruptible():
            text: str = click.prompt("Value (not shown)", hide_input=True, err=True)
        return text.encode("utf-8", "surrogateescape")
    try:
        with interruptible():
            given = sys.stdin.buffer.read(_MOST_BYTES + 1)
    except OSError:
        given = b""
    if len(given) > _MOST_BYTES:
        what = "Standard input has more than 1 MiB."
        next = "`tokendeck find` searches files."
        raise CommandFailed(Exit.USAGE, what, next=next)
    return given


def _no_value(why: str) -> CommandFailed:
    what = f"Standard input {why}"
    return CommandFailed(Exit.USAGE, what, next="Nothing was sent.")


@asynccontextmanager
async def _asking(run: CommandRun, stacks: Sequence[ReadStack]) -> AsyncIterator[Ask]:
    """Yield a function that asks each stack over the connection it was read with."""
    connects: Mapping[tuple[str, str], Connect | None]
    connects = {_tokens_of(each).place: each.connect for each in stacks}
    accounts: dict[tuple[str, str], Account] = {}

    async def ask(stack: StackTokens, probe: Probe) -> ProbeResult:
        connect, account = connects[stack.place], run.workspace.account
        if connect is not None:
            account = accounts.setdefault(stack.place, Account(connect))
        client = await account.client()
        return await client.stack(stack.api_key).prove(probe)

    try:
        yield ask
    finally:
        for account in accounts.values():
            await account.close()


async def _prove(run: CommandRun, identity: Identity, ask: Ask) -> Identity:
    """Ask stacks whether they accept a value, after announcing it."""
    stacks = identity.provable
    if not stacks:
        return identity
    run.output.announce(announced(stacks))
    async for now, trouble in proofs(identity, stacks, ask):
        identity = now
        run.output.say(trouble)
    return identity


def _print(run: CommandRun, found: Sequence[Identity]) -> None:
    now = run.workspace.clock()
    demo = run.memory is None
    rows = tuple(
        IdentityDocument.of(
            each, next_commands(each, demo=demo), status_words(each, now)
        )
        for each in found
    )
    document = WhoseDocument(values=rows)
    if len(found) == 1 and run.output.shape == "table":
        run.output.one(document, identity_lines(found[0], now))
    else:
        by_row = {id(row): each for row, each in zip(rows, found, strict=True)}
        columns = (
            ("VALUE", lambda row: row.name or by_row[id(row)].candidate.value.masked),
            ("TOKEN", lambda row: owner_name(by_row[id(row)])),
            ("STACK", lambda row: row.stack or "-"),
            ("STATUS", lambda row: row.status),
        )
        run.output.rows(document, rows, columns)
    for each in found:
        _say(run, each, demo=demo)


def _say(run: CommandRun, identity: Identity, *, demo: bool) -> None:
    if removed := identity.candidate.removed:
        words = ", ".join(dict.fromkeys(removed))
        run.output.say(f"Removed from around the value: {words}.")
    run.output.say(identity_words(identity))
    run.output.say(proof_words(identity))
    for command in next_commands(identity, demo=demo):
        run.output.say(f"  {command}")
