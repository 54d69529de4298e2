from __future__ import annotations

import pytest

from tui.connection.stack_lookup import StackUnclear, pick_stack
from tui.contentstack.models import Odd, Stack

ONE = Stack(uid="bltu1", name="Storefront", api_key="bltk1")
TWO = Stack(uid="bltu2", name="Storefront", api_key="bltk2")
PRESS = Stack(uid="bltu3", name="Press", api_key="bltk3")


@pytest.mark.parametrize("words", ["bltk3", "bltu3", "Press", "press"])
def test_api_key_uid_and_name_find_a_stack(words: str) -> None:
    assert pick_stack([ONE, TWO, PRESS], words) is PRESS


def test_a_uid_is_exact_where_a_name_is_ambiguous() -> None:
    assert pick_stack([ONE, TWO], "bltu2") is TWO


def test_an_ambiguous_name_lists_the_candidates() -> None:
    with pytest.raises(StackUnclear) as refusal:
        pick_stack([ONE, TWO, PRESS], "storefront")
    assert "bltu1" in str(refusal.value)
    assert "bltu2" in str(refusal.value)
    assert "Press" not in str(refusal.value)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(StackUnclear, match="Press"):
        pick_stack([PRESS], "Shop")


def test_no_stack_at_all_says_so() -> None:
    with pytest.raises(StackUnclear, match="any stack"):
        pick_stack([], "Shop")


def test_a_long_list_is_cut() -> None:
    many = [
        Stack(uid=f"bltu{number}", name=f"S{number}", api_key=f"bltk{number}")
        for number in range(20)
    ]
    with pytest.raises(StackUnclear, match="and 14 more"):
        pick_stack(many, "Shop")


def test_a_stack_that_is_not_understood_is_not_called_missing() -> None:
    odd = Odd("$.stacks[1].name", "expected `str`", "bltodd", "Shop")
    for words in ("Shop", "shop", "bltodd"):
        with pytest.raises(StackUnclear, match=f"the stack {words}: expected"):
            pick_stack([PRESS], words, [odd])
    with pytest.raises(StackUnclear, match="1 of the stacks"):
        pick_stack([], "Another", [odd])
    assert pick_stack([PRESS], PRESS.name, [odd]) is PRESS
