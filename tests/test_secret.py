from __future__ import annotations

import copy
import json
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.secret import MASK, Secret

VALUE = "cs" + "1234567890" * 2 + "9a2c"


def test_shows_first_two_and_last_four() -> None:
    secret = Secret(VALUE)
    assert secret.masked == f"cs{MASK}9a2c"
    assert secret.last4 == "9a2c"
    assert secret.reveal() == VALUE


@pytest.mark.parametrize(
    "value", ["", "cs9a2c", "x" * 11, "\x1b]52;c;" + "a" * 20, "a" * 20 + "\u202e"]
)
def test_shows_nothing_of_short_or_unsafe_values(value: str) -> None:
    assert Secret(value).masked == MASK
    assert Secret(value).last4 == ""


@given(st.text(min_size=12))
def test_no_way_of_printing_shows_the_value(value: str) -> None:
    secret = Secret(value)
    printed = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>80}",
        f"{[secret]} {secret:^60}",
        *secret.__rich_repr__(),
    ]
    assert all(value not in text for text in printed)


def test_format_keeps_the_width() -> None:
    assert f"{Secret(VALUE):>12}" == f"  cs{MASK}9a2c"


def test_is_never_pickled_nor_serialised() -> None:
    secret = Secret(VALUE)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError):
        secret.__getstate__()
    with pytest.raises(TypeError):
        secret.__reduce__()
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


def test_copies_are_itself() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_does_not_change_and_has_no_dictionary() -> None:
    secret = Secret(VALUE)
    with pytest.raises(AttributeError, match="does not change"):
        secret.other = 1
    with pytest.raises(AttributeError, match="does not change"):
        delattr(secret, "reveal")
    assert not hasattr(secret, "__dict__")


@given(st.text(), st.text())
def test_equality_is_that_of_the_values(left: str, right: str) -> None:
    assert (Secret(left) == Secret(right)) is (left == right)
    assert len({Secret(left), Secret(right)}) == len({left, right})
    assert bool(Secret(left)) is bool(left)


def test_never_equals_a_string() -> None:
    assert Secret(VALUE) != VALUE
    assert Secret("\ud800") == Secret("\ud800")


def test_is_made_from_text_alone() -> None:
    with pytest.raises(TypeError, match="bytes") as caught:
        Secret(VALUE.encode())  # type: ignore[arg-type]  # the refusal is what is tested
    assert VALUE not in str(caught.value)
