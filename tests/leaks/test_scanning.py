from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaks.projects import KNOWN, STRANGER, WEB
from tui.leaks.matching import Matcher
from tui.leaks.scanning import Scanner, Spot

SMALL = 4096


def spots(data: bytes, size: int = SMALL) -> list[Spot]:
    scanner = Scanner(Matcher(KNOWN), size)
    file = io.BytesIO(data)
    found = scanner.scan(file.readinto)
    assert scanner.size == len(data)
    return found


def places(data: bytes, size: int = SMALL) -> list[tuple[int, int]]:
    return [(spot.line, spot.column) for spot in spots(data, size)]


def test_line_and_column_count_characters_from_one() -> None:
    text = f"é\n  ü={WEB}\n{STRANGER}"
    assert places(text.encode()) == [(2, 5), (3, 1)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_line_and_column_of_other_encodings(encoding: str) -> None:
    text = f"abc\r\nde={WEB}\r\n{STRANGER}\r\n"
    assert places(text.encode(encoding)) == [(2, 4), (3, 1)]
    assert places(f"a={WEB}".encode(encoding)) == [(1, 3)]


def test_a_binary_content_has_an_offset_and_no_lines() -> None:
    (spot,) = spots(b"\0\x01\n" * 100 + WEB.encode() + b"\0\n")
    assert (spot.line, spot.column, spot.offset) == (0, 0, 300)


@given(
    gaps=st.lists(st.integers(0, 3 * SMALL), min_size=1, max_size=4),
    fill=st.sampled_from([b"x;", b"\n", b"a \n", "ü ".encode()]),
    size=st.sampled_from([SMALL, SMALL + 1, 2 * SMALL]),
)
def test_a_buffer_that_is_too_small_changes_nothing(
    gaps: list[int], fill: bytes, size: int
) -> None:
    data = b"".join(
        (fill * gap)[:gap].decode("utf-8", "ignore").encode()
        + b"="
        + value.encode()
        + b";"
        for gap, value in zip(gaps, [WEB, STRANGER] * 2, strict=False)
    )
    whole = spots(data, 100_000)
    assert len(whole) == len(gaps)
    parts = spots(data, size)
    assert [s.offset for s in parts] == [s.offset for s in whole]
    assert [(s.line, s.column) for s in parts] == [(s.line, s.column) for s in whole]


def test_many_values_on_one_long_line_have_their_columns() -> None:
    data = b",".join([WEB.encode()] * 1000)
    assert places(data) == [(1, 1 + 27 * at) for at in range(1000)]


def test_an_empty_content_has_nothing() -> None:
    assert spots(b"") == []


@pytest.mark.parametrize(
    ("data", "is_compressed"),
    [(b"PK\x03\x04...", True), (b"\x1f\x8b\x08", True), (b"PK", False), (b"", False)],
)
def test_what_is_compressed_is_told(data: bytes, is_compressed: bool) -> None:
    scanner = Scanner(Matcher(KNOWN), SMALL)
    scanner.scan(io.BytesIO(b"\x1f\x8b").readinto)
    scanner.scan(io.BytesIO(data).readinto)
    assert scanner.is_compressed == is_compressed
