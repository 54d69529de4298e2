"""`tokendeck export`: writes a token in the format that a program needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gives_values, of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.values import Ways
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@click.argument("token")
@of_kind
@click.option("--env", "environment", metavar="NAME", help="One of its environments.")
@click.option("--branch", metavar="NAME", help="One of its branches or aliases.")
@prints
@gives_values
@pass_flags
def export(
    flags: Flags,
    /,
    *,
    token: str,
    kind: TokenKind | None,
    environment: str | None,
    branch: str | None,
    output: Output,
    ways: Ways,
) -> None:
    """Write a token as .env, JSON or curl, or run a program with it.

    Without a file or a program, it prints the format with the values hidden. curl has
    no values: it reads the token from the environment.

    Example: tokendeck export web-production --exec -- npm run build
    """
    from tui.cli.documents import TokenDocument
    from tui.cli.exporting import Exporting
    from tui.cli.run import carry_out

    carry_out(
        flags,
        output,
        Exporting(token, kind, environment, branch, ways),
        row=TokenDocument,
    )
