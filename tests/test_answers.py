"""Terminals' recorded answers are never keys, however they're split or delayed."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.terminal.key_parser import KeyParser, TerminalAttributes

ANSWERS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("terminal_answers.json").read_text("utf-8")
)
EACH = [
    pytest.param(answer, id=f"{terminal}: {query}")
    for terminal, answers in ANSWERS.items()
    for query, answer in answers.items()
]
ALL = sorted({answer for answers in ANSWERS.values() for answer in answers.values()})
# The answer to the last query ends the wait for others.
NOT_LAST = [answer for answer in ALL if not re.fullmatch(r"\x1b\[\?[\d;]*c", answer)]
SINGLE = sorted(
    {one for answer in ALL for one in re.split(r"(?<=[\x07\\])(?=\x1b)", answer)}
)
KEYS = {
    "j": "j",
    "c": "c",
    "\x1bo": "alt+o",
    "\x1b[A": "up",
    "\x1bOP": "f1",
    "\r": "enter",
}
TYPED, PRESSED = "".join(KEYS), list(KEYS.values())


class Line:
    """A parser with its own clock, and what it took for keys."""

    def __init__(self, *, expecting: bool = True) -> None:
        self.now = 100.0
        self.parser = KeyParser(clock=lambda: self.now)
        self.keys: list[str] = []
        if expecting:
            self.parser.expect_answers()

    def send(self, data: str, wait: float = 0.0) -> None:
        self._hear(self.parser.feed(data))
        for _ in range(4):
            self.now += wait / 4
            self._hear(self.parser.tick())

    def _hear(self, messages: object) -> None:
        assert hasattr(messages, "__iter__")
        self.keys += [
            message.key for message in messages if isinstance(message, events.Key)
        ]


def test_there_are_recordings_of_every_kind_of_answer() -> None:
    kinds = {answer[:2] for answer in ALL}
    assert kinds == {"\x1b[", "\x1bP", "\x1b]", "\x1b_", "\x1b^", "\x1bX"}
    assert max(map(len, ALL)) > 100


@pytest.mark.parametrize("answer", EACH)
def test_an_answer_that_comes_byte_by_byte_is_no_key(answer: str) -> None:
    line = Line()
    for character in answer:
        line.send(character, 0.09)
    line.send(TYPED)
    assert line.keys == PRESSED


@pytest.mark.parametrize("wait", [0.0, 0.09, 0.4])
def test_an_answer_in_two_pieces_is_no_key_wherever_it_is_cut(wait: float) -> None:
    for answer in SINGLE:
        for cut in range(len(answer) + 1):
            line = Line()
            line.send(answer[:cut], wait)
            line.send(answer[cut:] + TYPED)
            assert line.keys == PRESSED, (answer, cut)


def test_an_answer_that_nobody_waits_for_any_more_is_no_key() -> None:
    for answer in (answer for answer in SINGLE if answer[1] in "[]P_"):
        for cut in (0, *range(3, len(answer))):
            line = Line(expecting=False)
            line.send(answer[:cut], 20.0)
            line.send(answer[cut:] + TYPED)
            assert line.keys == PRESSED, (answer, cut)


def test_what_follows_an_esc_that_was_taken_for_escape_is_no_command() -> None:
    for answer in (answer for answer in SINGLE if answer[1] in "[]"):
        line = Line(expecting=False)
        for character in answer:
            line.send(character, 0.15)
        line.send(TYPED)
        assert line.keys == ["escape", *PRESSED], answer


def pieces(text: str, cuts: set[int]) -> list[str]:
    edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(
    st.lists(st.sampled_from(NOT_LAST) | st.sampled_from(sorted(KEYS)), max_size=8),
    st.sets(st.integers(1, 600), max_size=30),
    st.lists(st.sampled_from([0.0, 0.05, 0.09, 0.3, 0.45]), min_size=31, max_size=31),
)
def test_keys_among_answers_are_the_keys_that_were_pressed(
    sent: list[str], cuts: set[int], waits: list[float]
) -> None:
    line = Line()
    for piece, wait in zip(pieces("".join(sent), cuts), waits, strict=False):
        line.parser._splitter.expecting = float("inf")
        line.send(piece, wait)
    assert line.keys == [KEYS[piece] for piece in sent if piece in KEYS]


BODY = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=250)
STRINGS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        [
            "\x1bP>|",
            "\x1bP1+r",
            "\x1bP!|",
            "\x1b]11;",
            "\x1b]52;c;",
            "\x1b_G",
            "\x1b^",
            "\x1bX",
        ]
    ),
    BODY,
    st.sampled_from(["\x1b\\", "\x07", "\x9c"]),
)
CONTROLS = st.builds(
    "\x1b[{}{}{}{}".format,
    st.sampled_from("?>="),
    st.lists(st.integers(0, 9999), max_size=50).map(
        lambda numbers: ";".join(map(str, numbers))
    ),
    st.sampled_from(["", "$", " ", "*"]),
    st.sampled_from("cnRtyxmS"),
)


@given(STRINGS | CONTROLS, st.sets(st.integers(1, 256), max_size=20))
def test_no_answer_of_any_reasonable_length_is_a_key(
    answer: str, cuts: set[int]
) -> None:
    line = Line()
    for piece in pieces(answer, cuts):
        line.send(piece, 0.09)
    line.send(TYPED)
    assert line.keys == PRESSED


@pytest.mark.parametrize(
    "beyond",
    ["\x1b]52;c;" + "A" * 9000 + "\x07", "\x1b[?" + "1;" * 4000 + "c"],
)
def test_an_answer_beyond_all_reason_is_none_either(beyond: str) -> None:
    line = Line()
    line.send(beyond + TYPED)
    assert line.keys == PRESSED


@pytest.mark.parametrize(
    "begun",
    ["\x1b[", "\x1b[?64;1", "\x1b]11;rgb:", "\x1bP>|XTerm", "\x1b_Gi=3", "\x1bO"],
)
@pytest.mark.parametrize("key", ["\x03", "\r", "\x1b[A", "\x1bOP"])
def test_an_answer_that_is_cut_off_swallows_no_key_that_ends_it(
    begun: str, key: str
) -> None:
    line = Line()
    line.send(begun + key + "j")
    assert line.keys[-2:] == [{"\x03": "ctrl+c", **KEYS}[key], "j"]


def test_an_answer_to_what_the_terminal_is_ends_the_waiting_for_more() -> None:
    line = Line()
    line.send("\x1b", 0.2)
    assert line.keys == []
    line.send("[?62;52c")
    line.send("\x1b", 0.1)
    assert line.keys == ["escape"]


def test_a_terminal_that_never_answers_is_waited_for_no_longer_than_it_may_take() -> (
    None
):
    line = Line()
    line.send("", 3.0)
    line.send("\x1b", 0.1)
    assert line.keys == ["escape"]


def test_the_terminals_word_on_itself_is_heard() -> None:
    parser = KeyParser()
    heard = [
        message
        for character in ANSWERS["xterm 379"]["da1"]
        for message in parser.feed(character)
        if isinstance(message, TerminalAttributes)
    ]
    assert [told.numbers for told in heard] == [
        frozenset({64, 1, 2, 6, 9, 15, 16, 17, 18, 21, 22, 28})
    ]
