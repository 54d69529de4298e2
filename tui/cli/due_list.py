"""What `tokendeck due` does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.cli.exit_codes import Exit
from tui.cli.fleet_documents import DueDocument, DueTokenDocument, NotReadDocument
from tui.cli.fleet_reading import read_fleet, say_unread
from tui.cli.output import Output
from tui.cli.profiles import Profiles
from tui.cli.run import CommandRun
from tui.fleet.calendar import as_calendar
from tui.fleet.due import DueToken, attention, due_tokens
from tui.fleet.rendering import RENDERERS
from tui.fleet.report_tables import due_table
from tui.messages.ages import expiry
from tui.query.filtering import compiled
from tui.query.tree import Query


@dataclass(frozen=True)
class DueList:
    """Lists what expires when, in the requested format."""

    profiles: Profiles
    wanted: Query
    within: timedelta
    rate: int
    form: str | None

    async def __call__(self, run: CommandRun) -> Exit:
        """Read all stacks, and print the tokens that match."""
        known = await read_fleet(run, self.rate, self.profiles)
        now = run.workspace.clock()
        rows = filter(compiled(self.wanted, now), known.rows)
        tokens = due_tokens(rows, now, self.within)
        unread = NotReadDocument.all_of(known)
        if self.form == "ics":
            run.output.text(as_calendar(tokens, now).removesuffix("\n"))
        elif self.form:
            text = RENDERERS[self.form](due_table(tokens))
            run.output.text(text.removesuffix("\n"))
        else:
            _print(tokens, unread, now, run.output)
        say_unread(run.output, unread)
        return Exit.FOUND if attention(tokens) else Exit.DONE


def _print(
    tokens: tuple[DueToken, ...],
    unread: tuple[NotReadDocument, ...],
    now: datetime,
    output: Output,
) -> None:
    listed = tuple(map(DueTokenDocument.of, tokens))
    columns = (
        ("EXPIRES", lambda token: expiry(token.expires_on, now)),
        ("NAME", lambda token: token.name),
        ("KIND", lambda token: token.kind),
        ("ACCESS", lambda token: token.access),
        ("STACK", lambda token: token.stack),
    )
    output.rows(DueDocument(tokens=listed, not_read=unread), listed, columns)
