"""Which keys a screen names at its foot, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from tui.commands import Command, shown_key
from tui.conditions import Moment
from tui.screens.session import Session
from tui.widgets.key_hints import KeyHint

_FIRST = ("Enter", "Space", "Esc")
"""The keys that everybody looks for; a narrow screen keeps the first hints."""


def footer(
    commands: Iterable[Command],
    moment: Moment,
    key_of: Callable[[Command], str],
    word_of: Callable[[Command], str],
) -> list[KeyHint]:
    """Return a hint for each command with a word and a key, dimmed where it can't run.

    Enter, Space and Esc come first, the rest in the registry's order. With several
    marks, what takes one token comes last.
    """
    hints = [
        KeyHint(key_of(item), word_of(item), item.reason(moment) is None)
        for item in commands
    ]
    several = len(moment.marked) > 1
    return sorted(filter(_is_shown, hints), key=partial(_rank, several=several))


def key_for(session: Session, item: Command, *, typing: bool) -> str:
    """Return the key to show for a command.

    In a field that is one which types nothing there; empty if there is none.
    """
    if item.priority or not typing:
        return session.key(item.id)
    for key in session.keys_of(item.id):
        if key != "space" and len(shown_key(key)) > 1:
            return shown_key(key)
    return ""


def _is_shown(hint: KeyHint) -> bool:
    return bool(hint.key and hint.word)


def _rank(hint: KeyHint, *, several: bool) -> int:
    if several and not hint.enabled:
        return len(_FIRST) + 1
    return _FIRST.index(hint.key) if hint.key in _FIRST else len(_FIRST)
