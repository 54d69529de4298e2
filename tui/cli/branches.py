"""`tokendeck branches`: the stack's branches and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags


@click.command()
@prints
@pass_flags
def branches(flags: Flags, /, *, output: Output) -> None:
    """List the branches of the stack, then its aliases.

    Example: tokendeck branches --json
    """
    from tui.cli.documents import BranchesDocument, LaneDocument, OddDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.run import carry_out

    async def work(run: CommandRun) -> Exit:
        snapshot = await run.read("branches", "aliases")
        listings = (snapshot.branches, snapshot.aliases)
        for error in (snapshot.branches.error, snapshot.aliases.error):
            if error is not None:
                raise error
        found = (
            *map(LaneDocument.of_branch, snapshot.branches.items),
            *map(LaneDocument.of_alias, snapshot.aliases.items),
        )
        odd = (*snapshot.branches.odd, *snapshot.aliases.odd)
        document = BranchesDocument(
            branches=found,
            not_understood=OddDocument.all_of(odd),
            cut=" ".join(str(listing.cut) for listing in listings if listing.cut),
        )
        columns = (
            ("KIND", lambda lane: lane.kind),
            ("NAME", lambda lane: lane.name),
            ("FROM / TO", lambda lane: lane.target or "-"),
        )
        output.rows(document, found, columns)
        return Exit.DONE

    carry_out(flags, output, work)
