"""What somebody types before a token is deleted: what only a look at it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.contentstack.models import Token

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Confirmation:
    """`word` is to be typed; `ask` names it in a sentence."""

    word: str
    ask: str


def confirmation(tokens: Sequence[Token]) -> Confirmation:
    """Return what to type: the name of one token, or the number of several.

    A name that can't be typed is replaced by the value's last four characters, or by
    the uid's, where the value is not known.
    """
    if len(tokens) > 1:
        return Confirmation(str(len(tokens)), f"their number, {len(tokens)}")
    (token,) = tokens
    if _can_be_typed(token.name):
        return Confirmation(token.name, f"its name, {token.name}")
    # A management token's value is not known for long.
    value = token.value.last4 if token.kind == "delivery" else ""
    if value:
        return Confirmation(value, f"the last four characters of its value, {value}")
    uid = token.uid[-4:]
    return Confirmation(uid, f"the last four characters of its uid, {uid}")


def _can_be_typed(name: str) -> bool:
    if not name or name.strip() != name or len(name) > _LONGEST_NAME:
        return False
    return name.isascii() and name.isprintable()
