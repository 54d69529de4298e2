"""Recorded answers, changed at random.

Good rows are never lost, and only known errors are raised.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contentstack.fakes import API_KEY, CREDENTIAL, Api, line
from tui.contentstack.client import Client
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.contentstack.rows import Rows
from tui.display import flaw
from tui.secret import Secret

RECORDED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded.json").read_text()
)
READS: dict[str, Callable[[Client], Awaitable[Rows[Any]]]] = {
    "/stacks/delivery_tokens": lambda client: client.stack(API_KEY).delivery_tokens(),
    "/stacks/management_tokens": lambda client: client.stack(
        API_KEY
    ).management_tokens(),
    "/environments": lambda client: client.stack(API_KEY).environments(),
    "/stacks/branches": lambda client: client.stack(API_KEY).branches(),
    "/stacks/branch_aliases": lambda client: client.stack(API_KEY).aliases(),
    "/stacks": lambda client: client.stacks(),
    "/organizations": lambda client: client.organizations(),
    "/roles": lambda client: client.stack(API_KEY).roles(),
    "/stacks/users": lambda client: client.stack(API_KEY).users(),
}
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "\ud800", "a\udfffb", "\0", "$all", "2026-13-45", "x" * 400])
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a JSON value, including its own."""
    yield path
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield from places(each, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return the value with another one at a path; "gone" removes it."""
    if not path:
        return new
    value = copy.copy(value)
    if len(path) == 1 and new == "gone" and isinstance(value, dict):
        del value[path[0]]
        return value
    value[path[0]] = changed(value[path[0]], path[1:], new)
    return value


def texts(value: object) -> Iterator[str]:
    """Yield every text in a model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts(key)
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def client(route: str, body: object) -> Client:
    app = Api().on(f"GET {route}", (200, body)).on("GET /stacks/settings", (200, {}))
    return Client(line(app).transport, CREDENTIAL)


@pytest.mark.short(3)
@pytest.mark.parametrize("route", READS)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
async def test_a_changed_row_hides_no_good_one(route: str, data: st.DataObject) -> None:
    (key, (row,)) = next(
        (key, rows) for key, rows in RECORDED[route].items() if isinstance(rows, list)
    )
    path = data.draw(st.sampled_from(list(places(row))))
    if "deleted_at" in path:
        return
    odd = changed(row, path, data.draw(st.just("gone") | ODD))
    first, last = ({**row, "uid": uid, "alias": uid} for uid in ("first", "last"))
    if route == "/stacks/delivery_tokens":
        first, last = ({**row, "uid": uid} for uid in ("first", "last"))
    found = await READS[route](client(route, {key: [first, odd, last], "count": 3}))
    uids = [each.uid for each in found]
    assert (uids[0], uids[-1]) == ("first", "last")
    assert len(found) + len(found.odd) == 3
    for each in (*found, *found.odd):
        if each not in found.odd:
            assert not list(filter(flaw, texts(each)))
    for each in found.odd:
        assert not list(filter(flaw, (each.uid, each.name, each.title, each.why)))
    for token in found:
        if isinstance(token, DeliveryToken | ManagementToken) and token.uid not in (
            "first",
            "last",
        ):
            # An edit sends back what came, as it was understood.
            assert token.description == (odd.get("description") or "")
            assert token.name == odd["name"]


@pytest.mark.short(3)
@pytest.mark.parametrize("route", READS)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
async def test_a_changed_answer_is_rows_or_an_error(
    route: str, data: st.DataObject
) -> None:
    body = RECORDED[route]
    path = data.draw(st.sampled_from(list(places(body))))
    odd = changed(body, path, data.draw(st.just("gone") | ODD))
    calls = client(route, odd)
    try:
        found = await READS[route](calls)
    except ContentstackError as error:
        str(error).encode()
    else:
        assert isinstance(found, Rows)


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=8))
def test_what_has_no_flaw_can_be_written_and_named(text: str) -> None:
    if flaw(text) is None:
        text.encode()
        assert "\0" not in text
