"""The commands' `--filter`, and the tokens that match it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tui.display import visible

if TYPE_CHECKING:
    from datetime import datetime

    from tui.cli.profiles import Profiles
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.contentstack.models import Token, TokenKind
    from tui.fleet.rows import FleetRow
    from tui.query.tree import Query
    from tui.workspace.snapshot import Snapshot


def asked_for(query: str | None, view: str | None, flags: Flags) -> Query:
    """Return the query of `--filter` or `--view`; without either, everything matches.

    Raises:
        UsageError: saying what's wrong, and where.
    """
    if view is None:
        return _parsed(query)
    if query is not None:
        raise click.UsageError("--filter and --view can't be used together.")
    from tui.config.settings import settings_from
    from tui.files.refusal import Refused

    try:
        views = settings_from(os.environ, flags).views
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from None
    if view not in views:
        known = ", ".join(map(visible, views)) or "none"
        what = f"--view: there is no view {visible(view)}. Your views: {known}."
        raise click.UsageError(what)
    return _parsed(views[view])


def _parsed(text: str | None) -> Query:
    from tui.query.parsing import QueryError, parse

    try:
        return parse(text or "")
    except QueryError as error:
        place = f"at character {error.start + 1}"
        raise click.UsageError(f"--filter, {place}: {error}") from None


def fits_in(
    snapshot: Snapshot, kind: TokenKind, query: Query, now: datetime
) -> Callable[[Token], bool]:
    """Return a function that says whether a token of the open stack matches."""
    from tui.fleet.one_stack import asked_of
    from tui.query.filtering import compiled

    if not query.any_of:
        return lambda _: True
    fits, asked = compiled(query, now), asked_of(snapshot, kind)
    return lambda token: fits(asked(token))


async def print_all_stacks(
    run: CommandRun,
    profiles: Profiles,
    kind: TokenKind | None,
    query: Query,
    rate: int,
) -> None:
    """Print the tokens of all stacks; if asked to, a line each as they arrive."""
    from tui.cli.fleet_documents import (
        AllTokensDocument,
        NotReadDocument,
        PlacedTokenDocument,
    )
    from tui.cli.fleet_reading import opened_fleet, raise_if_unread, say_unread
    from tui.messages.ages import expiry
    from tui.query.filtering import compiled

    output, now = run.output, run.workspace.clock()
    fits = compiled(query, now)
    columns = (
        ("STACK", lambda row: row.stack),
        ("NAME", lambda row: row.token.name),
        ("KIND", lambda row: row.token.kind),
        ("ENVIRONMENT", lambda row: ", ".join(row.token.environments) or "-"),
        ("ACCESS", lambda row: row.token.access or "read"),
        ("EXPIRES", lambda row: expiry(row.token.expires_on, now)),
    )

    def documents(rows: tuple[FleetRow, ...]) -> tuple[PlacedTokenDocument, ...]:
        return tuple(
            PlacedTokenDocument.of(row.place, row.token)
            for row in rows
            if row.token and kind in (None, row.kind) and fits(row)
        )

    streams = output.shape == "jsonl" and not _needs_names(query)
    async with opened_fleet(run, rate, profiles, streams=streams) as fleet:
        async for reading in fleet.arrivals():
            if streams and (found := documents(reading.rows)):
                output.rows(AllTokensDocument(tokens=found), found, columns)
    snapshot = fleet.snapshot
    raise_if_unread(snapshot)
    unread = NotReadDocument.all_of(snapshot)
    if not streams:
        rows = documents(snapshot.rows)
        output.rows(AllTokensDocument(tokens=rows, not_read=unread), rows, columns)
    say_unread(output, unread)


def _needs_names(query: Query) -> bool:
    """Return whether a query may need people's names, which arrive last."""
    terms = (term for terms in query.any_of for term in terms)
    return any(term.field in ("", "by") for term in terms)
