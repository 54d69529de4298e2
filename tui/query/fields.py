"""The fields that a query can use, and what each of them contains."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

NEVER = datetime.max.replace(tzinfo=UTC)
"""The time of something that never happens; None means unknown."""

_SPAN = re.compile(r"(\d{1,5})([hdwmy])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}


class Field(NamedTuple):
    """What a field contains.

    Attributes:
        kind: texts are searched, a choice is matched by its beginning, and a moment is
            compared.
        words: the choices, or the words that can be used instead of a time.
        is_ahead: whether its moments are in the future, so that `<30d` means soon.
    """

    kind: Literal["text", "choice", "moment"] = "text"
    words: tuple[str, ...] = ()
    is_ahead: bool = False


_YES_NO = ("yes", "no")

FIELDS: Mapping[str, Field] = {
    "stack": Field(),
    "org": Field(),
    "region": Field(),
    "profile": Field(),
    "name": Field(),
    "env": Field(),
    "branch": Field(),
    "kind": Field("choice", ("delivery", "management")),
    "access": Field("choice", ("read", "write")),
    "preview": Field("choice", _YES_NO),
    "expires": Field("moment", ("never", "expired"), is_ahead=True),
    "created": Field("moment", ("unknown",)),
    "updated": Field("moment", ("unknown",)),
    "by": Field(),
    "token": Field(),
    "readable": Field("choice", _YES_NO),
}
"""The fields of tokens, in the order they're completed."""


def span_of(text: str) -> timedelta | None:
    """Return the time span that "30d" or "1y" means; None if it isn't one."""
    found = _SPAN.fullmatch(text.lower())
    return timedelta(hours=int(found[1]) * _HOURS[found[2]]) if found else None


def date_of(text: str) -> date | None:
    """Return the day that "2027-01-31" means; None if it isn't one."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
