"""The query parameters that every list of the management API takes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from tui.sandbox.organization import OddRow
from tui.sandbox.querying import field_of, matches, not_valid, read_conditions
from tui.sandbox.requests import Request
from tui.sandbox.responses import Json, Response

RowItem = TypeVar("RowItem")

PAGE_SIZE = 100
# csdx counts with `skip=1e+100`; an unescaped plus arrives as a space.
_NUMBER = re.compile(r"[+-]?\d{1,4000}|\d{1,20}(?:\.\d{1,20})?[eE][+ ]?\d{1,3}")


def page(
    request: Request,
    key: str,
    items: Iterable[RowItem | OddRow],
    render: Callable[[RowItem], Json],
    *,
    select: Callable[[Json], Json] | None = None,
    beside: Json | None = None,
    lenient: bool = False,
    count_alone: bool = False,
) -> Response:
    """Return one page of a list, as the field `key` of a response.

    The query may hold `limit` (100 at most and by default), `skip`, `include_count` or
    `count`, `asc`, `desc`, `query` (conditions in JSON) and `typeahead` (a part of the
    name). A mistake in it is refused with 422/141.

    Args:
        request: the request whose query says what to show.
        key: the field of the list.
        items: all the items.
        render: turns an item into a row.
        select: removes fields once the rows are found.
        beside: further fields of the response.
        lenient: whether a negative `skip` counts as 0.
        count_alone: whether the field has the number of rows instead of the rows.
    """
    query, listed = request.query, list(items)
    skip, limit = _number(query, "skip"), _number(query, "limit")
    if skip < 0 and not lenient:
        raise not_valid("skip")
    size = min(limit, PAGE_SIZE) if limit > 0 else PAGE_SIZE
    skip = max(skip, 0)
    if any(query.get(name) for name in ("query", "typeahead", "asc", "desc")):
        found = _arranged(rendered(listed, render), query)
        rows, total = found[skip : skip + size], len(found)
    else:
        # Rendering only the page keeps a stack of 10,000 tokens fast.
        rows = rendered(listed[skip : skip + size], render)
        total = len(listed)
    if count_alone:
        return Response({key: total})
    if select is not None:
        rows = [select(row) if isinstance(row, dict) else row for row in rows]
    content: Json = {key: rows, **(beside or {})}
    if "true" in (query.get("include_count"), query.get("count")):
        content["count"] = total
    return Response(content)


def with_odd(items: Iterable[RowItem], odd: Iterable[OddRow]) -> list[RowItem | OddRow]:
    """Return the items, and the rows that a seed or a test puts among them."""
    listed: list[RowItem | OddRow] = list(items)
    for each in odd:
        listed.insert(each.at, each)
    return listed


def rendered(
    items: Iterable[RowItem | OddRow], render: Callable[[RowItem], Json]
) -> list[object]:
    """Render the items of a list; odd rows are shown as they are."""
    return [item.row if isinstance(item, OddRow) else render(item) for item in items]


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "").strip()
    if not text:
        return 0
    if not _NUMBER.fullmatch(text):
        raise not_valid(name)
    if "e" not in text.lower():
        return int(text)
    return int(min(float(text.replace(" ", "+")), sys.maxsize))


def _arranged(rows: list[object], query: Mapping[str, str]) -> list[object]:
    """Return the rows that match a query, in the order it asks for."""
    found = rows
    if query.get("query"):
        conditions = read_conditions(query["query"])
        found = [row for row in found if matches(row, conditions)]
    part = query.get("typeahead", "").casefold()
    if part:
        found = [row for row in found if part in _text_of(row, "name").casefold()]
    for direction in ("asc", "desc"):
        field = query.get(direction)
        if field:
            order = partial(_text_of, path=field)
            found = sorted(found, key=order, reverse=direction == "desc")
    return found


def _text_of(row: object, path: str) -> str:
    value = field_of(row, path)
    return "" if value is None else str(value)
