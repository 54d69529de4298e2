"""`tokendeck edit`: changes to a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import of_kind, prints, scoped, writes
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@click.argument("token")
@of_kind
@click.option("--name", metavar="NAME", help="Its new name.")
@scoped()
@click.option(
    "--write/--no-write", default=None, help="Read and write (management tokens only)."
)
@writes
@prints
@pass_flags
def edit(
    flags: Flags,
    /,
    *,
    token: str,
    kind: TokenKind | None,
    dry_run: bool,
    output: Output,
    **options: object,
) -> None:
    """Change a token. Its value and anything you don't name stay as they are.

    Example: tokendeck edit kiosk --description "the screens in Berlin"
    """
    from tui.cli.documents import TokenDocument
    from tui.cli.editing import Editing
    from tui.cli.run import carry_out
    from tui.cli.wanted import Wanted

    wanted = Wanted(**options)  # type: ignore[arg-type]
    carry_out(
        flags,
        output,
        Editing(token, kind, wanted, dry_run),
        dry_run=dry_run,
        row=TokenDocument,
    )
