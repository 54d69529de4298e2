"""Which keys a screen shows in its footer, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter

from tui.commands import Command, shown_key
from tui.screens.session import Session
from tui.widgets.key_hints import KeyHint

_FIRST = ("Enter", "Space", "Esc")
"""The keys that everyone looks for; a narrow screen keeps the first hints."""

FOR_ALL_MARKED = ("verify", "delete", "export")
"""The commands that act on all marked tokens, in the order of their hints.

With marks they come right after the first keys, each with its count.
"""


def footer(
    commands: Iterable[Command],
    marked: int,
    key_of: Callable[[Command], str],
    word_of: Callable[[Command], str],
    reason_against: Callable[[Command], str | None],
) -> list[KeyHint]:
    """Return a hint for each command with a word and a key, dimmed where it can't run.

    Pressing a dimmed key says the reason.

    Enter, Space and Esc come first, the rest in the registry's order. With marks,
    commands that take all of them follow, and those that take only one come last.
    """
    ranked = []
    for item in commands:
        key, word = key_of(item), word_of(item)
        if key and word:
            hint = KeyHint(key, word, reason_against(item) is None)
            ranked.append((_rank(hint, item.id, marked), hint))
    return [hint for _, hint in sorted(ranked, key=itemgetter(0))]


def key_for(session: Session, item: Command, *, typing: bool) -> str:
    """Return the key to show for a command.

    In a field, return one that types nothing there; empty if there is none.
    """
    if item.priority or not typing:
        return session.key(item.id)
    for key in session.keys_of(item.id):
        if key != "space" and len(shown_key(key)) > 1:
            return shown_key(key)
    return ""


def _rank(hint: KeyHint, command_id: str, marked: int) -> tuple[int, int]:
    """Return the group that a hint belongs to, and its place in the group."""
    if marked > 1 and not hint.enabled:
        return 3, 0
    if hint.key in _FIRST:
        return 0, _FIRST.index(hint.key)
    if marked and command_id in FOR_ALL_MARKED:
        return 1, FOR_ALL_MARKED.index(command_id)
    return 2, 0
