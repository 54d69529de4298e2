"""What came of deleting tokens."""

from __future__ import annotations

from collections.abc import Sequence

from tui.contentstack.models import Token
from tui.workspace.writing import Deletion

_MOST_NAMED = 8


def deletion_words(deletion: Deletion, key: str = "") -> str:
    """Say what came of deleting; `key`, if there is one, creates an equal token."""
    done, parts = deletion.done, []
    if done:
        parts.append(f"Deleted {_and_more(done)}.")
    if done and key:
        last = "it" if len(done) == 1 else done[-1].name
        parts.append(f"{key} makes {last} again, with another value.")
    if deletion.gone:
        parts.append(
            f"Gone already, deleted by somebody else: {_and_more(deletion.gone)}."
        )
    if deletion.failed is not None:
        parts.append(f"Not deleted: {deletion.failed.name}.")
    if deletion.untried:
        parts.append(f"Not tried: {_and_more(deletion.untried)}.")
    return " ".join(parts)


def preview_deletion_words(deletion: Deletion) -> str:
    """Say what came of deleting the preview token of one delivery token."""
    if not deletion.done:
        return ""
    name = deletion.done[0].name
    return f"Deleted the preview token of {name}; the delivery token goes on."


def _and_more(tokens: Sequence[Token]) -> str:
    names = ", ".join(token.name for token in tokens[:_MOST_NAMED])
    more = len(tokens) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
