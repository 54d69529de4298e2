"""How a token differs from what was asked for, in words."""

from __future__ import annotations

from collections.abc import Callable

from tui.messages.ages import day_of
from tui.workspace.comparison import Version, moment_of


def difference_words(field: str, found: Version, wanted: Version) -> str:
    """Say how a field differs, such as "environments: production, not staging".

    Empty if the field's name says it all.
    """
    words_of = _WORDS.get(field)
    if words_of is None:
        return ""
    is_now, asked = words_of(found), words_of(wanted)
    return "" if is_now == asked else f"{field}: {is_now}, not {asked}"


def _expiry(version: Version) -> str:
    moment = moment_of(getattr(version, "expires_on", None))
    return "never" if moment is None else day_of(moment)


def _names(names: tuple[str, ...]) -> str:
    return " and ".join(names) or "none"


_WORDS: dict[str, Callable[[Version], str]] = {
    "description": lambda version: version.description or "none",
    "environments": lambda version: _names(version.scope.environments),
    "branches": lambda version: _names(version.scope.branches),
    "aliases": lambda version: _names(version.scope.aliases),
    "access": lambda version: getattr(version, "access", ""),
    "expiry": _expiry,
    "e-mail notice": lambda version: (
        "on" if getattr(version, "email_notice", False) else "off"
    ),
}
