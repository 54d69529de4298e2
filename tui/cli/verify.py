"""`tokendeck verify`: checks tokens by making calls with them."""

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
@click.option("--all", "every", is_flag=True, help="Verify every token of the kind.")
@click.option(
    "--value-stdin",
    "piped",
    is_flag=True,
    help="Read the token's value from standard input.",
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
    """Check that tokens work by calling their hosts.

    Exit code 0 if every call works, 8 if not. Contentstack doesn't show a management
    token's value again, so pipe it in.

    Example: tokendeck verify web-production web-staging
    """
    from tui.cli.run import carry_out
    from tui.cli.verifying import Verifying

    if bool(tokens) == every:
        raise click.UsageError("Name the tokens, or use --all.")
    if piped and len(tokens) != 1:
        raise click.UsageError("--value-stdin works with one token.")
    carry_out(flags, output, Verifying(tokens, kind, piped))
