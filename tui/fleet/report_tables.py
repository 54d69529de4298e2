"""Reports as tables: titles, and lines of values for a renderer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from tui.fleet.drift import (
    Drift,
    ExpiryMoved,
    PreviewChanged,
    ReadableChanged,
    ScopeChanged,
    StackCreated,
    StackGone,
    TokenChange,
    TokenCreated,
    TokenGone,
    TokenRenamed,
    WriteChanged,
)
from tui.fleet.due import DueToken
from tui.fleet.inventory import Inventory, InventoryStack, InventoryToken

Value: TypeAlias = str | int | bool | datetime | None
"""A text may come from outside; the renderer cleans it."""


@dataclass(frozen=True)
class ReportTable:
    """Titles, and the lines below them; the titles are also the JSON field names."""

    titles: tuple[str, ...]
    lines: tuple[tuple[Value, ...], ...]


def due_table(tokens: Iterable[DueToken]) -> ReportTable:
    """Return when tokens expire."""
    titles = (
        "expires",
        "days_left",
        "state",
        "kind",
        "access",
        "name",
        "stack",
        "organization",
        "region",
        "created",
        "age_days",
        "uid",
    )
    return ReportTable(titles, tuple(map(_due_line, tokens)))


def inventory_table(inventory: Inventory) -> ReportTable:
    """Return every token of an inventory, for an auditor."""
    titles = (
        "region",
        "organization",
        "stack",
        "kind",
        "name",
        "access",
        "environments",
        "branches",
        "aliases",
        "rights",
        "preview",
        "expires",
        "created",
        "created_by",
        "uid",
        "description",
    )
    lines = [
        _inventory_line(stack, token)
        for stack in inventory.stacks
        for token in stack.tokens
    ]
    return ReportTable(titles, tuple(lines))


def drift_table(changes: Iterable[Drift]) -> ReportTable:
    """Return what changed."""
    titles = ("change", "what", "kind", "name", "stack", "organization", "region")
    return ReportTable((*titles, "uid"), tuple(map(_drift_line, changes)))


def words_of(change: Drift) -> str:
    """Say what changed, without naming the stack and the token."""
    return _WORDS[type(change)](change)


def change_name(change: Drift) -> str:
    """Return the name of a kind of change, for programs."""
    return _NAMES[type(change)]


def _due_line(token: DueToken) -> tuple[Value, ...]:
    place = token.place
    return (
        token.expires or "never",
        token.days_left,
        token.state,
        token.kind,
        token.access,
        token.name,
        place.stack_name,
        place.organization,
        place.region_name,
        token.created_at,
        token.age_days,
        token.uid,
    )


def _inventory_line(stack: InventoryStack, token: InventoryToken) -> tuple[Value, ...]:
    return (
        stack.region,
        stack.organization,
        stack.stack,
        token.kind,
        token.name,
        "read+write" if token.can_write else "read",
        ", ".join(token.environments),
        ", ".join(token.branches),
        ", ".join(token.aliases),
        "; ".join(token.rights),
        token.preview,
        token.expires_on or "never",
        token.created_at,
        token.created_by,
        token.uid,
        token.description,
    )


def _drift_line(change: Drift) -> tuple[Value, ...]:
    stack = change.stack
    kind, name, uid = "", "", stack.uid
    if isinstance(change, TokenChange):
        kind, name, uid = change.token.kind, change.token.name, change.token.uid
    elif isinstance(change, ReadableChanged):
        kind = change.kind
    told = (change_name(change), words_of(change), kind, name)
    return (*told, stack.stack, stack.organization, stack.region, uid)


def _scope_words(change: ScopeChanged) -> str:
    gained, lost = ", ".join(change.gained), ", ".join(change.lost)
    if not lost:
        return f"scope widened: {gained}"
    if not gained:
        return f"scope narrowed: no longer {lost}"
    return f"scope changed: {gained}; no longer {lost}"


def _write_words(change: WriteChanged) -> str:
    what = ", ".join(change.what)
    if change.is_gained:
        return f"write access gained: {what}"
    return f"write access lost: {what}"


def _preview_words(change: PreviewChanged) -> str:
    return f"preview token {'created' if change.token.preview else 'deleted'}"


def _readable_words(change: ReadableChanged) -> str:
    can = "can be read now" if change.is_readable else "can't be read any more"
    return f"{change.kind} tokens {can}"


_WORDS: Mapping[type, Callable[..., str]] = {
    StackCreated: lambda _: "stack created",
    StackGone: lambda _: "stack gone",
    ReadableChanged: _readable_words,
    TokenCreated: lambda _: "created",
    TokenGone: lambda _: "deleted",
    TokenRenamed: lambda change: f"renamed from {change.before}",
    ScopeChanged: _scope_words,
    WriteChanged: _write_words,
    ExpiryMoved: lambda change: (
        f"expires {change.token.expires_on or 'never'}, was {change.before or 'never'}"
    ),
    PreviewChanged: _preview_words,
}
_NAMES: Mapping[type, str] = {
    StackCreated: "stack_created",
    StackGone: "stack_gone",
    ReadableChanged: "readable_changed",
    TokenCreated: "created",
    TokenGone: "deleted",
    TokenRenamed: "renamed",
    ScopeChanged: "scope_changed",
    WriteChanged: "write_changed",
    ExpiryMoved: "expiry_moved",
    PreviewChanged: "preview_changed",
}
