from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.glyphs import ASCII, PLAIN_SCREEN, UNICODE, Glyphs


@pytest.mark.parametrize("glyphs", [ASCII, UNICODE])
def test_every_sign_is_one_cell_wide(glyphs: Glyphs) -> None:
    signs = [sign for sign in astuple(glyphs) if isinstance(sign, str)]
    assert {cell_len(sign) for sign in signs} == {1}


def test_the_plain_screen_has_no_sign_that_is_only_looked_at() -> None:
    plain = PLAIN_SCREEN
    assert (plain.rule, plain.divider, plain.thumb.strip()) == ("", "", "")
    assert all(sign.isascii() for sign in astuple(plain) if isinstance(sign, str))


@given(st.text())
def test_ascii_sends_nothing_else(text: str) -> None:
    assert ASCII.plain(text).isascii()
    assert UNICODE.plain(text) == text


def test_ascii_keeps_what_it_can() -> None:
    assert (
        ASCII.plain("AWS NA · blt9f••… née ne\u0301e 中")
        == "AWS NA - blt9f**~ nee nee ?"
    )


def test_ascii_tells_a_cut_from_a_pause() -> None:
    assert ASCII.plain("Reading blt05fe… …") == f"Reading blt05fe{ASCII.ellipsis} ."
