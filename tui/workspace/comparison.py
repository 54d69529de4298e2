"""The fields in which two versions of a token differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
)
from tui.contentstack.scope import Item, granted, without_names

Version = (
    DeliveryToken | DeliveryTokenRequest | ManagementToken | ManagementTokenRequest
)

_ACCESS = "access"
_EMPTY: tuple[object, ...] = (None, [], {}, "")


def moment_of(day: date | None) -> datetime | None:
    """Return the moment of an expiry; for a day, that's 00:00 UTC."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), UTC)


# A field that this kind of token doesn't have is empty on both sides.
_FIELDS: dict[str, Callable[[Version], object]] = {
    "name": lambda version: version.name,
    "description": lambda version: version.description,
    "environments": lambda version: frozenset(version.scope.environments),
    "branches": lambda version: frozenset(version.scope.branches),
    "aliases": lambda version: frozenset(version.scope.aliases),
    _ACCESS: lambda version: _rights(version.rights),
    "expiry": lambda version: moment_of(getattr(version, "expires_on", None)),
    "e-mail notice": lambda version: getattr(version, "email_notice", None),
}


def differences(one: Version, other: Version) -> tuple[str, ...]:
    """Return the fields in which two versions of a token differ, ignoring order."""
    return tuple(words for words, part in _FIELDS.items() if part(one) != part(other))


def changes(before: Version, after: Version) -> tuple[str, ...]:
    """Return the fields that someone changed, including those that no form shows."""
    if fields := differences(before, after):
        return fields
    if _rights(before.scope.items) == _rights(after.scope.items):
        return ()
    return ("details of the scope",)


def deviations(came: Version, asked: Version) -> tuple[str, ...]:
    """Return the fields in which the created token differs from the request.

    What the server adds to an item doesn't count, unless it's a right.
    """
    fields = differences(came, asked)
    if _ACCESS in fields and _gives(came.rights, asked.rights):
        return tuple(field for field in fields if field != _ACCESS)
    return fields


def _rights(items: tuple[Item, ...]) -> Counter[str]:
    """Return items as texts that are equal if they grant the same rights."""
    rights = ((*_right(item), _details(item)) for item in items)
    return Counter(json.dumps(right, sort_keys=True) for right in rights)


def _right(item: Item) -> tuple[object, list[str]]:
    """Return the module of an item, and what is granted on it."""
    return item.get("module"), sorted(granted(item))


def _details(item: Item) -> Item:
    """Return what else an item contains, such as the branches of a module.

    Its names are compared separately, and `_metadata` is the server's.
    """
    acl = item.get("acl")
    if isinstance(acl, dict):
        acl = _other_members(acl)
    rest = without_names(item) | {"acl": acl}
    hidden = ("module", "_metadata")
    return {
        key: value
        for key, value in rest.items()
        if key not in hidden and value not in _EMPTY
    }


def _other_members(acl: Item) -> Item:
    """Return what an `acl` contains that neither grants nor denies anything."""
    plain = ("true", "false", "0", "1", "none")
    return {
        key: value for key, value in acl.items() if str(value).casefold() not in plain
    }


def _gives(came: tuple[Item, ...], asked: tuple[Item, ...]) -> bool:
    """Return whether the rights are the ones that were asked for.

    Details that the server adds to them don't count.
    """
    left = [*came]
    for item in asked:
        found = (place for place, other in enumerate(left) if _is_as_asked(other, item))
        place = next(found, None)
        if place is None:
            return False
        del left[place]
    return not left


def _is_as_asked(came: Item, asked: Item) -> bool:
    given, wanted = _details(came), _details(asked)
    # A module that is limited to branches grants less than one that isn't.
    keys = {*wanted, "branches"}
    same = all(given.get(key) == wanted.get(key) for key in keys)
    return same and _right(came) == _right(asked)
