"""Words for many stacks: rows, columns, and how many stacks have been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tui.contentstack.models import TokenKind
from tui.display import visible
from tui.fleet.rows import FleetRow
from tui.fleet.snapshot import FleetSnapshot
from tui.screens.messages.rows import (
    DELIVERY_COLUMNS,
    MANAGEMENT_COLUMNS,
    odd_row,
    token_row,
)
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact
from tui.widgets.table_model import Row, sort_text

_PLACES = (
    Column(
        *("stack", "STACK", 24),
        least=10,
        outlasts=3,
        order=("by stack", "by stack, Z to A"),
        said="in {}",
    ),
    Column(
        *("region", "REGION", 12),
        least=6,
        drop=6,
        order=("by region", "by region, Z to A"),
        said="{}",
    ),
    Column(
        *("profile", "PROFILE", 10),
        least=7,
        drop=5,
        order=("by profile", "by profile, Z to A"),
        said="profile {}",
    ),
)
_LAST = (
    Column(
        *("organization", "ORGANIZATION", 20),
        least=12,
        drop=1,
        order=("by organization", "by organization, Z to A"),
        said="organization {}",
    ),
    Column("read", "READ", 8, least=8, drop=1, order=None, said="read {}"),
)
_NAME = len(_PLACES)

FLEET_COLUMNS: Mapping[TokenKind, Sequence[Column]] = {
    "delivery": (*_PLACES, *DELIVERY_COLUMNS, *_LAST),
    "management": (*_PLACES, *MANAGEMENT_COLUMNS, *_LAST),
}


def fleet_row(row: FleetRow, kind: TokenKind, now: datetime, *, regions: bool) -> Row:
    """Return a row of a tab's table; `regions` says whether there are several."""
    own = _own(row, kind, now)
    place = row.place
    before = (place.stack_name, place.region_name if regions else "", place.profile)
    read = f"{row.as_of:%H:%M:%S}" if row.as_of else ""
    after = (place.organization, read)
    cells = (*map(visible, before), *own.cells, *map(visible, after))
    keys = own.sort_keys or tuple(map(sort_text, own.cells))
    return Row(row.key, cells, (*map(sort_text, before), *keys), own.style)


def _own(row: FleetRow, kind: TokenKind, now: datetime) -> Row:
    if row.token is not None:
        return token_row(row.token, now, lambda _uid: row.maker)
    if row.odd is not None:
        return replace(odd_row(row.odd), key=row.key)
    count = len(FLEET_COLUMNS[kind]) - len(_PLACES) - len(_LAST)
    # The name column is too narrow for a reason, which continues in the next column.
    what, _, why = row.reason.rpartition(": ")
    first = f"{what}:" if what else "not readable:"
    cells = (visible(first), visible(why), *("-",) * (count - 2))
    # A reason isn't sorted with the values.
    return Row(row.key, cells, (None,) * count, "dim")


def place_facts(row: FleetRow) -> list[Fact]:
    """Return where a row is, and when it was read."""
    place = row.place
    parts = (place.stack_name, place.organization, place.region_name, place.profile)
    where = " · ".join(filter(None, parts)) or "-"
    read = f"{row.as_of:%H:%M:%S} UTC" if row.as_of else "not yet"
    return [Fact("Stack", f"{where} · read {read}")]


def reason_facts(row: FleetRow) -> list[Fact]:
    """Return why there are no tokens to see."""
    told = str(row.error) if row.error else ""
    facts = [Fact("Reason", row.reason, tone="warn")]
    return [*facts, Fact("Answer", told)] if told else facts


def fleet_status(
    known: FleetSnapshot, shown: int, total: int, marked: int, stop: str
) -> str:
    """Return the status: "212 of 500 stacks · 3 not readable · Esc stops".

    Args:
        known: What was read.
        shown: How many rows match the filter.
        total: How many rows there are.
        marked: How many of them are marked.
        stop: The key that stops the reading.
    """
    words = str(known.progress)
    if known.was_stopped:
        words += " · stopped"
    rows = f"{shown:,} of {total:,} rows" if shown != total else f"{total:,} rows"
    words += f" · {rows}"
    if marked:
        words += f" · {marked} marked"
    return f"{words} · {stop} stops" if known.is_reading else words
