"""The conditions of a list's `query` parameter, and which rows match them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from tui.sandbox.responses import NOT_VALID, ApiError, Json, invalid

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "$lt": lambda actual, operand: bool(actual < operand),
    "$lte": lambda actual, operand: bool(actual <= operand),
    "$gt": lambda actual, operand: bool(actual > operand),
    "$gte": lambda actual, operand: bool(actual >= operand),
}


def not_valid(parameter: str) -> ApiError:
    """Refuse a query parameter."""
    return invalid({parameter: [NOT_VALID]})


def read_conditions(text: str) -> Json:
    """Decode a `query` parameter; refuse anything but a JSON object with 422/141."""
    try:
        conditions = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise not_valid("query") from None
    if not isinstance(conditions, dict):
        raise not_valid("query")
    return conditions


def matches(row: object, conditions: Json) -> bool:
    """Whether a row matches all conditions; refuse unknown operators with 422/141."""
    return all(_fits(row, field, wanted) for field, wanted in conditions.items())


def field_of(row: object, path: str) -> object:
    """Return the value at a dotted path, or None where there is none."""
    value = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _fits(row: object, field: str, wanted: object) -> bool:
    if field == "$and":
        return all(matches(row, each) for each in _objects(wanted))
    if field == "$or":
        return any(matches(row, each) for each in _objects(wanted))
    if field.startswith("$"):
        raise not_valid("query")
    actual = field_of(row, field)
    if isinstance(wanted, dict):
        # Check all of them, so that a mistake is refused wherever it is.
        checks = [_compare(actual, operator, wanted) for operator in wanted]
        return all(checks)
    return bool(actual == wanted)


def _objects(value: object) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise not_valid("query")
    return value


def _compare(actual: object, operator: str, comparison: Json) -> bool:
    operand = comparison[operator]
    if operator == "$ne":
        return bool(actual != operand)
    if operator == "$exists":
        return (actual is not None) == bool(operand)
    if operator in ("$in", "$nin") and isinstance(operand, list):
        return (actual in operand) == (operator == "$in")
    if operator in _ORDERS:
        return _is_ordered(actual, operand) and _ORDERS[operator](actual, operand)
    if operator == "$regex":
        return _contains(actual, operand, comparison.get("$options", ""))
    # The options belong to the `$regex` next to them, whichever comes first.
    if operator == "$options" and "$regex" in comparison:
        return True
    raise not_valid("query")


def _is_ordered(actual: object, operand: object) -> bool:
    """Whether two values can be compared: two numbers, or two strings such as dates."""
    numbers = all(type(each) in (int, float) for each in (actual, operand))
    return numbers or all(isinstance(each, str) for each in (actual, operand))


def _contains(actual: object, pattern: object, options: object) -> bool:
    if not isinstance(pattern, str) or not isinstance(options, str):
        raise not_valid("query")
    flags = re.NOFLAG
    for letter in options:
        if letter not in _FLAGS:
            raise not_valid("query")
        flags |= _FLAGS[letter]
    try:
        compiled = re.compile(pattern, flags)
    except re.error:
        raise not_valid("query") from None
    return isinstance(actual, str) and compiled.search(actual) is not None
