"""What `tokendeck health --all-stacks` does."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cli.exit_codes import Exit
from tui.cli.fleet_documents import (
    AllHealthDocument,
    NotReadDocument,
    PlacedWarningDocument,
)
from tui.cli.fleet_reading import read_fleet, say_unread
from tui.cli.profiles import Profiles
from tui.cli.run import CommandRun
from tui.contentstack.models import TokenKind
from tui.fleet.warnings import fleet_warnings


@dataclass(frozen=True)
class HealthOfAll:
    """Lists the warnings about the tokens of all stacks."""

    profiles: Profiles
    kind: TokenKind | None
    rate: int
    strict: bool

    async def __call__(self, run: CommandRun) -> Exit:
        """Read all stacks, and print the warnings."""
        known = await read_fleet(run, self.rate, self.profiles)
        found = [
            PlacedWarningDocument.of(each)
            for each in fleet_warnings(known, run.workspace.clock())
            if self.kind in (None, each.warning.token.kind)
        ]
        unread = NotReadDocument.all_of(known)
        columns = (
            ("STACK", lambda each: each.stack),
            ("NAME", lambda each: each.warning.name),
            ("KIND", lambda each: each.warning.kind),
            ("WARNING", lambda each: each.warning.what),
            ("FIX", lambda each: each.warning.command),
        )
        document = AllHealthDocument(warnings=tuple(found), not_read=unread)
        run.output.rows(document, found, columns)
        say_unread(run.output, unread)
        return Exit.FOUND if self.strict and found else Exit.DONE
