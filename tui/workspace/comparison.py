"""What tells two versions of a token apart, and what was asked for from what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from tui.contentstack.models import DeliveryDraft, DeliveryToken, ManagementDraft, ManagementToken

Version = DeliveryToken | DeliveryDraft | ManagementToken | ManagementDraft


def moment_of(day: date | None) -> datetime | None:
    """When a token that ends on `day` ends: at 00:00 UTC, unless it is a moment already."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), UTC)


# What a kind of token does not have is nothing on both sides.
_FIELDS: dict[str, Callable[[Any], object]] = {
    "name": lambda version: version.name,
    "description": lambda version: version.description,
    "environments": lambda version: frozenset(version.scope.environments),
    "branches": lambda version: frozenset(version.scope.branches),
    "aliases": lambda version: frozenset(version.scope.aliases),
    "access": lambda version: getattr(version, "access", None),
    "expiry": lambda version: moment_of(getattr(version, "expires_on", None)),
    "e-mail notice": lambda version: getattr(version, "email_notice", None),
}


def differences(one: Version, other: Version) -> tuple[str, ...]:
    """The fields, in words, in which two versions of a token differ; the order of names counts nowhere."""
    return tuple(words for words, part in _FIELDS.items() if part(one) != part(other))
