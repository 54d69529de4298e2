"""The query parameters that every list of the management API takes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tui.sandbox.answers import Json, Response
from tui.sandbox.calls import Request
from tui.sandbox.organization import OddRow
from tui.sandbox.querying import field_of, matches, not_valid, read_conditions

PAGE_SIZE = 100
# csdx counts with `skip=1e+100`; a plus that is not escaped arrives as a space.
_NUMBER = re.compile(r"[+-]?\d{1,4000}|\d{1,20}(?:\.\d{1,20})?[eE][+ ]?\d{1,3}")


def page(
    call: Request,
    key: str,
    items: Iterable[Any],
    render: Callable[[Any], Any] = dict,
    *,
    select: Callable[[Any], Any] | None = None,
    beside: Json | None = None,
    lenient: bool = False,
    count_alone: bool = False,
) -> Response:
    """One page of a list, as the field `key` of an answer.

    What is asked wrongly is refused by 422/141.

    The query may hold `limit` (100 at most and by default), `skip`, `include_count` or
    `count`, `asc`, `desc`, `query` (conditions in JSON) and `typeahead` (a part of the
    name). A `lenient` host takes a negative `skip` for none. `select` takes fields away
    once the rows are found, `beside` stands beside them; with `count_alone` the field
    has their number in place of them.
    """
    query, listed = call.query, list(items)
    skip, limit = _number(query, "skip"), _number(query, "limit")
    if skip < 0 and not lenient:
        raise not_valid("skip")
    skip = max(skip, 0)
    last = skip + (min(limit, PAGE_SIZE) if limit > 0 else PAGE_SIZE)
    if any(query.get(name) for name in ("query", "typeahead", "asc", "desc")):
        found = _arranged([_rendered(item, render) for item in listed], query)
        rows, total = found[skip:last], len(found)
    else:
        # Rendering only the page keeps a stack of 10,000 tokens quick.
        rows = [_rendered(item, render) for item in listed[skip:last]]
        total = len(listed)
    if count_alone:
        return Response({key: total})
    if select is not None:
        rows = [select(row) for row in rows]
    answer: Json = {key: rows, **(beside or {})}
    if "true" in (query.get("include_count"), query.get("count")):
        answer["count"] = total
    return Response(answer)


def with_odd(items: Iterable[Any], odd: Iterable[OddRow]) -> list[Any]:
    """Return the items with the rows that a seed or a test puts among them."""
    listed = list(items)
    for each in odd:
        listed.insert(each.at, each)
    return listed


def rendered(items: Iterable[Any], render: Callable[[Any], Any]) -> list[Any]:
    """Render all items of a list that has no pages; odd rows are shown as they are."""
    return [_rendered(item, render) for item in items]


def _rendered(item: Any, render: Callable[[Any], Any]) -> Any:
    return item.row if isinstance(item, OddRow) else render(item)


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "").strip()
    if not text:
        return 0
    if not _NUMBER.fullmatch(text):
        raise not_valid(name)
    if "e" not in text.lower():
        return int(text)
    return int(min(float(text.replace(" ", "+")), sys.maxsize))


def _arranged(rows: Sequence[Any], query: Mapping[str, str]) -> list[Any]:
    found = list(rows)
    if query.get("query"):
        conditions = read_conditions(query["query"])
        found = [row for row in found if matches(row, conditions)]
    part = query.get("typeahead", "").casefold()
    found = [
        row for row in found if part in str(field_of(row, "name") or "").casefold()
    ]
    for direction in ("asc", "desc"):
        if field := query.get(direction):
            reverse = direction == "desc"
            found = sorted(found, key=lambda row: _order(row, field), reverse=reverse)
    return found


def _order(row: Json, field: str) -> str:
    value = field_of(row, field)
    return "" if value is None else str(value)
