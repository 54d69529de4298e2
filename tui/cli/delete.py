"""`tokendeck delete`: deletes tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import confirms, of_kind, prints, writes
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@click.argument("tokens", nargs=-1, required=True, metavar="TOKEN...")
@of_kind
@confirms
@writes
@prints
@pass_flags
def delete(
    flags: Flags,
    /,
    *,
    tokens: tuple[str, ...],
    kind: TokenKind | None,
    yes: bool,
    confirm: str | None,
    dry_run: bool,
    output: Output,
) -> None:
    """Delete tokens, with their preview tokens. Anything that uses them stops working.

    On a terminal, you type the name to confirm. Elsewhere, use --confirm with the
    token's name, or the number of tokens if there are several.

    Example: tokendeck delete kiosk-berlin --confirm kiosk-berlin
    """
    from tui.cli.confirming import Consent
    from tui.cli.deleting import Deleting
    from tui.cli.documents import TokenDocument
    from tui.cli.run import carry_out

    work = Deleting(tokens, kind, Consent(yes, confirm), dry_run)
    carry_out(flags, output, work, dry_run=dry_run, row=TokenDocument)
