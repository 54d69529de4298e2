"""The query parameters that every list of the management API takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from tui.sandbox.answers import NOT_VALID, Json, invalid
from tui.sandbox.organization import Stamps

PAGE_SIZE = 100
_FAILED = "The request could not be completed. Please try again."

Item = TypeVar("Item")


class _Stamped(Protocol):
    @property
    def stamps(self) -> Stamps: ...


StampedItem = TypeVar("StampedItem", bound=_Stamped)


def newest_first(items: Iterable[StampedItem]) -> list[StampedItem]:
    """The order of lists that are not asked for another one."""
    return sorted(items, key=lambda item: item.stamps.created_at, reverse=True)


def page(
    key: str, items: Sequence[Item], render: Callable[[Item], Json], parameters: Mapping[str, str]
) -> Json:
    """One page of a list.

    Args:
        key: the field of the answer that holds the list.
        items: all objects, in the order they have unless `asc` or `desc` says otherwise.
        render: makes the JSON of one object.
        parameters: `limit` (100 at most and by default), `skip`, `include_count` or `count`, `asc`, `desc`,
            `query` (conditions in JSON) and `typeahead` (a part of the name).

    Raises:
        ApiError: 422/141 for a negative `skip`, a number that is none, or a `query` that is no JSON object.
    """
    skip = _number(parameters, "skip", 0)
    limit = _number(parameters, "limit", PAGE_SIZE)
    if skip < 0:
        raise invalid(_FAILED, {"skip": [NOT_VALID]})
    limit = min(limit, PAGE_SIZE) if limit > 0 else PAGE_SIZE
    if any(parameters.get(name) for name in ("query", "typeahead", "asc", "desc")):
        found = _arranged([render(item) for item in items], parameters)
        rows, total = found[skip : skip + limit], len(found)
    else:
        # Rendering only the page keeps a stack of 10,000 tokens quick.
        rows, total = [render(item) for item in items[skip : skip + limit]], len(items)
    answer: Json = {key: rows}
    if "true" in (parameters.get("include_count"), parameters.get("count")):
        answer["count"] = total
    return answer


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise invalid(_FAILED, {name: [NOT_VALID]}) from None


def _arranged(rows: list[Json], parameters: Mapping[str, str]) -> list[Json]:
    query = parameters.get("query", "")
    if query:
        conditions = _conditions(query)
        rows = [row for row in rows if _matches(row, conditions)]
    part = parameters.get("typeahead", "").casefold()
    if part:
        rows = [row for row in rows if part in str(row.get("name", "")).casefold()]
    for direction in ("asc", "desc"):
        field = parameters.get(direction, "")
        if field:
            rows = sorted(rows, key=lambda row: str(row.get(field, "")), reverse=direction == "desc")
    return rows


def _conditions(query: str) -> Json:
    try:
        conditions = msgspec.json.decode(query)
    except (msgspec.DecodeError, RecursionError):
        conditions = None
    if not isinstance(conditions, dict):
        raise invalid(_FAILED, {"query": [NOT_VALID]})
    return conditions


def _matches(row: Json, conditions: Json) -> bool:
    for field, wanted in conditions.items():
        if field == "$and":
            fits = all(_matches(row, each) for each in _objects(wanted))
        elif field == "$or":
            fits = any(_matches(row, each) for each in _objects(wanted))
        elif isinstance(wanted, dict):
            fits = all(_compare(row.get(field), name, operand) for name, operand in wanted.items())
        else:
            fits = row.get(field) == wanted
        if not fits:
            return False
    return True


def _objects(value: Any) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise invalid(_FAILED, {"query": [NOT_VALID]})
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
    raise invalid(_FAILED, {"query": [NOT_VALID]})
