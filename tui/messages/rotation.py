"""Sentences about how a rotation goes."""

from __future__ import annotations

from tui.contentstack.rows import Cut
from tui.display import shortened
from tui.workspace.gone import Gone
from tui.workspace.rotation import Doubt, RotationState


def rotated_words(now: RotationState) -> str:
    """Say how a rotation ended."""
    old_name, replacement = shortened(now.rotation.old_name), now.replacement
    if replacement is None:
        return f"{old_name} wasn't rotated. No replacement was created."
    new_name = shortened(replacement.name)
    if now.old is not None:
        return f"{old_name} still works, next to its replacement {new_name}."
    if replacement.name == now.rotation.old_name:
        return f"Rotated {old_name}. Its replacement has the same name."
    return f"Rotated {old_name}. {new_name} replaces it."


def doubt_words(doubt: Doubt) -> str:
    """Say why it isn't known how far a rotation has come, or why it can't begin."""
    if isinstance(doubt, Cut):
        return f"Tokendeck couldn't read all tokens: {doubt}."
    if isinstance(doubt, Gone):
        return (
            f"Its scope names {doubt.named}, which no longer exists. Edit it, then"
            " rotate."
        )
    return (
        "Tokendeck doesn't understand a token that may belong to this rotation:"
        f" {doubt.why}."
    )
