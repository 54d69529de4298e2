from __future__ import annotations

import itertools
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key

from tui.config.key_names import KeyRefused, check_key_names, key_name, types_text

NAMED = (
    [
        "enter",
        "escape",
        "tab",
        "space",
        "backspace",
        "insert",
        "delete",
        "up",
        "down",
        "left",
        "right",
        "home",
    ]
    + [
        "end",
        "pageup",
        "pagedown",
        "plus",
        "question_mark",
        "@",
        "backslash",
        "underscore",
        "slash",
    ]
    + ["right_square_bracket", "circumflex_accent", "left_square_bracket"]
    + [f"f{number}" for number in range(1, 13)]
)


def sent_by_terminals() -> set[str]:
    """Return the names of the keys that Textual reads from plain terminals' bytes."""
    modified = [f"1;{{}}{letter}" for letter in "ABCDHFPQRS"]
    modified += [
        f"{code};{{}}~" for code in (2, 3, 5, 6, 15, 17, 18, 19, 20, 21, 23, 24)
    ]
    sequences = [
        *(
            f"\x1b[{form.format(modifier)}"
            for form in modified
            for modifier in range(2, 9)
        ),
        *(
            sequence
            for sequence, keys in ANSI_SEQUENCES_KEYS.items()
            if isinstance(keys, tuple) and len(keys) == 1
        ),
        *(chr(code) for code in range(32, 127)),
        *("\x1b" + letter for letter in string.ascii_letters),
    ]
    names = set()
    for sequence in sequences:
        parser = XTermParser()
        keys = [
            event.key
            for event in (*parser.feed(sequence), *parser.feed(""))
            if isinstance(event, Key)
        ]
        names |= set(keys) if len(keys) == 1 else set()
    return names


def candidates() -> set[str]:
    modifiers = [
        "",
        "alt+",
        "ctrl+",
        "shift+",
        "ctrl+shift+",
        "alt+shift+",
        "alt+ctrl+",
    ]
    bases = [*NAMED, *string.ascii_letters, *string.digits]
    return {modifier + base for modifier, base in itertools.product(modifiers, bases)}


def accepted(name: str) -> bool:
    try:
        return key_name(name) == name
    except KeyRefused:
        return False


def test_what_is_accepted_can_be_typed_on_a_plain_terminal() -> None:
    assert {name for name in candidates() if accepted(name)} <= sent_by_terminals()


def test_what_a_plain_terminal_sends_is_accepted_but_for_what_is_unsafe() -> None:
    unsafe = {name for name in sent_by_terminals() & candidates() if not accepted(name)}
    # Some terminals send Esc before the key for alt, reserve shift+insert for pasting,
    # or send the plain digit.
    others = {name for name in unsafe if not re.search(r"^alt\+|\+\d$", name)}
    assert others == {
        "ctrl+f3",
        "ctrl+insert",
        "ctrl+shift+insert",
        "shift+escape",
        "shift+insert",
    }
    assert not {name for name in unsafe if re.fullmatch(r"alt\+(shift\+)?[a-z]", name)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("?", "question_mark"),
        ("/", "slash"),
        ("+", "plus"),
        (" ", "space"),
        (",", "comma"),
        ("n", "n"),
        ("N", "N"),
        ("ø", "ø"),
        ("∂", "partial_differential"),
        ("partial_differential", "partial_differential"),
        ("Enter", "enter"),
        ("F5", "f5"),
        ("Alt+o", "alt+o"),
        ("alt + o", "alt+o"),
        ("shift+alt+n", "alt+shift+n"),
        ("ctrl+X", "ctrl+x"),
        ("ctrl+at", "ctrl+@"),
        ("shift+tab", "shift+tab"),
    ],
)
def test_a_key_may_be_written_in_several_ways(text: str, name: str) -> None:
    assert key_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("alt+1", "tmux"),
        ("alt+/", "plain slash"),
        ("alt+enter", "plain enter"),
        ("alt+left", "Esc and then left"),
        ("alt+N", "alt+shift+n"),
        ("ctrl+h", "backspace"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+[", "escape"),
        ("ctrl+1", "plain digit"),
        ("ctrl+/", "ctrl+underscore"),
        ("ctrl+space", "ctrl+@"),
        ("ctrl+enter", "plain enter"),
        ("ctrl+shift+a", "without shift"),
        ("ctrl+alt+a", "don't agree"),
        ("shift+a", "A"),
        ("shift+1", "character that it types"),
        ("shift+enter", "plain enter"),
        ("cmd+x", "cmd"),
        ("esc", "escape"),
        ("pgup", "pageup"),
        ("f13", "no key"),
        ("shift+f3", "plain f3"),
        ("alt+f", "ctrl+right"),
        ("alt+b", "ctrl+left"),
        ("nonsense", "no key"),
        ("", "no key"),
        ("a b", "no key"),
        ("\x1b", "control character"),
    ],
)
def test_a_key_that_no_terminal_can_be_trusted_to_send_is_refused_with_the_reason(
    text: str, reason: str
) -> None:
    with pytest.raises(KeyRefused) as refusal:
        key_name(text)
    assert reason in str(refusal.value)


@given(st.text(max_size=20))
def test_any_text_is_a_key_or_refused_and_a_name_means_itself(text: str) -> None:
    try:
        name = key_name(text)
    except KeyRefused:
        return
    assert key_name(name) == name
    assert "," not in name


def test_the_command_is_named_with_its_key() -> None:
    assert check_key_names({"sort": ("?", "x")}) == {"sort": ("question_mark", "x")}
    with pytest.raises(KeyRefused) as refusal:
        check_key_names({"sort": ("x",), "copy": ("c", "alt+1")})
    assert (refusal.value.command, refusal.value.key) == ("copy", "alt+1")


@pytest.mark.parametrize("name", ["a", "A", "space", "slash", "ø", "1"])
def test_what_types_a_character_is_known(name: str) -> None:
    assert types_text(name)


@pytest.mark.parametrize("name", ["enter", "escape", "alt+o", "ctrl+x", "f5", "up"])
def test_what_types_none_is_known(name: str) -> None:
    assert not types_text(name)
