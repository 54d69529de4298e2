"""Finds where a terminal's sequences begin and end, by the grammar of ECMA-48.

Terminals answer queries, report the focus and send keys on one line, and the line may
cut any of them anywhere. A key is a command here, so only whole sequences are passed
on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from time import monotonic

ESC = "\x1b"
CSI = ESC + "["
SS3 = ESC + "O"

_STRINGS = frozenset("P]_^X")
"""What begins a string after ESC: DCS, OSC, APC, PM and SOS."""

_RARE = frozenset("^X")
"""The ones that no terminal is known to send."""

_OPENERS = frozenset("[O") | _STRINGS
_BEGUN_LATE = frozenset("[]O")
"""What may follow an ESC that was taken for Escape: no command has these keys."""

_BEL, _ST, _CANCELS = "\x07", "\x9c", "\x18\x1a"
_STRING_BEGINS = {"P": re.compile(r"[ -?]"), "]": re.compile(r"[0-9lLI]")}
"""How such a string continues if a terminal sends it; alt and a letter doesn't."""

_C1 = (0x90, 0x98, 0x9B, 0x9D, 0x9E, 0x9F)
_ONE_BYTE = {chr(code): ESC + chr(code - 0x40) for code in _C1}
_SURROGATES, _BARE_ST = range(0xDC80, 0xDD00), "\udc9c"
"""What Python decodes a byte that isn't UTF-8 to."""

# Complete before the grammar says so: urxvt's shifted keys, the Linux console's F1–F5.
_ODD_KEY = re.compile(r"\x1b\[(?:\d+\$|\[[A-E])")
_OLD_MOUSE, _ITS_LENGTH = CSI + "M", 6
_PARAMETER = re.compile(r"[ -?]")
_FINAL = re.compile(r"[@-~]")
_KEYPAD_OF_MODE = frozenset("ABCDFHPQRS")

_LONGEST = 4096
_LATE = 2.0
"""Seconds after an Escape during which the rest of a sequence may still come."""

_FOR_AN_ANSWER = 0.5
_FOR_SS3 = 0.5
_FOR_AN_OPENER = 2.0
_FOR_THE_REST = 30.0
"""Seconds to wait for the rest of a sequence, since a line may stall.

The more certain it is that this is a sequence, the longer the wait.
"""


