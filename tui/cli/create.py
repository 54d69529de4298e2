"""`tokendeck create`: a new token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gives_values, of_kind, prints, scoped, writes
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.values import Ways
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@click.argument("name")
@of_kind
@scoped(several=" Several create one token each.")
@click.option("--preview", is_flag=True, help="Create a preview token too.")
@click.option(
    "--write/--no-write", default=None, help="Read and write (management tokens only)."
)
@click.option("--like", metavar="TOKEN", help="Start from another token's settings.")
@click.option(
    "--confirm",
    metavar="NAME",
    help="The name of the oldest token, which Contentstack may delete.",
)
@writes
@prints
@gives_values
@pass_flags
def create(
    flags: Flags,
    /,
    *,
    name: str,
    kind: TokenKind | None,
    like: str | None,
    confirm: str | None,
    dry_run: bool,
    output: Output,
    ways: Ways,
    **options: object,
) -> None:
    """Create a token; fails if its name is taken.

    In scripts, use `tokendeck ensure`, which you can run again.

    Example: tokendeck create ci --management --write --expires 90d --out ci.env
    """
    from tui.cli.documents import TokenDocument
    from tui.cli.new_token import NewToken
    from tui.cli.run import carry_out
    from tui.cli.wanted import Wanted

    wanted = Wanted(name=name, **options)  # type: ignore[arg-type]
    work = NewToken(wanted, kind, like, ways, confirm, dry_run)
    carry_out(flags, output, work, dry_run=dry_run, row=TokenDocument)
