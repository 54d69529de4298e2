"""Sentences about deleting tokens: what to type first, and the outcome."""

from __future__ import annotations

from collections.abc import Sequence

from tui.contentstack.models import Token
from tui.display import shortened
from tui.workspace.confirmation import Confirmation, ConfirmedBy
from tui.workspace.writing import Deletion

_MOST_NAMED = 8
_MOST_BESIDE_KEY = 2

_TO_TYPE = {
    ConfirmedBy.NAME: "its name",
    ConfirmedBy.NUMBER: "the number of tokens",
    ConfirmedBy.VALUE: "the last four characters of its value",
    ConfirmedBy.UID: "the last four characters of its uid",
}


def confirmation_words(confirmation: Confirmation) -> str:
    """Name what has to be typed: "its name, web"."""
    return f"{_TO_TYPE[confirmation.by]}, {confirmation.word}"


def deletion_words(deletion: Deletion, key: str = "") -> str:
    """Say what was deleted; `key`, if there is one, creates tokens like them."""
    done, parts = deletion.done, []
    if deletion.failed is not None:
        parts.append(f"Not deleted: {shortened(deletion.failed.name)}.")
    if done:
        # The key lists them, so it comes before what could push it off the line.
        few = len(done) <= _MOST_BESIDE_KEY or not key
        named = _counted(done) if few else f"{len(done)} tokens"
        parts.append(f"Deleted {named}.")
    if done and key:
        parts.append(
            f"{key} creates {'it' if len(done) == 1 else 'any of them'} again."
        )
    if deletion.gone:
        parts.append(f"Already deleted by someone else: {_and_more(deletion.gone)}.")
    if deletion.untried:
        parts.append(f"Not tried: {_and_more(deletion.untried)}.")
    return " ".join(parts)


def preview_deletion_words(deletion: Deletion) -> str:
    """Say how deleting the preview token of one delivery token went."""
    if not deletion.done:
        return ""
    name = shortened(deletion.done[0].name)
    return f"Deleted the preview token of {name}. The delivery token still works."


def _counted(tokens: Sequence[Token]) -> str:
    """Name the tokens, with their number first if there are several."""
    count, names = len(tokens), _and_more(tokens)
    return f"{count} tokens: {names}" if count > 1 else names


def _and_more(tokens: Sequence[Token]) -> str:
    names = ", ".join(shortened(token.name) for token in tokens[:_MOST_NAMED])
    more = len(tokens) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
