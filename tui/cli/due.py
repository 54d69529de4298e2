"""`tokendeck due`: what expires when, in all stacks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import filtered, gently, prints
from tui.cli.output import Output

if TYPE_CHECKING:
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
    help="How far ahead to look: 14d, 6w, 3m or 1y (default: 14d).",
)
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@click.option(
    "--markdown", "form", flag_value="markdown", help="Print a Markdown table."
)
@click.option("--ics", "form", flag_value="ics", help="Print a calendar.")
@filtered
@gently
@prints
@pass_flags
def due(
    flags: Flags,
    /,
    *,
    within: timedelta,
    form: str | None,
    query: str | None,
    view: str | None,
    rate: int,
    output: Output,
) -> None:
    """List what expires when, in all stacks that you can see.

    Tokens that never expire come last, oldest first. The exit code is 9 if a token
    expires within the time, or expired that recently.

    Example: tokendeck due --within 30d --csv
    """
    from tui.cli.due_list import DueList
    from tui.cli.filtering import asked_for
    from tui.cli.fleet_reading import several
    from tui.cli.run import carry_out

    if form and output.shape != "table":
        what = "Use only one of --csv, --markdown, --ics, --json, --jsonl and --plain."
        raise click.UsageError(what)
    profiles = several(flags)
    wanted = asked_for(query, view, profiles.flags)
    work = DueList(profiles, wanted, within, rate, form)
    carry_out(profiles.flags, output, work)
