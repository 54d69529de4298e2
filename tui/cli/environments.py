"""`tokendeck environments`: where the stack publishes to."""

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
def environments(flags: Flags, /, *, output: Output) -> None:
    """List the publishing environments of the stack.

    Example: tokendeck environments --plain name
    """
    from tui.cli.documents import (
        EnvironmentDocument,
        EnvironmentsDocument,
        OddDocument,
    )
    from tui.cli.exit_codes import Exit
    from tui.cli.run import carry_out

    async def work(run: CommandRun) -> Exit:
        listing = (await run.read("environments")).environments
        if listing.error is not None:
            raise listing.error
        found = tuple(map(EnvironmentDocument.of, listing.items))
        document = EnvironmentsDocument(
            environments=found,
            not_understood=OddDocument.all_of(listing.odd),
            cut=str(listing.cut or ""),
        )
        columns = (
            ("NAME", lambda environment: environment.name),
            ("URL", lambda environment: ", ".join(environment.urls) or "-"),
            ("UID", lambda environment: environment.uid),
        )
        output.rows(document, found, columns)
        return Exit.DONE

    carry_out(flags, output, work)
