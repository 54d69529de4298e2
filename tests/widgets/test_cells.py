from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.widgets.host import HOSTILE
from tui.display import visible
from tui.widgets.cells import cut, cut_start, fit, wrap

texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(), st.text("aé中\u0301\u200d\ufe0f\u2764 ")
).map(visible)
widths = st.integers(-2, 40)


@given(texts, widths)
def test_a_cut_text_never_exceeds_its_width(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= max(0, width)


@given(texts, widths, st.sampled_from(["left", "right"]))
def test_a_fitted_text_has_exactly_its_width(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, "right" if align == "right" else "left")) == max(
        0, width
    )


@given(texts, texts, st.integers(1, 30))
def test_fitted_texts_side_by_side_keep_their_widths(
    left: str, right: str, width: int
) -> None:
    assert cell_len(fit(left, width) + fit(right, width)) == 2 * width


@given(st.text("abc 中", max_size=30), st.integers(1, 60))
def test_what_fits_is_left_alone_and_what_does_not_says_so(
    text: str, width: int
) -> None:
    result = cut(text, width)
    if cell_len(text) <= width:
        assert result == text
    else:
        assert result.endswith("…")
        assert text.startswith(result[:-1])


def test_a_wide_character_is_not_halved() -> None:
    assert cut("中中中", 4) == "中…"
    assert fit("中中中", 4) == "中… "


def test_a_combining_character_stays_with_its_letter() -> None:
    assert cut("e\u0301e\u0301e\u0301", 2) == "e\u0301…"


@given(texts, st.integers(1, 40), st.integers(0, 4))
def test_wrapped_lines_fit_and_are_not_too_many(
    text: str, width: int, limit: int
) -> None:
    lines = wrap(text, width, limit)
    assert all(cell_len(line) <= width for line in lines)
    assert not limit or len(lines) <= limit


@given(st.text("ab 中", max_size=80), st.integers(2, 20))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("abcdefghijkl", ["abcdefg", "hijkl"]),
        ("one two three four five", ["one two", "three…"]),
        ("aaa bbb ccccccc d", ["aaa bbb", "cccccc…"]),
        ("", []),
    ],
)
def test_wrapping(text: str, lines: list[str]) -> None:
    assert wrap(text, 7, 2) == lines


@given(texts, widths)
def test_a_text_cut_at_its_start_never_exceeds_its_width(text: str, width: int) -> None:
    assert cell_len(cut_start(text, width)) <= max(0, width)


@given(st.text("abc/中", max_size=30), st.integers(2, 40))
def test_a_text_cut_at_its_start_keeps_as_much_of_its_end_as_fits(
    text: str, width: int
) -> None:
    kept = cut_start(text, width)
    if cell_len(text) <= width:
        assert kept == text
    else:
        assert kept[0] == "…"
        assert text.endswith(kept[1:])
        assert cell_len(kept) >= width - 1
