"""`tokendeck due`: what expires when, in all stacks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gently, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags


class _Span(click.ParamType[timedelta]):
    """A time such as 14d."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        from tui.query.fields import span_of

        span = value if isinstance(value, timedelta) else span_of(str(value))
        if span is None:
            self.fail(f"{value} isn't a time like 14d, 6w, 3m or 1y.", param, ctx)
        return span


@click.command()
@click.option(
    "--within",
    type=_Span(),
    default="14d",
    metavar="TIME",
    help="How soon is due, like 14d, 6w, 3m or 1y (default: 14d).",
)
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@click.option(
    "--markdown", "form", flag_value="markdown", help="Print a Markdown table."
)
@click.option("--ics", "form", flag_value="ics", help="Print a calendar.")
@gently
@prints
@pass_flags
def due(
    flags: Flags, /, *, within: timedelta, form: str | None, rate: int, output: Output
) -> None:
    """List what expires when, in all stacks that you can see.

    Tokens that never expire come last, oldest first. The exit code is 9 if a token
    expires within the time, or expired that recently.

    Example: tokendeck due --within 30d --csv
    """
    from tui.cli.exit_codes import Exit
    from tui.cli.fleet_documents import DueDocument, DueTokenDocument, NotReadDocument
    from tui.cli.fleet_reading import read_fleet, say_unread
    from tui.cli.run import carry_out

    if form and output.shape != "table":
        what = "Use only one of --csv, --markdown, --ics, --json, --jsonl and --plain."
        raise click.UsageError(what)

    async def work(run: CommandRun) -> Exit:
        from tui.fleet.calendar import as_calendar
        from tui.fleet.due import attention, due_tokens
        from tui.fleet.rendering import RENDERERS
        from tui.fleet.report_tables import due_table
        from tui.messages.ages import expiry

        snapshot, now = await read_fleet(run, rate), run.workspace.clock()
        tokens = due_tokens(snapshot.rows, now, within)
        unread = NotReadDocument.all_of(snapshot)
        if form == "ics":
            output.text(as_calendar(tokens, now).removesuffix("\n"))
        elif form:
            output.text(RENDERERS[form](due_table(tokens)).removesuffix("\n"))
        else:
            rows = tuple(map(DueTokenDocument.of, tokens))
            columns = (
                ("EXPIRES", lambda token: expiry(token.expires_on, now)),
                ("NAME", lambda token: token.name),
                ("KIND", lambda token: token.kind),
                ("ACCESS", lambda token: token.access),
                ("STACK", lambda token: token.stack),
            )
            output.rows(DueDocument(tokens=rows, not_read=unread), rows, columns)
        say_unread(output, unread)
        return Exit.FOUND if attention(tokens) else Exit.DONE

    carry_out(flags, output, work)
