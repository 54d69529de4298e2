"""Textual's names of keys, and the keys that terminals don't send.

What is refused here was measured: many combinations reach a program as another, simpler
key, so a command bound to one of them would never run, or run by accident.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping

from tui.files.refusal import Refused

Keys = Mapping[str, tuple[str, ...]]
"""Key names by command id; the first one of each is shown."""

_MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_FUNCTION = tuple(f"f{number}" for number in range(1, 13))
_OTHERS = ("insert", "delete", "enter", "escape", "tab", "space", "backspace")
_NAMED = frozenset((*_MOVING, *_FUNCTION, *_OTHERS))
# With a modifier, f3 looks the same as the answer to "where is the cursor?".
_MODIFIED = frozenset({*_MOVING, "delete", *_FUNCTION} - {"f3"})
_CTRL_PUNCTUATION = frozenset(
    {"backslash", "right_square_bracket", "circumflex_accent", "underscore", "@"}
)
_SMALL = frozenset(string.ascii_lowercase)
_LARGE = frozenset(string.ascii_uppercase)
_DIGITS = frozenset(string.digits)
_ANY: frozenset[str] = frozenset()

_META = 0x80
"""What a terminal adds to a character for alt if it doesn't send Esc before it."""

_ARRIVES_AS = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "ctrl+slash": "ctrl+underscore",
    "ctrl+space": "ctrl+@",
    "alt+b": "ctrl+left",
    "alt+f": "ctrl+right",
}
_SAFE: Mapping[str, frozenset[str]] = {
    "alt": _SMALL,
    "alt+shift": _SMALL,
    "ctrl": _MODIFIED | _SMALL | _CTRL_PUNCTUATION,
    "ctrl+shift": _MODIFIED,
    "shift": _MODIFIED | {"tab"},
}
"""The keys that arrive as they are with these modifiers, except `_ARRIVES_AS`."""

_OBJECTIONS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("alt+ctrl", _ANY, "terminals don't agree on how to send ctrl and alt together"),
    ("ctrl+shift", _ANY, "most terminals send it without shift"),
    ("ctrl", _DIGITS, "most terminals send the plain digit"),
    ("ctrl", _ANY, "terminals send it as plain {key}, or not at all"),
    ("alt", _LARGE, "write alt+shift+{small}"),
    (
        "alt",
        _DIGITS,
        "terminals and tmux use alt+digit themselves, or send another character",
    ),
    ("alt", _NAMED, "terminals send it as plain {key}, or as Esc and then {key}"),
    ("shift", _NAMED, "most terminals send plain {key}"),
    ("shift", _SMALL, "write the character that it types, {large}"),
    ("shift", _ANY, "write the character that it types"),
    ("alt", _ANY, "terminals send it as plain {key}"),
)
"""Why all other keys are refused, by modifiers and keys: the first match counts."""

_OTHER_NAMES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "bs": "backspace",
    "spacebar": "space",
}
_SHORT_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


class KeyRefused(Refused):
    """A key or command can't be used like this; the text says why."""

    def __init__(self, why: str, *, command: str = "", key: str = "") -> None:
        super().__init__(why)
        self.command = command
        self.key = key


def check_key_names(keys: Keys) -> Keys:
    """Return `keys` with every name in its canonical spelling.

    Raises `KeyRefused` for the first that can't be used.
    """
    checked: dict[str, tuple[str, ...]] = {}
    for command, names in keys.items():
        for name in names:
            try:
                checked[command] = (*checked.get(command, ()), key_name(name))
            except KeyRefused as refusal:
                raise KeyRefused(str(refusal), command=command, key=name) from None
    return checked


def key_name(text: str) -> str:
    """Return Textual's name for the key that `text` means: "question_mark" for "?".

    Raises `KeyRefused` if there's no such key, or if terminals don't send it.
    """
    if text.endswith("+"):
        before, last = text[:-1].split("+"), "+"
    else:
        *before, last = text.split("+")
    modifiers = {word.strip().lower() for word in before if word.strip()}
    base = _base_name(last if last in (" ", "+") else last.strip())
    unknown = modifiers - {"alt", "ctrl", "shift"}
    if unknown:
        held = "+".join(sorted(unknown))
        raise KeyRefused(f"{held} isn't sent by terminals: use ctrl, alt or shift")
    if "ctrl" in modifiers:
        base = _with_ctrl(base)
    objection = _objection(modifiers, base)
    if objection:
        raise KeyRefused(objection)
    return "+".join((*sorted(modifiers), base))


def _with_ctrl(base: str) -> str:
    """Return Textual's name for the key while ctrl is held."""
    if base == "at":
        return "@"
    return base.lower() if len(base) == 1 else base


def _base_name(base: str) -> str:
    if len(base) == 1:
        if not base.isprintable():
            raise KeyRefused("this is a control character, not a key")
        name = _character_name(base)
        if name == base or _is_character_name(name):
            return name
    lowered = base.lower()
    if lowered in _OTHER_NAMES:
        raise KeyRefused(f"this key is called {_OTHER_NAMES[lowered]} here")
    if lowered in _NAMED or _is_character_name(lowered):
        return lowered
    raise KeyRefused("there is no key with this name")


def _objection(modifiers: set[str], base: str) -> str | None:
    held = "+".join(sorted(modifiers))
    arrives_as = _ARRIVES_AS.get(f"{held}+{base}")
    if arrives_as is not None:
        return f"terminals send it as {arrives_as}"
    if not modifiers or base in _SAFE.get(held, ()):
        return None
    for needed, keys, words in _OBJECTIONS:
        if modifiers.issuperset(needed.split("+")) and (not keys or base in keys):
            return words.format(key=base, small=base.lower(), large=base.upper())
    raise AssertionError(f"no objection fits {held}+{base}")


def _character_name(char: str) -> str:
    if char.isalnum():
        return char
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORT_NAMES.get(name, name) or char


_CHARACTERS_BY_NAME = {_character_name(char): char for char in string.punctuation}


def _is_character_name(name: str) -> bool:
    if name in _CHARACTERS_BY_NAME:
        return True
    try:
        char = unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return False
    return not char.isalnum() and char.isprintable() and _character_name(char) == name


def key_of_meta(name: str) -> str | None:
    """Return the key that xterm sends for alt plus a key if `eightBitInput` is on.

    For alt+o that is ï.
    """
    *modifiers, base = name.split("+")
    if modifiers not in (["alt"], ["alt", "shift"]) or base not in _SMALL:
        return None
    typed = base.upper() if "shift" in modifiers else base
    return _character_name(chr(ord(typed) + _META))


def types_text(name: str) -> bool:
    """Return whether a key, by Textual's name, types a character into a text field."""
    return "+" not in name and (name == "space" or name not in _NAMED)
