"""Checks the user's keys against the commands.

Every command stays reachable, and no key does two things in one place.
"""

from __future__ import annotations

from difflib import get_close_matches

from tui.commands import COMMANDS, Command, Place, shown_key
from tui.config.key_names import KeyRefused, Keys, check_key_names, types_text

ALWAYS = {"quit": "ctrl+c", "help": "question_mark"}
"""Keys that can't be removed: the way out, and the way to all the others."""

# fmt: off
_OF_LISTS_AND_FIELDS = frozenset({
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
    "j", "k", "g", "G", "backspace", "delete", "shift+tab",
})
# fmt: on

_BY_ID = {command.id: command for command in COMMANDS}


def check_keys(keys: Keys) -> Keys:
    """Return `keys` in canonical spelling, plus those that can't be removed.

    Raises `KeyRefused` for the first that can't be used.
    """
    for command_id in keys:
        if command_id not in _BY_ID:
            raise _unknown(command_id)
    checked = {
        command_id: tuple(dict.fromkeys(names))
        for command_id, names in check_key_names(keys).items()
    }
    effective = {command.id: _effective(command, checked) for command in COMMANDS}
    for command_id, names in checked.items():
        _check(_BY_ID[command_id], names, effective)
    return {command_id: effective[command_id] for command_id in keys}


def _unknown(command_id: str) -> KeyRefused:
    near = get_close_matches(command_id, _BY_ID, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_BY_ID)}"
    return KeyRefused(f"there is no such command; {hint}", command=command_id)


def _check(command: Command, names: tuple[str, ...], effective: Keys) -> None:
    if command.priority and all(map(types_text, names)):
        why = (
            "this is needed in text fields too, where the key types: "
            "add one with alt or ctrl"
        )
        raise KeyRefused(why, command=command.id, key=shown_key(names[0]))
    for name in names:
        objection = _objection(command, name, effective)
        if objection:
            raise KeyRefused(objection, command=command.id, key=shown_key(name))


def _effective(command: Command, keys: Keys) -> tuple[str, ...]:
    """Return the keys of a command: the user's, else its defaults."""
    if command.id not in keys:
        return command.keys
    always = (ALWAYS[command.id],) if command.id in ALWAYS else ()
    return tuple(dict.fromkeys((*keys[command.id], *always)))


def _objection(command: Command, name: str, effective: Keys) -> str | None:
    if name in _OF_LISTS_AND_FIELDS:
        return "this key moves through lists and fields"
    for other in COMMANDS:
        taken = other.id != command.id and name in effective[other.id]
        if not taken or not _meet(command, other):
            continue
        if ALWAYS.get(other.id) == name:
            return f"it always means {other.label.lower()}"
        return (
            f"it is the key of {other.id} in the same place; "
            "give that one another first"
        )
    return None


def _meet(command: Command, other: Command) -> bool:
    """Return whether there's a place where both can be used."""
    places = {*command.places, *other.places}
    return Place.ANYWHERE in places or bool(set(command.places) & set(other.places))
