"""What would be lost by leaving."""

from __future__ import annotations

from tui.contentstack.models import Token
from tui.display import shortened
from tui.workspace.workspace import AtStake


def at_stake_words(at_stake: AtStake) -> str:
    """Say what would be lost."""
    if at_stake.value_of is not None:
        return uncopied_words(at_stake.value_of)
    return "What you typed for a token will be lost."


def uncopied_words(token: Token) -> str:
    """Say that the value of a new token would be lost."""
    name = shortened(token.name)
    return f"You haven't copied the value of {name}. It is shown only once."
