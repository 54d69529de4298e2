"""`tokendeck stacks`: the stacks of the account."""

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
def stacks(flags: Flags, /, *, output: Output) -> None:
    """List the stacks that you can see, in all your organizations.

    Example: tokendeck stacks --plain api_key
    """
    from tui.cli.documents import OddDocument, StackDocument, StacksDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.run import carry_out

    async def work(run: CommandRun) -> Exit:
        listed = await run.workspace.account.stacks(lambda _done, _count: None)
        found = tuple(map(StackDocument.of, listed.entries))
        document = StacksDocument(
            stacks=found,
            not_understood=OddDocument.all_of(listed.odd),
            cut=str(listed.cut or ""),
        )
        columns = (
            ("NAME", lambda stack: stack.name),
            ("ORGANIZATION", lambda stack: stack.organization or "-"),
            ("ROLES", lambda stack: ", ".join(stack.roles) or "-"),
            ("API KEY", lambda stack: stack.api_key),
        )
        output.rows(document, found, columns)
        return Exit.DONE

    carry_out(flags, output, work)