class Splitter:
    """Splits input into characters and whole sequences.

    It yields a character, ESC for the Escape key, ESC and a character for one with alt,
    `ESC O` for alt+shift+o, and sequences from their ESC to their end. Sequences that
    are cut off for good are dropped.

    Attributes:
        expecting: Until when answers are likely, so that an ESC waits longer for the
            rest.
    """

    def __init__(
        self,
        escape_delay: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._escape_delay = escape_delay
        self._clock = clock
        self._begun = ""
        self._deadline = 0.0
        self._escaped = float("-inf")
        self._in_late = False
        self.expecting = float("-inf")

    @property
    def waiting(self) -> bool:
        """Whether a sequence has begun but not ended."""
        return bool(self._begun)

    def feed(self, character: str) -> Iterator[str]:
        """Yield what this character completes."""
        for single in _as_seven_bits(character):
            yield from self._take(single)

    def tick(self) -> Iterator[str]:
        """Yield what is complete because nothing more came in time."""
        if self._begun and self._clock() >= self._deadline:
            begun, late = self._begun, self._in_late
            self._drop()
            yield from self._run_out(begun, late)

    def _run_out(self, begun: str, late: bool) -> Iterator[str]:
        if late:
            yield from begun[1:] if begun == SS3 else ""
        elif begun in (ESC, ESC + ESC):
            self._escaped = self._clock()
            yield from begun
        elif begun == SS3:
            yield begun

    def _take(self, character: str) -> Iterator[str]:
        begun = self._begun
        if not begun:
            yield from self._start(character)
        elif begun in (ESC, ESC + ESC):
            yield from self._after_escape(begun, character)
        elif begun.lstrip(ESC)[0] in _STRINGS:
            yield from self._in_string(character)
        elif character == ESC:
            self._drop()
            yield from _alone(begun)
            self._hold(ESC)
        elif begun.lstrip(ESC)[0] == "O":
            yield from self._in_ss3(character)
        else:
            yield from self._in_csi(character)

    def _start(self, character: str) -> Iterator[str]:
        late = character in _BEGUN_LATE and self._clock() < self._escaped + _LATE
        self._escaped = float("-inf")
        if late:
            self._in_late = True
            self._hold(ESC + character)
        elif character == ESC:
            self._hold(ESC)
        else:
            yield character

    def _after_escape(self, begun: str, character: str) -> Iterator[str]:
        if character == ESC:
            if begun != ESC:
                yield ESC
            self._hold(ESC + ESC)
        elif character in _OPENERS:
            self._hold(begun + character)
        else:
            self._drop()
            yield from begun[1:]
            yield ESC + character

    def _in_csi(self, character: str) -> Iterator[str]:
        whole = self._begun + character
        plain = whole.lstrip(ESC)
        if plain == "[[" or ESC + plain == _OLD_MOUSE:
            self._hold(whole)
        elif whole.startswith(_OLD_MOUSE):
            yield from self._end_or_hold(whole, len(whole) == _ITS_LENGTH)
        elif _ODD_KEY.fullmatch(ESC + plain):
            yield from self._end_or_hold(whole, True)
        elif _PARAMETER.match(character):
            yield from self._end_or_hold(whole, False)
        elif _FINAL.match(character):
            yield from self._end_or_hold(whole, True)
        else:
            self._drop()
            yield from self._start(character)

    def _in_ss3(self, character: str) -> Iterator[str]:
        begun, late = self._begun, self._in_late
        if late and character not in _KEYPAD_OF_MODE:
            self._drop()
            yield begun[1:]
            yield from self._start(character)
        elif _PARAMETER.match(character):
            self._hold(begun + character)
        elif _FINAL.match(character):
            yield from self._end_or_hold(begun + character, True)
        else:
            self._drop()
            yield from _alone(begun)
            yield from self._start(character)

    def _in_string(self, character: str) -> Iterator[str]:
        begun = self._begun
        introducer, body = begun.lstrip(ESC)[0], begun.lstrip(ESC)[1:]
        begins = _STRING_BEGINS.get(introducer)
        if body.endswith(ESC):
            yield from self._after_escape_in_string(character)
        elif character in (_BEL, _ST):
            yield from self._end_or_hold(begun + character, True)
        elif character == ESC:
            self._hold(begun + character)
        elif character in _CANCELS:
            self._drop()
        elif character < " " or (not body and begins and not begins.match(character)):
            self._drop()
            yield from self._start(character)
        else:
            yield from self._end_or_hold(begun + character, False)

    def _after_escape_in_string(self, character: str) -> Iterator[str]:
        """End the string.

        urxvt omits the second half of ST, and a line may cut it off.
        """
        begun = self._begun
        self._drop()
        if character == "\\":
            yield begun + character
        elif character == ESC or character in _OPENERS:
            self._hold(ESC if character == ESC else ESC + character)
        else:
            yield from self._start(character)

    def _end_or_hold(self, sequence: str, ends: bool) -> Iterator[str]:
        if ends:
            self._drop()
            yield sequence
        else:
            self._hold(sequence)

    def _hold(self, sequence: str) -> None:
        if len(sequence) > _LONGEST:
            # Its end still counts.
            sequence = sequence[:_LONGEST] + sequence[-1]
        self._begun = sequence
        self._deadline = self._clock() + self._patience(sequence.lstrip(ESC))

    def _patience(self, after_escape: str) -> float:
        if not after_escape:
            expects = self._clock() < self.expecting
            return max(self._escape_delay, _FOR_AN_ANSWER if expects else 0)
        if after_escape == "O":
            return self._escape_delay if self._in_late else _FOR_SS3
        sure = len(after_escape) > 1 and after_escape[0] not in _RARE
        return _FOR_THE_REST if sure else _FOR_AN_OPENER

    def _drop(self) -> None:
        self._begun, self._in_late = "", False


def _alone(begun: str) -> Iterator[str]:
    """Yield the key that an unfinished sequence turned out to be."""
    if begun == SS3:
        yield begun


def _as_seven_bits(character: str) -> str:
    """Return a C1 control as its two 7-bit characters, and invalid bytes as ""."""
    if ord(character) in _SURROGATES:
        # urxvt ends its strings like this.
        return _ST if character == _BARE_ST else ""
    return _ONE_BYTE.get(character, character)
