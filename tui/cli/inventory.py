"""`tokendeck inventory`: a file of all tokens of all stacks, without their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gently, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file to write or replace.",
)
@gently
@prints
@pass_flags
def inventory(flags: Flags, /, *, out: Path, rate: int, output: Output) -> None:
    """Save a list of all tokens that you can see, for `tokendeck drift`.

    The file is sorted and contains no values. As long as nothing changes, it stays the
    same, byte for byte.

    Example: tokendeck inventory --out tokens.json
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.fleet_documents import InventoryDocument, NotReadDocument
    from tui.cli.fleet_reading import read_fleet, say_unread, several
    from tui.cli.run import carry_out

    profiles = several(flags)

    async def work(run: CommandRun) -> Exit:
        from tui.files.replacing import check_replaceable, replace_file
        from tui.fleet.inventory import as_file, inventory_of

        # Reading takes minutes, so say first if the file can't be written.
        check_replaceable(out)
        snapshot = await read_fleet(run, rate, profiles)
        held = inventory_of(snapshot)
        replace_file(out, as_file(held))
        document = InventoryDocument(
            written=str(out),
            stacks=len(held.stacks),
            tokens=sum(len(stack.tokens) for stack in held.stacks),
            not_read=NotReadDocument.all_of(snapshot),
        )
        facts = (
            ("Written", document.written),
            ("Stacks", str(document.stacks)),
            ("Tokens", str(document.tokens)),
        )
        output.one(document, facts)
        say_unread(output, document.not_read)
        return Exit.DONE

    carry_out(profiles.flags, output, work)
