"""`tokendeck list`: the tokens of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gently, of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind
    from tui.workspace.reading import Part


@click.command("list")
@of_kind
@click.option("--all-stacks", is_flag=True, help="List both kinds, in all stacks.")
@click.option(
    "--filter",
    "query",
    metavar="QUERY",
    help="Only tokens that match, like 'env:qa expires:<30d'.",
)
@gently
@prints
@pass_flags
def list_tokens(
    flags: Flags,
    /,
    *,
    kind: TokenKind | None,
    all_stacks: bool,
    query: str | None,
    rate: int,
    output: Output,
) -> None:
    """List the tokens of the stack: delivery tokens, unless asked otherwise.

    Values are masked; `tokendeck export` writes them to files and programs. `tokendeck
    help all-stacks` explains QUERY.

    Example: tokendeck list --management --json
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.listing import print_tokens
    from tui.cli.run import carry_out

    chosen: TokenKind = kind or "delivery"
    if all_stacks or query:
        # A plain list has no use for the language of queries.
        from tui.cli.filtering import fits_in, parsed, print_all_stacks

        wanted = parsed(query)

    async def work(run: CommandRun) -> Exit:
        if all_stacks:
            await print_all_stacks(run, kind, wanted, rate, output)
            return Exit.DONE
        parts: tuple[Part, ...] = (chosen, "people") if query else (chosen,)
        snapshot = await run.read(*parts)
        if refusal := snapshot.listing(chosen).error:
            raise refusal
        now = run.workspace.clock()
        if query:
            fits = fits_in(snapshot, wanted, now)
            print_tokens(snapshot, chosen, now, output, fits)
        else:
            print_tokens(snapshot, chosen, now, output)
        return Exit.DONE

    carry_out(flags, output, work)
