from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.display import visible

BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(
        [
            *BIDI,
            *"\x00\t\n\r\x1b\x7f\x85\x9b\u200b\u2060\ufeff\u2028\u2029\ud800\ue000\U000e0041ab",
        ]
    )
)


@given(ANY_TEXT)
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {
        "Cc",
        "Cs",
        "Zl",
        "Zp",
        "Co",
        "Cn",
    }
    assert not BIDI & set(shown)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(
    st.text(
        st.characters(
            categories=["L", "Mn", "Nd", "P", "Sm", "Sc"],
            exclude_characters="\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0",
        )
    )
)
def test_letters_marks_and_digits_stay(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("web-production", "web-production"),
        ("[/prod]", "[/prod]"),
        ("[bold]x", "[bold]x"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\nb\tc\r", "a␊b␉c␍"),
        ("\x00\x7f", "␀␡"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\u00a0b\u3000c", "a b c"),
        ("abc\u202egnp", "abc<U+202E>gnp"),
        ("a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("\ud83d", "<U+D83D>"),
        ("\ue0b0", "<U+E0B0>"),
        ("a\U000e0041", "a<U+E0041>"),
        ("\u3164", "<U+3164>"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("生产环境", "生产环境"),
        ("مرحبا", "مرحبا"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_by_example(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_length_is_not_its_business() -> None:
    assert visible("x" * 300) == "x" * 300
