"""Searches for the values of the stack's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.find_options import FindOptions
from tui.cli.leak_reading import StackChoice, read_stacks
from tui.cli.run import CommandRun
from tui.files.refusal import shown
from tui.leaks.finds import Tally
from tui.leaks.fingerprints import read_fingerprints, write_fingerprints
from tui.leaks.known import KnownTokens
from tui.leaks.stack_tokens import known_authtoken, known_of, unknowable_in
from tui.messages.leaks import KEEPING, unknowable_words
from tui.state.memory import Memory
from tui.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class Finding:
    """What `tokendeck find` was asked to do; call it to do that.

    Attributes:
        keeps: whether to keep the fingerprints on disk.
        choice: the stacks to compare with.
    """

    asked: FindOptions
    keeps: bool
    choice: StackChoice

    async def __call__(self, run: CommandRun) -> Exit:
        """Read the tokens, then search."""
        # Refuse what can be refused before anything takes time.
        self.asked.accepted()
        if self.keeps and run.memory is None:
            raise CommandFailed(Exit.USAGE, "The demo doesn't save fingerprints.")
        stacks = await read_stacks(run, self.choice)
        snapshots = [each.snapshot for each in stacks.stacks]
        shown_here = known_of(snapshots)
        if self.keeps and run.memory:
            _keep(run, run.memory, snapshots, shown_here)
        kept = read_fingerprints(run.memory.environ) if run.memory else None
        kept = kept or KnownTokens()
        compared = shown_here.joined(await _own_authtoken(run)).joined(kept)
        tally = Tally()
        finds = self.asked.searched(compared, tally)
        unknowable = unknowable_in(snapshots, shown_here, compared)
        words = [*unknowable_words(unknowable), *(f"{x}." for x in stacks.troubles)]
        if unknowable.management != 0 and not _has_all(kept, snapshots):
            words.insert(1, KEEPING)
        return self.asked.end(finds, tally, compared, words, run.output)


async def _own_authtoken(run: CommandRun) -> KnownTokens:
    connection = await run.workspace.account.connection()
    credential = connection.credential
    if credential and credential.kind == "authtoken":
        return known_authtoken(credential.secret)
    return KnownTokens()


def _has_all(kept: KnownTokens, snapshots: Sequence[Snapshot]) -> bool:
    """Return whether each of these stacks has fingerprints."""
    keys = {token.api_key for token in kept.by_digest.values()}
    return all(x.stack is None or x.stack.api_key in keys for x in snapshots)


def _keep(
    run: CommandRun, memory: Memory, snapshots: Sequence[Snapshot], known: KnownTokens
) -> None:
    for snapshot in snapshots:
        # What couldn't be read keeps its earlier fingerprints.
        if snapshot.stack and not snapshot.delivery.refused:
            stack = snapshot.stack
            key, name = stack.api_key, stack.name
            path = write_fingerprints(memory.environ, key, name, known)
            run.output.say(f"Saved the fingerprints of {name} in {shown(path)}.")
