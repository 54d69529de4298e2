"""What would be lost by leaving."""

from __future__ import annotations

from tui.contentstack.models import Token
from tui.workspace.workspace import AtStake


def at_stake_words(at_stake: AtStake) -> str:
    """Say what would be lost."""
    if at_stake.value_of is not None:
        return uncollected_words(at_stake.value_of)
    return "What you typed for a token would be forgotten."


def uncollected_words(token: Token) -> str:
    """Say that the value of a new token would be lost."""
    return f"The value of {token.name} was not taken, and it is shown only this once."
