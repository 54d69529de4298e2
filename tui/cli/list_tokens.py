"""`tokendeck list`: the tokens of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import filtered, gently, of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind
    from tui.workspace.reading import Part


@click.command("list")
@of_kind
@click.option("--all-stacks", is_flag=True, help="List both kinds, in all stacks.")
@filtered
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
    view: str | None,
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
    from tui.cli.profiles import Profiles
    from tui.cli.run import carry_out

    chosen: TokenKind = kind or "delivery"
    profiles, is_filtered = Profiles(flags), bool(query or view)
    if all_stacks or is_filtered:
        # A plain list doesn't need the query language.
        from tui.cli.filtering import asked_for, fits_in, print_all_stacks
        from tui.cli.fleet_reading import several

        profiles = several(flags) if all_stacks else profiles
        wanted = asked_for(query, view, profiles.flags)

    async def work(run: CommandRun) -> Exit:
        if all_stacks:
            await print_all_stacks(run, profiles, kind, wanted, rate)
            return Exit.DONE
        parts: tuple[Part, ...] = (chosen, "people") if is_filtered else (chosen,)
        snapshot = await run.read(*parts)
        if refusal := snapshot.listing(chosen).error:
            raise refusal
        now = run.workspace.clock()
        if is_filtered:
            fits = fits_in(snapshot, chosen, wanted, now)
            print_tokens(snapshot, chosen, now, output, fits)
        else:
            print_tokens(snapshot, chosen, now, output)
        return Exit.DONE

    carry_out(profiles.flags, output, work)
