"""Scopes in words: branches, aliases and environments."""

from __future__ import annotations

from tui.contentstack.scope import Scope
from tui.workspace.gone import IsGone


def nothing_gone(_kind: str, _name: str) -> bool:
    """Say that nothing is gone, for when it isn't known what the stack has."""
    return False


def scope_words(scope: Scope, is_gone: IsGone = nothing_gone) -> str:
    """Return branches and aliases as used in a sentence: "branch main"."""
    words = branch_words(scope, is_gone)
    if words == "-":
        return "no branches"
    if words.startswith(("alias ", "all ")):
        return words
    named = scope.branches or scope.within_modules
    return f"branch {words}" if len(named) == 1 else f"branches {words}"


def branch_words(scope: Scope, is_gone: IsGone = nothing_gone) -> str:
    """Return a scope's branches and aliases: "main, old (gone)", "alias release"."""

    def said(kind: str, name: str, words: str) -> str:
        return f"{words} (gone)" if is_gone(kind, name) else words

    branches = [
        "all branches" if name == "$all" else said("branch", name, name)
        for name in scope.branches
    ]
    aliases = [
        "all aliases" if name == "$all" else said("alias", name, f"alias {name}")
        for name in scope.aliases
    ]
    modules = [f"{name} (in modules)" for name in scope.within_modules]
    return ", ".join(branches + aliases or modules) or "-"


def environment_words(scope: Scope, is_gone: IsGone = nothing_gone) -> str:
    """Return a scope's environments, "old (gone)" among them, or "none".

    "not named" is for a scope that has the module without naming an environment.
    """
    if scope.environments:
        return ", ".join(
            f"{name} (gone)" if is_gone("environment", name) else name
            for name in scope.environments
        )
    named = any(item.get("module") == "environment" for item in scope.items)
    return "not named" if named else "none"


def unnamed_words(scope: Scope | None) -> str:
    """Say that a scope names no branch or alias itself; "" if it does."""
    if scope is None or scope.branches or scope.aliases:
        return ""
    own = "This token has no branch or alias."
    if limits := ", ".join(scope.within_modules):
        own = f"Its modules are limited to {limits}."
    return f"{own} To keep it that way, mark nothing."
