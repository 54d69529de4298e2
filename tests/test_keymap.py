from __future__ import annotations

import pytest

from tui.commands import COMMANDS, Place
from tui.config.key_names import KeyRefused, Keys
from tui.keymap import ALWAYS, check_keys


def test_a_command_takes_other_keys_in_place_of_its_own() -> None:
    assert check_keys({"refresh": ("r", "F5", "r")}) == {"refresh": ("r", "f5")}


def test_two_commands_can_change_places() -> None:
    swapped = {"sort": ("r",), "refresh": ("s",)}
    assert check_keys(swapped) == swapped


@pytest.mark.parametrize(
    ("keys", "command", "reason"),
    [
        ({"sortt": ("x",)}, "sortt", "did you mean sort?"),
        ({"zzz": ("x",)}, "zzz", "there are new, "),
        ({"sort": ("alt+1",)}, "sort", "tmux"),
        ({"sort": ("r",)}, "sort", "the key of refresh"),
        ({"sort": ("q",)}, "sort", "the key of quit"),
        ({"quit": ("n",)}, "quit", "the key of new"),
        ({"sort": ("J",), "refresh": ("J",)}, "sort", "the key of refresh"),
        ({"sort": ("ctrl+c",)}, "sort", "always means quit"),
        ({"sort": ("?",), "help": ("f1",)}, "sort", "always means help"),
        ({"sort": ("j",)}, "sort", "moves through lists"),
        ({"sort": ("up",)}, "sort", "moves through lists"),
        ({"next": ("x",)}, "next", "text fields"),
        ({"switch_tab": ("x", "X")}, "switch_tab", "text fields"),
    ],
)
def test_a_key_that_would_be_dead_or_double_is_refused(
    keys: Keys, command: str, reason: str
) -> None:
    with pytest.raises(KeyRefused) as refusal:
        check_keys(keys)
    assert refusal.value.command == command
    assert reason in str(refusal.value)


def test_quit_and_help_keep_a_key_whatever_is_set() -> None:
    assert check_keys({"quit": ("Q",), "help": ("f1",)}) == {
        "quit": ("Q", "ctrl+c"),
        "help": ("f1", "question_mark"),
    }
    assert all(
        ALWAYS[command.id] in command.keys
        for command in COMMANDS
        if command.id in ALWAYS
    )


def test_the_same_key_may_mean_another_thing_in_another_place() -> None:
    assert check_keys({"next_use": ("n",)}) == {"next_use": ("n",)}


def test_a_command_may_be_given_the_keys_that_it_has() -> None:
    own = {command.id: command.keys for command in COMMANDS}
    assert {name: set(keys) for name, keys in check_keys(own).items()} == {
        name: set(keys) for name, keys in own.items()
    }


def test_a_letter_may_stand_beside_a_key_that_works_in_text_fields() -> None:
    keys = {"switch_tab": ("alt+j", "J")}
    assert check_keys(keys) == keys


def test_the_commands_own_keys_do_not_meet() -> None:
    for place in Place:
        here = [item for item in COMMANDS if {place, Place.ANYWHERE} & set(item.places)]
        keys = [key for item in here for key in item.keys]
        assert len(keys) == len(set(keys)), place
