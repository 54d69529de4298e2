from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.models import DeliveryToken, ManagementToken
from tui.messages.deletion import confirmation_words
from tui.secret import Secret
from tui.workspace.confirmation import confirmation

VALUE = Secret("cs" + "0" * 20 + "9a2c")


def delivery(name: str) -> DeliveryToken:
    return DeliveryToken(uid="blt00001111", name=name, value=VALUE)


def test_a_plain_name_is_typed_as_it_is() -> None:
    assert confirmation([delivery("web production")]).word == "web production"


@pytest.mark.parametrize(
    "name", ["", "  ", " web", "web ", "wéb", "w" * 41, "web\x1b[2J", "we\u202eb"]
)
def test_a_name_that_nobody_can_type_is_not_asked_for(name: str) -> None:
    asked = confirmation([delivery(name)])
    assert asked.word == "9a2c"
    assert asked.word in confirmation_words(asked)


def test_where_no_value_is_known_the_uid_stands_in() -> None:
    assert confirmation([ManagementToken(uid="blt00001234", name="")]).word == "1234"
    assert confirmation([DeliveryToken(uid="blt00001234", name="")]).word == "1234"


def test_several_are_confirmed_by_their_number() -> None:
    assert confirmation([delivery("a"), delivery("b")]).word == "2"


@given(st.text())
def test_the_word_is_always_short_plain_and_in_the_question(name: str) -> None:
    asked = confirmation([delivery(name)])
    assert 0 < len(asked.word) <= 40
    assert asked.word.isascii()
    assert asked.word in confirmation_words(asked)
