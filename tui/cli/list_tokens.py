"""`tokendeck list`: the tokens of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command("list")
@of_kind
@prints
@pass_flags
def list_tokens(flags: Flags, /, *, kind: TokenKind | None, output: Output) -> None:
    """List the tokens of the stack: delivery tokens, unless asked otherwise.

    Values are masked; `tokendeck export` writes them to files and programs.

    Example: tokendeck list --management --json
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.listing import print_tokens
    from tui.cli.run import carry_out

    chosen = kind or "delivery"

    async def work(run: CommandRun) -> Exit:
        snapshot = await run.read(chosen)
        if refusal := snapshot.listing(chosen).error:
            raise refusal
        print_tokens(snapshot, chosen, run.workspace.clock(), output)
        return Exit.DONE

    carry_out(flags, output, work)
