"""What the lists of the wizard offer."""

from __future__ import annotations

from tui.contentstack.models import Alias, Branch, Environment, Odd
from tui.widgets.choice_list import Choice


def alias_choice(row: Alias | Odd) -> Choice:
    """Return an alias, with the branch that it points to."""
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.uid, row.uid, f"points to {row.branch}")


def branch_choice(row: Branch | Odd) -> Choice:
    """Return a branch, with the one that it was created from."""
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.uid, row.uid, f"from {row.source}" if row.source else "")


def environment_choice(row: Environment | Odd) -> Choice:
    """Return an environment, with its first URL."""
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.name, row.name, next(filter(None, row.urls), ""))


def _odd_choice(row: Odd) -> Choice:
    """Return a choice for a row that wasn't understood; it can't be marked."""
    refusal = (
        f"Tokendeck doesn't understand {row.title}, so you can't mark it: {row.why}."
    )
    return Choice(row.key, row.title, "not understood", refusal)


def with_marked(
    found: list[Choice], marked: tuple[str, ...], stray: str
) -> list[Choice]:
    """Return the choices, preceded by what is marked but isn't one of them.

    It must be listed so that it can be unmarked.
    """
    strays = dict.fromkeys(marked, stray) | {"$all": "all of them, including new ones"}
    known = {choice.key for choice in found}
    missing = [Choice(key, key, strays[key]) for key in marked if key not in known]
    return [*missing, *found]
