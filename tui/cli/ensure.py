"""`tokendeck ensure`: makes sure that a token exists as described."""

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
@click.option("--preview", is_flag=True, help="Give it a preview token.")
@click.option(
    "--write/--no-write", default=None, help="Read and write (management tokens only)."
)
@click.option("--update", is_flag=True, help="Change a token that differs.")
@click.option(
    "--confirm",
    metavar="NAME",
    help="The name of the oldest token, which Contentstack may delete.",
)
@writes
@prints
@gives_values
@pass_flags
def ensure(
    flags: Flags,
    /,
    *,
    name: str,
    kind: TokenKind | None,
    update: bool,
    confirm: str | None,
    dry_run: bool,
    output: Output,
    ways: Ways,
    **options: object,
) -> None:
    """Create a token unless it exists; run it as often as you like.

    If a token with this name already matches, nothing is sent. If it differs, the exit
    code is 5, or --update changes it. Scope and access are always compared;
    description, expiry and preview token only if you give them.

    Example: tokendeck ensure web --env production --preview --env-file .env
    """
    from tui.cli.documents import TokenDocument
    from tui.cli.ensuring import Ensuring
    from tui.cli.run import carry_out
    from tui.cli.wanted import Wanted

    wanted = Wanted(name=name, **options)  # type: ignore[arg-type]
    work = Ensuring(wanted, kind, ways, update, confirm, dry_run)
    carry_out(flags, output, work, dry_run=dry_run, row=TokenDocument)
