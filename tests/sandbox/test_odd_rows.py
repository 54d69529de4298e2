"""Rows shown as they are, to test how a client handles the unforeseen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.caller import DELIVERY, MANAGEMENT, Caller, as_role
from tests.support.clock import clock
from tui.sandbox.seed import SeedError, seed_from
from tui.sandbox.service import Sandbox

LISTS = {
    "organizations": ("/v3/organizations", "organizations"),
    "stacks": ("/v3/stacks", "stacks"),
    "users": ("/v3/stacks/users", "users"),
    "roles": ("/v3/roles", "roles"),
    "environments": ("/v3/environments", "environments"),
    "branches": ("/v3/stacks/branches", "branches"),
    "branch_aliases": ("/v3/stacks/branch_aliases", "branch_aliases"),
    "delivery_tokens": (DELIVERY, "tokens"),
    "management_tokens": (MANAGEMENT, "tokens"),
}
ROWS: list[Any] = [
    None,
    "text",
    7,
    [],
    {},
    {"uid": None, "name": None},
    {"_id": "x", "scope": {}},
]


async def listed(caller: Caller, name: str, query: str = "") -> list[Any]:
    path, key = LISTS[name]
    without_key = {"api_key": None} if name in ("stacks", "organizations") else {}
    rows: list[Any] = (await caller.get(path + query, headers=without_key)).json()[key]
    return rows


@pytest.mark.parametrize("name", list(LISTS))
async def test_a_list_holds_odd_rows_among_its_own(
    sandbox: Sandbox, admin: Caller, name: Any
) -> None:
    own = await listed(admin, name)
    for row in ROWS:
        sandbox.add_row(name, row, at=1)
    assert await listed(admin, name) == [*own[:1], *reversed(ROWS), *own[1:]]


async def test_an_odd_row_counts_and_is_found_as_far_as_it_can_be(
    sandbox: Sandbox, admin: Caller
) -> None:
    for row in ROWS:
        sandbox.add_row("environments", row)
    path = "/v3/environments"
    assert (await admin.get(f"{path}?include_count=true")).json()["count"] == 5 + len(
        ROWS
    )
    assert len(await listed(admin, "environments", "?asc=name")) == 5 + len(ROWS)
    found = await listed(admin, "environments", '?query={"name":"qa"}')
    assert [row["name"] for row in found] == ["qa"]
    assert len(await listed(admin, "environments", "?typeahead=qa")) == 1


async def test_a_row_of_one_stack_is_in_no_other(
    sandbox: Sandbox, admin: Caller
) -> None:
    sandbox.add_row("environments", None, stack=sandbox.stacks[1])
    assert None not in await listed(admin, "environments")
    assert (await listed(as_role(sandbox, stack=1), "environments"))[0] is None


async def test_a_seed_adds_rows() -> None:
    rows = [
        {"list": "environments", "row": {"uid": "blt1"}, "stack": "Shop", "at": 1},
        {"list": "environments", "json": '{"name": null}'},
        {"list": "environments", "json": "null", "stack": "Shop"},
    ]
    stacks = [{"name": "Shop", "environments": ["production"]}, {"name": "Blog"}]
    sandbox = Sandbox.from_seed(seed_from({"stacks": stacks, "rows": rows}), clock)
    shown = await listed(as_role(sandbox, "Owner"), "environments")
    assert shown[:2] == [None, {"name": None}]
    assert shown[3] == {"uid": "blt1"}
    assert await listed(as_role(sandbox, "Owner", stack=1), "environments") == [
        {"name": None}
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"list": "environments", "json": "{"}, r"^rows\[0\]\.json: "),
        (
            {"list": "environments", "stack": "Nowhere"},
            r"^rows\[0\]\.stack: there is no stack 'Nowhere'$",
        ),
    ],
)
def test_a_row_that_can_t_be_added_is_refused(row: Any, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        Sandbox.from_seed(seed_from({"rows": [row]}), clock)
