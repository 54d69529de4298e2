"""`tokendeck show`: everything about one token."""

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


@click.command()
@click.argument("token")
@of_kind
@prints
@pass_flags
def show(
    flags: Flags, /, *, token: str, kind: TokenKind | None, output: Output
) -> None:
    """Show everything about one token except its value.

    TOKEN is a uid, an exact name, or the last four characters or the fingerprint of a
    value.

    Example: tokendeck show web-production --plain environments
    """
    from tui.cli.documents import TokenDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.run import carry_out
    from tui.cli.token_lines import token_lines

    async def work(run: CommandRun) -> Exit:
        found = await run.find(token, kind, "people")
        facts = token_lines(found, run.snapshot, run.workspace.clock())
        output.one(TokenDocument.of(found), facts)
        return Exit.DONE

    carry_out(flags, output, work)
