"""`tokendeck ensure`: a token is there, as it was asked for."""

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
@scoped
@click.option("--preview", is_flag=True, help="With a preview token.")
@click.option("--write/--no-write", default=None, help="Read and write: management.")
@click.option("--update", is_flag=True, help="Change a token that is different.")
@click.option("--confirm", metavar="NAME", help="The oldest token, which it may end.")
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
    """Create a token unless it is there; run it as often as you like.

    A token of this name that is as asked for stays as it is, and nothing is sent. One
    that is different is told with exit code 5, or changed with --update. Compared are
    scope and access, and of description, expiry and preview token what you name.

    Example: tokendeck ensure web --env production --preview --env-file .env
    """
    from tui.cli.ensuring import Ensuring
    from tui.cli.run import carry_out
    from tui.cli.wanted import Wanted

    wanted = Wanted(name=name, **options)  # type: ignore[arg-type]
    work = Ensuring(wanted, kind, ways, update, confirm, dry_run)
    carry_out(flags, output, work, dry_run=dry_run)
