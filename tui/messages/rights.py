"""What a token may do: its access, and module by module."""

from __future__ import annotations

from collections.abc import Iterable

from tui.contentstack.models import ManagementToken, ManagementTokenRequest
from tui.contentstack.scope import Item, granted
from tui.workspace.comparison import Version

_ALL = "$all"
EVERYTHING = "all modules"


def access_words(token: ManagementToken | ManagementTokenRequest) -> str:
    """Return the access in short: "read+write", "read · 4 modules", "no modules"."""
    rights = token.rights
    if not rights:
        return "no modules"
    if any(item.get("module") == _ALL for item in rights):
        return token.access
    modules = "1 module" if len(rights) == 1 else f"{len(rights)} modules"
    return f"{token.access} · {modules}"


def access_in_full(token: ManagementToken | ManagementTokenRequest) -> str:
    """Return the access for the details: "read+write on all modules"."""
    words = access_words(token)
    return f"{words} on all modules" if words == token.access else words


def rights_words(version: Version) -> str:
    """Return every module with its right: "entry, asset read+write · locale read"."""
    return " · ".join(grouped_words(version.rights)) or "no modules"


def grouped_words(rights: Iterable[Item]) -> list[str]:
    """Return modules with their right, those with the same right together."""
    groups: dict[str, list[str]] = {}
    for item in rights:
        right = "+".join(granted(item)) or "no right"
        groups.setdefault(right, []).append(module_words(item))
    return [f"{', '.join(modules)} {right}" for right, modules in groups.items()]


def module_words(item: Item) -> str:
    """Return a module with the branches it is limited to: "entry (only main)"."""
    module = item.get("module")
    words = EVERYTHING if module == _ALL else str(module or "an unnamed module")
    limits = item.get("branches")
    if not isinstance(limits, list) or not limits:
        return words
    return f"{words} (only {', '.join(map(str, limits))})"
