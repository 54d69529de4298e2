"""The query parameters that every list of the management API takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tui.sandbox.answers import NOT_VALID, Answer, ApiError, Json, invalid
from tui.sandbox.calls import Call

PAGE_SIZE = 100


def page(call: Call, key: str, items: Sequence[Any], render: Callable[[Any], Json] = dict) -> Answer:
    """One page of a list, as the field `key` of an answer; what is asked wrongly is refused by 422/141.

    The query may hold `limit` (100 at most and by default), `skip`, `include_count` or `count`, `asc`,
    `desc`, `query` (conditions in JSON) and `typeahead` (a part of the name).
    """
    query = call.query
    skip, limit = _number(query, "skip"), _number(query, "limit")
    if skip < 0:
        raise _not_valid("skip")
    last = skip + (min(limit, PAGE_SIZE) if limit > 0 else PAGE_SIZE)
    if any(query.get(name) for name in ("query", "typeahead", "asc", "desc")):
        found = _arranged([render(item) for item in items], query)
        rows, total = found[skip:last], len(found)
    else:
        # Rendering only the page keeps a stack of 10,000 tokens quick.
        rows, total = [render(item) for item in items[skip:last]], len(items)
    counted = "true" in (query.get("include_count"), query.get("count"))
    return Answer({key: rows, "count": total} if counted else {key: rows})


def _not_valid(parameter: str) -> ApiError:
    return invalid({parameter: [NOT_VALID]})


def _number(query: Mapping[str, str], name: str) -> int:
    try:
        return int(query.get(name) or 0)
    except ValueError:
        raise _not_valid(name) from None


def _arranged(rows: list[Json], query: Mapping[str, str]) -> list[Json]:
    if query.get("query"):
        try:
            conditions = msgspec.json.decode(query["query"])
        except (msgspec.DecodeError, RecursionError):
            conditions = None
        (wanted,) = _objects([conditions])
        rows = [row for row in rows if _matches(row, wanted)]
    part = query.get("typeahead", "").casefold()
    rows = [row for row in rows if part in str(row.get("name", "")).casefold()]
    for direction in ("asc", "desc"):
        if field := query.get(direction):
            rows = sorted(rows, key=lambda row: str(row.get(field, "")), reverse=direction == "desc")
    return rows


def _matches(row: Json, conditions: Json) -> bool:
    return all(_fits(row, field, wanted) for field, wanted in conditions.items())


def _fits(row: Json, field: str, wanted: Any) -> bool:
    if field == "$and":
        return all(_matches(row, each) for each in _objects(wanted))
    if field == "$or":
        return any(_matches(row, each) for each in _objects(wanted))
    if isinstance(wanted, dict):
        return all(_compare(row.get(field), name, operand) for name, operand in wanted.items())
    return bool(row.get(field) == wanted)


def _objects(value: Any) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _not_valid("query")
    return value


def _compare(actual: Any, operator: str, operand: Any) -> bool:
    if operator == "$ne":
        return bool(actual != operand)
    if operator == "$exists":
        return (actual is not None) == bool(operand)
    if operator in ("$in", "$nin") and isinstance(operand, list):
        return (actual in operand) == (operator == "$in")
    if operator == "$regex" and isinstance(operand, str):
        try:
            return isinstance(actual, str) and re.search(operand, actual) is not None
        except re.error:
            pass
    raise _not_valid("query")
