"""Identify in words: a row and the details for each value that was pasted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.display import visible
from tui.leaks.identifying import Identity
from tui.messages.identity import (
    identity_lines,
    identity_words,
    owner_name,
    status_words,
)
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact
from tui.widgets.table_model import Row

COLUMNS = (
    Column("token", "TOKEN", 24, least=12),
    Column("kind", "KIND", 10, least=10, drop=3),
    Column("stack", "STACK", 14, least=8, drop=2),
    Column("state", "STATE", 14, least=9),
    Column("called", "CALLED", 24, least=10, drop=1),
)
_ABOUT_THE_VALUE = ("Value", "Called", "Organization")


def identity_row(place: int, identity: Identity, now: datetime) -> Row:
    """Return the row of a value, which is named by its place among those pasted."""
    cells = (
        owner_name(identity),
        _kind(identity),
        _stack(identity),
        status_words(identity, now).partition(":")[0],
        identity.candidate.name,
    )
    shown = tuple(map(visible, cells))
    return Row(str(place), shown, style="normal" if identity.is_known else "warn")


def identity_title(identity: Identity, place: int, count: int) -> str:
    """Return whose value it is, or which of the pasted values."""
    if identity.is_known:
        return owner_name(identity)
    return f"Value {place + 1:,} of {count:,}" if count > 1 else "The value"


def identity_facts(identity: Identity, now: datetime, proof: str) -> list[Fact]:
    """Return what is known about a value, but never the value itself.

    `proof` says what a call would prove, and what it sends.
    """
    facts = [Fact("", identity_words(identity), whole=True)]
    if proof:
        facts.append(Fact("Proof", proof, whole=True))
    candidate = identity.candidate
    lines = [
        (label, words)
        for label, words in identity_lines(identity, now)
        if label not in _ABOUT_THE_VALUE
    ]
    if removed := ", ".join(dict.fromkeys(candidate.removed)):
        lines.append(("Removed", removed))
    if candidate.name:
        lines.append(("Called", candidate.name))
    lines.append(("Fingerprint", candidate.value.fingerprint))
    return [*facts, *(Fact(label, words) for label, words in lines)]


def identities_words(identities: Sequence[Identity]) -> str:
    """Say what was found out about all values."""
    if len(identities) == 1:
        return identity_words(identities[0])
    known = sum(each.is_known for each in identities)
    return f"Recognized {known:,} of {len(identities):,} values."


def _kind(identity: Identity) -> str:
    if identity.owner:
        return identity.owner.kind
    if identity.former:
        return identity.former.kind
    return "management" if identity.unnamed else "-"


def _stack(identity: Identity) -> str:
    if identity.owner:
        return identity.owner.stack.name
    if identity.former:
        return identity.former.stack
    return identity.unnamed.name if identity.unnamed else "-"
