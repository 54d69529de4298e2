"""What a token may do, in words: its access, and module by module."""

from __future__ import annotations

from collections.abc import Iterable

from tui.contentstack.models import ManagementToken, ManagementTokenRequest
from tui.contentstack.scope import Item, granted
from tui.widgets.facts_card import Fact
from tui.workspace.comparison import Version

_ALL = "$all"
_EVERYTHING = "all modules"
# A fact is cut after three lines.
_MODULES_OF_A_FACT = 8


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
    return " · ".join(_grouped(version.rights)) or "no modules"


def rights_facts(version: Version) -> list[Fact]:
    """Return the modules of a token by the line; none where its access says it all."""
    rights = version.rights
    if len(rights) == 1 and _module_words(rights[0]) == _EVERYTHING:
        return []
    facts = []
    for start in range(0, len(rights), _MODULES_OF_A_FACT):
        some = rights[start : start + _MODULES_OF_A_FACT]
        facts.append(Fact(" " if start else "Modules", " · ".join(_grouped(some))))
    return facts


def _grouped(rights: Iterable[Item]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for item in rights:
        right = "+".join(granted(item)) or "no right"
        groups.setdefault(right, []).append(_module_words(item))
    return [f"{', '.join(modules)} {right}" for right, modules in groups.items()]


def _module_words(item: Item) -> str:
    """Return a module with the branches it is limited to: "entry (only main)"."""
    module = item.get("module")
    words = _EVERYTHING if module == _ALL else str(module or "a module without a name")
    limits = item.get("branches")
    if not isinstance(limits, list) or not limits:
        return words
    return f"{words} (only {', '.join(map(str, limits))})"
