from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from tui.terminal.key_parser import KeyParser, TerminalAttributes

ALT = {"\x1bo": "alt+o", "\x1br": "alt+r", "\x1bN": "alt+shift+n"}
PLAIN = {
    "j": "j",
    "\x1b[A": "up",
    "\x1bOP": "f1",
    "\x1b[[A": "f1",
    "\x1b[15~": "f5",
    "ø": "ø",
    "\r": "enter",
}
KEYS = ALT | PLAIN | {"\x1b[111;3u": "alt+o", "\x1b[Z": "shift+tab"}


# Textual reads them as the key without alt, or as what a Mac would type.
WITHOUT_ALT = {
    sequence
    for sequence in ANSI_SEQUENCES_KEYS
    if len(sequence) == 2 and sequence not in KEYS
}


class Line:
    """A parser with its own clock, and the keys that it passed on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.parser = KeyParser(clock=lambda: self.now)
        self.keys: list[str] = []
        self.pasted: list[str] = []

    def send(self, data: str, wait: float = 0.0) -> None:
        for message in [*self.parser.feed(data), *self._after(wait)]:
            if isinstance(message, events.Key):
                self.keys.append(message.key)
            elif isinstance(message, events.Paste):
                self.pasted.append(message.text)

    def _after(self, wait: float) -> list[object]:
        self.now += wait
        return list(self.parser.tick())


@pytest.fixture
def line() -> Line:
    return Line()


@given(st.lists(st.sampled_from(sorted(KEYS)), max_size=8), st.sets(st.integers(1, 40)))
def test_keys_that_come_together_or_in_pieces_are_the_keys_that_were_pressed(
    pressed: list[str], cuts: set[int]
) -> None:
    sent, keys = "".join(pressed), []
    edges = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    parser = KeyParser()
    for start, end in pairwise(edges):
        keys += [
            message.key
            for message in parser.feed(sent[start:end])
            if isinstance(message, events.Key)
        ]
    assert keys == [KEYS[sequence] for sequence in pressed]


@pytest.mark.parametrize("wait", [0.0, 0.05, 0.09])
def test_a_key_with_alt_may_be_cut_by_the_line(line: Line, wait: float) -> None:
    line.send("\x1b", wait)
    line.send("o")
    assert line.keys == ["alt+o"]


def test_escape_alone_is_escape_after_a_tenth_of_a_second(line: Line) -> None:
    line.send("\x1b", 0.1)
    assert line.keys == ["escape"]
    line.send("o\x1b[A\x1b")
    line.send("\x1b", 0.1)
    assert line.keys == ["escape", "o", "up", "escape", "escape"]


def test_an_arrow_may_be_cut_for_longer(line: Line) -> None:
    line.send("\x1b[1", 0.5)
    line.send(";5", 0.5)
    line.send("A")
    assert line.keys == ["ctrl+up"]


@pytest.mark.parametrize(
    "answer", ["\x1b[?64;1;52c", "\x1b[?2048;0$y", "\x1b[>1;4000;0c", "\x1b[12;34z"]
)
def test_what_a_terminal_answers_is_never_taken_for_keys(
    line: Line, answer: str
) -> None:
    line.send(answer + "j", 2.0)
    assert line.keys == ["j"]


# The mark of its beginning can't be told from keys until it has come as far as its
# third character.
@pytest.mark.parametrize("cut", range(3, 19))
def test_a_paste_holds_no_keys_and_ends_however_the_line_cuts_it(
    line: Line, cut: int
) -> None:
    sent = "\x1b[200~a\x1bob\x1b\x1b[201~j"
    line.send(sent[:cut], 0.5)
    line.send(sent[cut:], 0.5)
    assert line.pasted == ["aob"]
    assert line.keys == ["j"]


@given(st.sets(st.integers(0, 99), max_size=6), st.integers(1, 12))
def test_what_the_terminal_says_of_itself_is_heard_and_is_no_key(
    numbers: set[int], cut: int
) -> None:
    sent = f"\x1b[?{';'.join(map(str, sorted(numbers)))}cj"
    parser = KeyParser()
    messages = [*parser.feed(sent[:cut]), *parser.feed(sent[cut:])]
    told = [
        message.numbers
        for message in messages
        if isinstance(message, TerminalAttributes)
    ]
    assert told == [frozenset(numbers)]
    assert [message.key for message in messages if isinstance(message, events.Key)] == [
        "j"
    ]


@given(
    st.integers(0, 0x110000),
    st.sampled_from(["\x1b[{}u", "\x1b[97;1;{}u", "\x1b[{};3u"]),
)
def test_a_terminal_sends_no_character_that_cannot_be_written(
    number: int, sequence: str
) -> None:
    for message in KeyParser().feed(sequence.format(number)):
        if isinstance(message, events.Key) and message.is_printable:
            (message.character or "").encode()
            assert message.character != "\0"


@pytest.mark.parametrize("number", [0xD800, 0xDFFF])
def test_half_a_surrogate_pair_is_no_key(number: int) -> None:
    assert not list(KeyParser().feed(f"\x1b[{number}u"))


@pytest.mark.parametrize(
    ("pressed", "key"), [("\x03", "ctrl+c"), ("\x0c", "ctrl+l"), ("\x1b", "escape")]
)
def test_a_paste_that_lost_its_end_is_left_by_a_key(
    line: Line, pressed: str, key: str
) -> None:
    line.send("\x1b[200~web", wait=1.5)
    line.send(pressed, wait=0.2)
    line.send("j")
    assert line.pasted == ["web"]
    assert line.keys == [key, "j"]


def test_a_paste_that_stalls_goes_on_and_is_no_row_of_keys(line: Line) -> None:
    line.send("\x1b[200~web", wait=60)
    line.send("-production\x03 d\x1b[20", wait=60)
    line.send("1~")
    assert line.pasted == ["web-production\x03 d"]
    assert line.keys == []


@pytest.mark.parametrize(
    "sequence", sorted(set(ANSI_SEQUENCES_KEYS) - WITHOUT_ALT - {"\x9b"})
)
def test_every_key_that_textual_knows_is_read_as_textual_reads_it(
    sequence: str,
) -> None:
    both: list[list[str]] = []
    for parser in (XTermParser(), KeyParser()):
        messages = parser.feed(sequence)
        both.append(
            [message.key for message in messages if isinstance(message, events.Key)]
        )
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b/", "alt+slash"),
        ("\x1b.", "alt+full_stop"),
        ("\x1b1", "alt+1"),
        ("\x1b\r", "alt+enter"),
        ("\x1b ", "alt+space"),
        ("\x1b\x1b[A", "alt+up"),
        ("\x1b\x1bOP", "alt+f1"),
        ("\x1b\x03", "alt+ctrl+c"),
        ("\x1bb", "ctrl+left"),
        ("\x1b\x7f", "ctrl+w"),
    ],
)
def test_a_key_with_alt_is_never_the_key_without(
    line: Line, sent: str, key: str
) -> None:
    line.send(sent)
    assert line.keys == [key]


@pytest.mark.parametrize("sequence", ["\x1b,", "\x1bx", "\x1b1"])
def test_a_key_with_alt_types_nothing(sequence: str) -> None:
    assert [message.character for message in KeyParser().feed(sequence)] == [None]  # type: ignore[attr-defined]


@pytest.mark.parametrize("waits", [(0.15, 0.0), (0.15, 0.09)])
@pytest.mark.parametrize("sequence", ["\x1b[A", "\x1b[1;5A", "\x1bOP"])
def test_a_key_whose_esc_came_too_early_is_no_command_by_its_letter(
    line: Line, sequence: str, waits: tuple[float, float]
) -> None:
    line.send(sequence[0], waits[0])
    line.send(sequence[1], waits[1])
    line.send(sequence[2:])
    assert line.keys == [
        "escape",
        {"\x1b[1;5A": "ctrl+up"}.get(sequence) or KEYS[sequence],
    ]


def test_a_letter_after_escape_is_that_letter(line: Line) -> None:
    line.send("\x1b", 0.15)
    line.send("O", 0.15)
    line.send("P")
    assert line.keys == ["escape", "O", "P"]


@pytest.mark.parametrize("data", ["\udcefj", "\udcff\udc80j", "\x9cj"])
def test_a_byte_that_is_no_text_is_passed_over(line: Line, data: str) -> None:
    line.send(data)
    assert line.keys[-1:] == ["j"]
    assert len(line.keys) <= 2


# What terminals send for a key with these modifiers held, by number and letter, and the
# key that it is; None for one that is to be passed over.
IN_NUMBERS: dict[str, str | None] = {
    # xterm, modifyOtherKeys 1 and 2
    "\x1b[27;5;99~": "ctrl+c",
    "\x1b[27;6;67~": "ctrl+shift+c",
    "\x1b[27;3;111~": "alt+o",
    "\x1b[27;4;78~": "alt+shift+n",
    "\x1b[27;2;78~": "N",
    "\x1b[27;2;63~": "question_mark",
    "\x1b[27;3;13~": "alt+enter",
    "\x1b[27;5;13~": "ctrl+enter",
    "\x1b[27;2;9~": "shift+tab",
    "\x1b[27;3;47~": "alt+slash",
    # xterm's formatOtherKeys, tmux's csi-u, VTE, Windows Terminal, iTerm2
    "\x1b[99;5u": "ctrl+c",
    "\x1b[111;3u": "alt+o",
    "\x1b[78;4u": "alt+shift+n",
    "\x1b[78;3u": "alt+shift+n",
    "\x1b[78;2u": "N",
    "\x1b[13;3u": "alt+enter",
    "\x1b[27;5u": "ctrl+escape",
    "\x1b[32;5u": "ctrl+space",
    "\x1b[1;3A": "alt+up",
    "\x1b[1;5P": "ctrl+f1",
    "\x1b[3;5~": "ctrl+delete",
    # kitty's protocol: text, event types, other layouts, caps and num lock
    "\x1b[110;;110u": "n",
    "\x1b[110u": "n",
    "\x1b[110:78;2;78u": "N",
    "\x1b[110:78;2u": "N",
    "\x1b[49:33;2;33u": "exclamation_mark",
    "\x1b[110;65;78u": "N",
    "\x1b[110;129;110u": "n",
    "\x1b[111;131u": "alt+o",
    "\x1b[111;3:1u": "alt+o",
    "\x1b[111;3:2u": "alt+o",
    "\x1b[111;3:3u": None,
    "\x1b[99;1:3u": None,
    "\x1b[1;1:3A": None,
    "\x1b[1;1:2A": "up",
    "\x1b[1;5:1A": "ctrl+up",
    "\x1b[3;1:3~": None,
    "\x1b[111;3;248u": "ø",
    "\x1b[13u": "enter",
    "\x1b[13;1:1u": "enter",
    "\x1b[9;2u": "shift+tab",
    "\x1b[27u": "escape",
    # layouts that aren't Latin: by the place that is told, or by the letter
    "\x1b[1089::99;5u": "ctrl+c",
    "\x1b[1089:1057:99;5u": "ctrl+c",
    "\x1b[1089::99;5:1u": "ctrl+c",
    "\x1b[1089::99;5:3u": None,
    "\x1b[1089;5u": "ctrl+c",
    "\x1b[1097;3u": "alt+o",
    "\x1b[1097::111;3u": "alt+o",
    "\x1b[1090:1058:110;4u": "alt+shift+n",
    "\x1b[968;5u": "ctrl+c",
    "\x1b[1489;5u": "ctrl+c",
    "\x1b[1572;5u": "ctrl+c",
    "\x1b[1089::99;;1089u": "с",
    "\x1bщ": "alt+o",
    # A layout of Latin letters has its own: ctrl+z is what is written on the key.
    "\x1b[122::121;5u": "ctrl+z",
}


@pytest.mark.parametrize(("sent", "key"), IN_NUMBERS.items())
def test_a_key_in_numbers_is_read_with_its_modifiers_or_passed_over(
    line: Line, sent: str, key: str | None
) -> None:
    line.send(f"{sent}j")
    assert line.keys == [*([key] if key else []), "j"]


def test_what_an_input_method_composes_is_typed(line: Line) -> None:
    family = [128104, 8205, 128105, 8205, 128103]
    line.send(f"\x1b[0;;{':'.join(map(str, family))}uj")
    assert line.keys[-1] == "j"


@given(
    st.lists(st.integers(0, 2**32), min_size=1, max_size=3),
    st.integers(0, 300),
    st.integers(0, 9),
    st.lists(st.integers(0, 2**21), max_size=3),
    st.sampled_from("u~ABCDEFHPQS"),
)
def test_numbers_that_mean_nothing_end_nothing(
    codes: list[int], modifiers: int, event: int, text: list[int], final: str
) -> None:
    parts = ":".join(map(str, codes)), f"{modifiers}:{event}", ":".join(map(str, text))
    parser = KeyParser()
    messages = [*parser.feed(f"\x1b[{';'.join(parts)}{final}j")]
    keys = [message for message in messages if isinstance(message, events.Key)]
    assert keys[-1].key == "j"
    if modifiers and modifiers - 1 & 4 and not text:
        assert all("ctrl+" in key.key or "_" in key.key for key in keys[:-1])
