"""How a rotation ended."""

from __future__ import annotations

from tui.workspace.rotation import RotationState


def rotated_words(now: RotationState) -> str:
    """Say how a rotation ended."""
    old_name, replacement = now.rotation.old_name, now.replacement
    if replacement is None:
        return f"{old_name} was not rotated: no twin was made."
    if now.old is not None:
        return f"{old_name} still works beside its twin {replacement.name}."
    new_name = "its twin" if replacement.name == old_name else replacement.name
    return f"{old_name} is rotated: {new_name} took its place."
