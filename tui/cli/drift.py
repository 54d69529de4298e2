"""`tokendeck drift`: what changed since an inventory."""

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
    from tui.fleet.inventory import Inventory


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@gently
@prints
@pass_flags
def drift(flags: Flags, /, *, file: Path, rate: int, output: Output) -> None:
    """Show what changed since FILE, which `tokendeck inventory` wrote.

    Lists that couldn't be read both times aren't compared. The exit code is 9 if
    anything changed.

    Example: tokendeck drift tokens.json
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.fleet_documents import ChangedDocument, DriftDocument, NotReadDocument
    from tui.cli.fleet_reading import read_fleet, say_unread, several
    from tui.cli.run import carry_out

    profiles = several(flags)

    async def work(run: CommandRun) -> Exit:
        from tui.fleet.drift import drift as changes_between
        from tui.fleet.inventory import inventory_of

        before = _read(file)
        snapshot = await read_fleet(run, rate, profiles)
        changes = changes_between(before, inventory_of(snapshot))
        rows = tuple(map(ChangedDocument.of, changes))
        unread = NotReadDocument.all_of(snapshot)
        columns = (
            ("CHANGE", lambda change: change.what),
            ("NAME", lambda change: change.name or "-"),
            ("KIND", lambda change: change.kind or "-"),
            ("STACK", lambda change: change.stack),
        )
        if rows or output.shape != "table":
            output.rows(DriftDocument(changes=rows, not_read=unread), rows, columns)
        else:
            output.say("Nothing changed.")
        say_unread(output, unread)
        return Exit.FOUND if rows else Exit.DONE

    carry_out(profiles.flags, output, work)


def _read(file: Path) -> Inventory:
    from tui.files.refusal import refusing
    from tui.fleet.inventory import from_file

    with refusing(file):
        content = file.read_bytes()
    return from_file(content)
