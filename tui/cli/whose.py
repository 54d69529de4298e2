"""`tokendeck whose`: which token a value belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import over_all_stacks, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags


# An argument is most likely a value given in the wrong place. It must not be printed,
# as click would print an unknown option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("given", nargs=-1, type=click.UNPROCESSED, metavar="")
@click.option(
    "--prove", "proves", is_flag=True, help="Send the value, to see who accepts it."
)
@over_all_stacks
@prints
@pass_flags
def whose(
    flags: Flags,
    /,
    *,
    given: tuple[str, ...],
    proves: bool,
    rate: int | None,
    output: Output,
) -> None:
    """Say which token a value belongs to. Pipe the value in.

    Removes what's around it, such as quotes, NAME=, JSON, a URL or a whole .env file.
    On a terminal, it asks for the value and doesn't show it. Exit code 4 if the value
    isn't known.

    Example: tokendeck whose < .env
    """
    from tui.cli.asking_whose import AskingWhose
    from tui.cli.leak_reading import choice_of
    from tui.cli.run import carry_out

    if given:
        what = (
            "Others can see the command line, so pipe the value in instead. If you"
            " typed a value, delete it from your shell's history."
        )
        raise click.UsageError(what)
    flags, choice = choice_of(flags, rate)
    carry_out(flags, output, AskingWhose(proves, choice))
