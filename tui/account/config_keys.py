"""The names of keys, as Textual has them, and the keys that no terminal can be trusted to send.

What is refused here was measured: many combinations reach a program as another, plainer key, so a command
bound to one of them would be dead, or fire unasked.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping

Keys = Mapping[str, tuple[str, ...]]
"""Key names by command id; the first key of each is the one that is shown."""

_MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_EDITING = ("insert", "delete")
_PLAIN = ("enter", "escape", "tab", "space", "backspace")
_FUNCTION = tuple(f"f{number}" for number in range(1, 13))
_NAMED = frozenset({*_MOVING, *_EDITING, *_PLAIN, *_FUNCTION})
# With a modifier, f3 can't be told from the answer to "where is the cursor?".
_WITH_CTRL_OR_SHIFT = frozenset({*_MOVING, "delete", *_FUNCTION} - {"f3"})
_CTRL_PUNCTUATION = frozenset({"backslash", "right_square_bracket", "circumflex_accent", "underscore", "@"})
_FOLDED_CTRL = {"h": "backspace", "i": "tab", "m": "enter", "left_square_bracket": "escape"}
_SMALL = frozenset(string.ascii_lowercase)
_LARGE = frozenset(string.ascii_uppercase)
_DIGITS = frozenset(string.digits)
_WORD_KEYS = {"b": "ctrl+left", "f": "ctrl+right"}
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


class KeyRefused(ValueError):
    """A key or a command that can't be used so; the text says which and why."""

    def __init__(self, why: str, *, command: str = "", key: str = "") -> None:
        super().__init__(why)
        self.command = command
        self.key = key


def check_key_names(keys: Keys) -> Keys:
    """`keys` with every name in its one spelling.

    Raises:
        KeyRefused: naming the first key that can't be used.
    """
    checked = {}
    for command, names in keys.items():
        try:
            checked[command] = tuple(key_name(name) for name in names)
        except KeyRefused as refusal:
            raise KeyRefused(str(refusal), command=command, key=refusal.key) from None
    return checked


def key_name(text: str) -> str:
    """The name under which Textual reports the key that `text` means: "?" is "question_mark".

    Raises:
        KeyRefused: if there is no such key, or terminals send it as another; the text says which one.
    """
    *before, last = (*text[:-1].split("+"), "+") if text.endswith("+") else text.split("+")
    modifiers = {word.strip().lower() for word in before if word.strip()}
    base = _base_name(last if last in (" ", "+") else last.strip(), text)
    unknown = modifiers - {"alt", "ctrl", "shift"}
    if unknown:
        raise KeyRefused(
            f"{'+'.join(sorted(unknown))} is not sent by terminals; use ctrl, alt or shift", key=text
        )
    if "ctrl" in modifiers:
        base = base.lower() if len(base) == 1 else "@" if base == "at" else base
    objection = _objection(frozenset(modifiers), base)
    if objection:
        raise KeyRefused(objection, key=text)
    return "+".join((*sorted(modifiers), base))


def _base_name(base: str, text: str) -> str:
    if len(base) == 1:
        if not base.isprintable():
            raise KeyRefused("this is no key, but a control character", key=text)
        name = _character_name(base)
        if name == base or _is_character_name(name):
            return name
    lowered = base.lower()
    if lowered in _OTHER_NAMES:
        raise KeyRefused(f"this key is called {_OTHER_NAMES[lowered]} here", key=text)
    if lowered in _NAMED or _is_character_name(lowered):
        return lowered
    raise KeyRefused("there is no key of this name", key=text)


def _objection(modifiers: frozenset[str], base: str) -> str | None:
    if "ctrl" in modifiers and "alt" in modifiers:
        return "terminals send ctrl and alt together in no common way"
    if "ctrl" in modifiers:
        return _objection_to_ctrl(base, shift="shift" in modifiers)
    if "alt" in modifiers:
        return _objection_to_alt(base, shift="shift" in modifiers)
    if "shift" in modifiers and base not in _WITH_CTRL_OR_SHIFT and base != "tab":
        if base in _NAMED:
            return f"most terminals send plain {base}"
        return "write the character that it types" + (f", {base.upper()}" if base.isalpha() else "")
    return None


def _objection_to_ctrl(base: str, *, shift: bool) -> str | None:
    if base in _FOLDED_CTRL:
        return f"terminals send it as {_FOLDED_CTRL[base]}"
    if base in _WITH_CTRL_OR_SHIFT:
        return None
    if shift:
        return "most terminals send it without shift"
    if base == "slash":
        return "terminals send it as ctrl+underscore"
    if base == "space":
        return "terminals send it as ctrl+@"
    if base in _CTRL_PUNCTUATION or base in _SMALL:
        return None
    if base in _DIGITS:
        return "most terminals send the plain digit"
    return f"terminals send it as plain {base}, or not at all"


def _objection_to_alt(base: str, *, shift: bool) -> str | None:
    if base in _WORD_KEYS and not shift:
        return f"it arrives as {_WORD_KEYS[base]}, by which terminals move over words"
    if base in _SMALL:
        return None
    if base in _LARGE:
        return f"write alt+shift+{base.lower()}"
    if base in _DIGITS:
        return "terminals and tmux keep alt+digit for themselves, or send it as another character"
    if base in _NAMED:
        return f"terminals send it as plain {base}, or as Esc and then {base}"
    return f"terminals send it as plain {base}" if not shift else "write the character that it types"


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


def types_text(name: str) -> bool:
    """Whether a key, by Textual's name, types a character into a text field."""
    return "+" not in name and (name == "space" or name not in _NAMED)
