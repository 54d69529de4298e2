"""`tokendeck whoami`: who is signed in, and where."""

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
def whoami(flags: Flags, /, *, output: Output) -> None:
    """Show who is signed in, where, and with which role. You don't need a stack.

    Example: tokendeck whoami --plain email
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.identity import read_who, who_facts
    from tui.cli.run import carry_out

    async def work(run: CommandRun) -> Exit:
        who = await read_who(run)
        output.one(who, who_facts(who))
        return Exit.DONE

    carry_out(flags, output, work)
