"""`--filter` of the commands, and what it leaves of the tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from tui.cli.output import Output
    from tui.cli.run import CommandRun
    from tui.contentstack.models import Token, TokenKind
    from tui.fleet.rows import FleetRow
    from tui.query.tree import Query
    from tui.workspace.snapshot import Snapshot


def parsed(text: str | None) -> Query:
    """Return the query of an option; everything fits where there is none.

    Raises:
        UsageError: that says what is wrong, and where.
    """
    from tui.query.parsing import QueryError, parse

    try:
        return parse(text or "")
    except QueryError as error:
        place = f"at character {error.start + 1}"
        raise click.UsageError(f"--filter, {place}: {error}") from None


def fits_in(snapshot: Snapshot, query: Query, now: datetime) -> Callable[[Token], bool]:
    """Return what tells whether a token of the one stack that was read fits."""
    from tui.fleet.places import FleetStack
    from tui.fleet.rows import makers_of, token_row
    from tui.query.filtering import compiled

    fits, stack = compiled(query, now), snapshot.stack
    if not query.any_of or stack is None:
        return lambda _: True
    place = FleetStack(profile="", region=snapshot.region, key="", stack=stack)
    own = frozenset[str]()

    def fits_token(token: Token) -> bool:
        makers = makers_of(token.created_by, snapshot.people, own)
        return fits(token_row(place, token, makers, None))

    return fits_token


async def print_all_stacks(
    run: CommandRun, kind: TokenKind | None, query: Query, rate: int, output: Output
) -> None:
    """Print the tokens of all stacks; a line each as they come, where that is asked."""
    from tui.cli.fleet_documents import (
        AllTokensDocument,
        NotReadDocument,
        PlacedTokenDocument,
    )
    from tui.cli.fleet_reading import opened_fleet, raise_if_unread, say_unread
    from tui.messages.ages import expiry
    from tui.query.filtering import compiled

    now = run.workspace.clock()
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
    async with opened_fleet(run, rate, streams=streams) as fleet:
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
    """Return whether a query may ask for people, whose names come last."""
    terms = (term for terms in query.any_of for term in terms)
    return any(term.field in ("", "by") for term in terms)
