"""What somebody has to type before a token ends.

Something only a look at the right token gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.contentstack.models import DeliveryToken, Token

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Confirmation:
    """`word` is to be typed; `ask` names it in a sentence."""

    word: str
    ask: str


def confirmation(tokens: Sequence[Token]) -> Confirmation:
    """The name of one token, or the number of several.

    A name that is blank, not ASCII or longer than 40 characters is not one to type: the
    value's last four characters stand for it, or the uid's, where the value is not
    known.
    """
    if len(tokens) > 1:
        return Confirmation(str(len(tokens)), f"their number, {len(tokens)}")
    (token,) = tokens
    name = token.name
    if (
        name.strip() == name != ""
        and name.isascii()
        and name.isprintable()
        and len(name) <= _LONGEST_NAME
    ):
        return Confirmation(name, f"its name, {name}")
    value = token.value.last4 if isinstance(token, DeliveryToken) else ""
    if value:
        return Confirmation(value, f"the last four characters of its value, {value}")
    return Confirmation(
        token.uid[-4:], f"the last four characters of its uid, {token.uid[-4:]}"
    )
