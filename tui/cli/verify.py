"""`tokendeck verify`: calls that prove tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@click.argument("tokens", nargs=-1, metavar="TOKEN...")
@of_kind
@click.option("--all", "every", is_flag=True, help="Every token of the kind.")
@click.option(
    "--value-stdin",
    "piped",
    is_flag=True,
    help="Take the token's value from standard input.",
)
@prints
@pass_flags
def verify(
    flags: Flags,
    /,
    *,
    tokens: tuple[str, ...],
    kind: TokenKind | None,
    every: bool,
    piped: bool,
    output: Output,
) -> None:
    """Prove that tokens work, by calls on the hosts of their kinds.

    Exit code 0 if every call works, 8 if not. The value of a management token is known
    only to those who have it: pipe it in.

    Example: tokendeck verify web-production web-staging
    """
    from tui.cli.run import carry_out
    from tui.cli.verifying import Verifying

    if bool(tokens) == every:
        raise click.UsageError("Name the tokens, or give --all.")
    if piped and len(tokens) != 1:
        raise click.UsageError("--value-stdin is the value of one token.")
    carry_out(flags, output, Verifying(tokens, kind, piped))
