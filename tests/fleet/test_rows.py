"""A fleet's rows, filtered with the query language, and what their stacks know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from tests.fleet.test_reading import OWNER, stacks
from tests.fleet.worlds import busiest_second, fleet_of, region_of, regions
from tests.support.clock import NOW
from tests.support.virtual_time import run_virtually
from tui.fleet.fleet import Fleet
from tui.fleet.rows import FleetRow, makers_of
from tui.fleet.snapshot import FleetSnapshot
from tui.fleet.values import values_in
from tui.query.completion import completion
from tui.query.fields import FIELDS, NEVER
from tui.query.filtering import compiled
from tui.query.parsing import parse
from tui.query.tree import Term
from tui.workspace.health import health_warnings
from tui.workspace.workspace import Workspace


def read(email: str = OWNER) -> FleetSnapshot:
    async def work() -> FleetSnapshot:
        worlds = regions(6, 12)
        ways = [(name, world.connect(email)) for name, world in worlds.items()]
        fleet = fleet_of(*ways, rate=9)
        await fleet.read()
        await fleet.close()
        return fleet.snapshot

    return run_virtually(work())


@pytest.fixture(scope="module")
def snapshot() -> FleetSnapshot:
    return read()


def found(snapshot: FleetSnapshot, query: str) -> list[FleetRow]:
    return list(filter(compiled(parse(query), NOW), snapshot.rows))


def expires(row: FleetRow) -> datetime:
    assert row.expires is not None
    return row.expires


@pytest.mark.parametrize(
    ("query", "is_right"),
    [
        ("kind:management", lambda row: row.kind == "management"),
        ("access:write", lambda row: row.can_write),
        ("access:read", lambda row: not row.can_write),
        ("expires:never kind:m", lambda row: row.kind[0] == "m" and row.expires == NEVER),
        ("expires:never", lambda row: row.expires == NEVER),
        ("expires:expired", lambda row: expires(row) <= NOW),
        ("env:production", lambda row: "production" in row.token.scope.environments),
        ("branch:develop", lambda row: "develop" in row.token.scope.branches),
        ("preview:yes", lambda row: row.token.preview is not None),
        ("preview:no", lambda row: row.kind == "delivery" and not row.token.preview),
        ("stack:northwind", lambda row: "Northwind" in row.place.stack_name),
        ("org:=acme", lambda row: row.place.organization == "Acme"),
        ("region:eu", lambda row: row.place.region.id == "eu"),
        ("profile:=na", lambda row: row.place.profile == "na"),
        ("by:you", lambda row: row.maker == "you"),
        ("by:omar", lambda row: row.maker == "you"),
        ('by:"ana lee"', lambda row: row.maker == "Ana Lee"),
        ("by:ben@example.com", lambda row: row.maker == "Ben Okafor"),
        ("name:web", lambda row: "web" in row.name),
        ("web-production", lambda row: row.name == "web-production"),
        ("acme develop OR acme qa", lambda row: row.place.organization == "Acme" and {"develop", "qa"} & {*row.token.scope.branches, *row.token.scope.environments, row.name.partition("-")[2]} != set()),
    ],
)  # fmt: skip
def test_each_field_finds_what_it_says(
    snapshot: FleetSnapshot, query: str, is_right: Callable[[FleetRow], bool]
) -> None:
    rows = found(snapshot, query)
    assert rows
    assert len(rows) < len(snapshot.rows)
    assert rows == [row for row in snapshot.rows if is_right(row)]


def test_a_value_is_found_by_its_last_four_characters(snapshot: FleetSnapshot) -> None:
    row = next(row for row in snapshot.rows if row.token and row.token.preview)
    assert row.token is not None
    assert row.token.value is not None
    assert row.token.preview is not None
    for value in (row.token.value, row.token.preview):
        assert row in found(snapshot, f"token:{value.last4}")
        assert row in found(snapshot, value.last4)
        middle = value.reveal()[10:16]
        assert found(snapshot, middle) == []


def test_what_can_not_be_read_is_found_too() -> None:
    snapshot = read("ben@example.com")
    rows = found(snapshot, "readable:no")
    assert {row.reason for row in rows} == {"management: Owners and Admins only"}
    assert found(snapshot, "!readable:yes") == rows
    assert found(snapshot, "kind:management") == rows
    assert found(snapshot, "access:read readable:no") == []
    assert found(snapshot, "expires:never readable:no") == []
    assert found(snapshot, "owners admins") == rows


def test_every_field_can_be_asked_of_every_row(snapshot: FleetSnapshot) -> None:
    rows = (*snapshot.rows, *read("ben@example.com").rows)
    for name, field in FIELDS.items():
        for row in rows:
            if field.kind == "moment":
                assert row.moment(name) is None or row.moment(name)
            else:
                assert all(isinstance(text, str) for text in row.texts(name))


def test_a_maker_is_named_as_far_as_is_known() -> None:
    assert makers_of("", {}, frozenset()) == ()
    uid = "blt" + "a" * 16
    assert makers_of(uid, {}, frozenset()) == ("bltaaaaa…", uid)
    assert makers_of(uid, {}, frozenset({uid}))[0] == "you"


def test_a_row_leads_to_a_workspace_and_takes_back_what_was_changed_there() -> None:
    async def work() -> None:
        world = region_of(stacks(3))
        fleet = fleet_of(("", world.connect(OWNER)))
        await fleet.read()
        row = next(row for row in fleet.snapshot.rows if row.kind == "delivery")
        assert row.stack is not None
        await _delete(fleet, row)
        assert row.key not in {other.key for other in fleet.snapshot.rows}
        assert len(fleet.snapshot.rows) == 5
        await fleet.close()

    async def _delete(fleet: Fleet, row: FleetRow) -> None:
        assert row.stack is not None
        assert row.token is not None
        workspace = Workspace(fleet.connect_to(row.stack.key))
        await workspace.refresh()
        assert workspace.snapshot.stack == row.stack.stack
        token = workspace.snapshot.token(row.token.uid)
        assert token is not None
        await workspace.delete_token(token)
        fleet.adopt(row.stack.key, workspace.snapshot)
        await workspace.close()

    run_virtually(work())


def test_a_stack_is_judged_as_its_workspace_would() -> None:
    snapshot = read()
    reading = next(iter(snapshot.readings.values()))
    warnings = health_warnings(reading.as_snapshot(), NOW)
    assert {warning.token.uid for warning in warnings} <= {
        row.token.uid for row in reading.rows if row.token
    }
    assert any("never expires" in warning.what for warning in warnings)


def test_the_values_of_a_field_are_those_that_find_rows(
    snapshot: FleetSnapshot,
) -> None:
    values_of = values_in(snapshot.rows)
    for name, field in FIELDS.items():
        values = list(values_of(name))
        assert bool(values) == (field.kind == "text" and name != "token")
        for value in values:
            assert found(snapshot, str(Term(value, name, "=")))
    offered = completion("stack:nor", 9, values_of)
    assert 'stack:"Northwind Storefront Global"' in offered.terms


def test_a_workspace_beside_a_reading_keeps_the_limit_with_it() -> None:
    async def work() -> None:
        world = region_of(stacks(30))
        fleet = fleet_of(("", world.connect(OWNER)))
        reading = asyncio.create_task(fleet.read())
        await asyncio.sleep(3)
        workspace = Workspace(fleet.connect_to(next(iter(fleet.snapshot.readings))))
        await asyncio.gather(workspace.refresh(), workspace.refresh())
        assert workspace.snapshot.delivery.read
        await reading
        await workspace.close()
        await fleet.close()
        # The list of all stacks names no organization.
        assert busiest_second([it for it in world.asked if it.organization]) <= 6
        assert {asked.status for asked in world.asked} == {200}

    run_virtually(work())


def test_rows_are_worked_out_once(snapshot: FleetSnapshot) -> None:
    reading = next(iter(snapshot.readings.values()))
    assert reading.rows is reading.rows
    later = replace(snapshot, is_reading=True)
    assert later.readings[reading.stack.key].rows is reading.rows
