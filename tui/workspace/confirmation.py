"""What someone types before a token is deleted, to show that they looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tui.contentstack.models import Token

_LONGEST_NAME = 40


class ConfirmedBy(Enum):
    """What the user has to type to confirm."""

    NAME = auto()
    NUMBER = auto()
    VALUE = auto()
    """The last four characters of the value."""
    UID = auto()
    """The last four characters of the uid."""


@dataclass(frozen=True)
class Confirmation:
    """The word to type, and what it is."""

    word: str
    by: ConfirmedBy


def confirmation(tokens: Sequence[Token]) -> Confirmation:
    """Return what to type: the name of one token, or the number of several.

    If the name can't be typed, it's the last four characters of the value, or of the
    uid if the value isn't known.
    """
    if len(tokens) > 1:
        return Confirmation(str(len(tokens)), ConfirmedBy.NUMBER)
    (token,) = tokens
    if _can_be_typed(token.name):
        return Confirmation(token.name, ConfirmedBy.NAME)
    # A management token's value isn't known for long.
    value = token.value.last4 if token.kind == "delivery" else ""
    if value:
        return Confirmation(value, ConfirmedBy.VALUE)
    return Confirmation(token.uid[-4:], ConfirmedBy.UID)


def _can_be_typed(name: str) -> bool:
    if not name or name.strip() != name or len(name) > _LONGEST_NAME:
        return False
    return name.isascii() and name.isprintable()
