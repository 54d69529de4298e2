"""Keys as the terminal sends them, where Textual's reading of them loses some on a slow line.

Relied upon in Textual: `XTermParser.feed` and `tick`, and `_timeout_time`, the moment at which a sequence
that has begun is taken for separate keys, None while none has begun; and `_parse_extended_key`, which reads
the numbers of a key. The tests tell if it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from time import monotonic

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Event, Key
from textual.message import Message

from tui.display import flaw

_ESC = "\x1b"
# What follows ESC here may begin a longer sequence; anything else is a key pressed with alt, and whole.
_OPENERS = "[O" + _ESC
# Whole by its grammar, without the two that go on: a click of an old mouse, and F1 to F5 of Linux's console.
_WHOLE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-LN-Z\\-~]")
# What a terminal says of itself when it is asked by `CSI c`.
_ATTRIBUTES = re.compile(r"\x1b\[\?([\d;]*)c")
_PATIENCE = 0.9
_WAY_OUT = ("\x03", "\x0c", _ESC)
"""Ctrl+c, ctrl+l and Esc: what is pressed where nothing else helps."""
_STALLED = 1.0
"""Seconds without a character, after which a paste may have lost its end."""


class TerminalAttributes(Event, bubble=False):
    """What the terminal can do, by the numbers of DA1: 52 for one that takes copies."""

    def __init__(self, numbers: frozenset[int]) -> None:
        super().__init__()
        self.numbers = numbers


class KeyParser(XTermParser):
    """Textual's parser, which neither waits for what is whole nor cuts what is not.

    - A key with alt is given on at once, so that the next one in the same read can't spoil it.
    - A sequence has a second to come, however the line cuts it; one that means nothing is no row of keys.
    - A paste may hold anything, escape characters too: they are dropped, and what follows is no key.
    - One that never ends, since the line lost its end, is ended by Esc, ctrl+c or ctrl+l, pressed alone.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._sequence = ""
        self._pasting = False
        self._heard_at = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """Take what was read, if anything; the keys that it completes."""
        yield from self._stalled_paste(data)
        for character in data:
            yield from self._paste(character) if self._pasting else self._type(character)

    def _stalled_paste(self, data: str) -> Iterable[Message]:
        """What came of a paste that stands still, where a key says that nothing more is to come.

        The rest may be on its way all the same, so time alone ends none: it would be keys.
        """
        now = monotonic()
        if self._pasting and data in _WAY_OUT and now - self._heard_at > _STALLED:
            self._pasting, self._sequence = False, ""
            yield from super().feed(BRACKETED_PASTE_END)
        if data:
            self._heard_at = now

    def _type(self, character: str) -> Iterable[Message]:
        if character == _ESC and self._sequence != _ESC:
            yield from self._end_sequence()
        before, self._sequence = self._sequence, "" if character == _ESC else self._sequence
        yield from super().feed(character)
        self._sequence += character
        if self._timeout_time is None:
            self._pasting = self._sequence == BRACKETED_PASTE_START
            self._sequence = ""
        elif before == _ESC and character not in _OPENERS:
            yield from self._end_sequence()
        elif _WHOLE.fullmatch(self._sequence):
            told = _ATTRIBUTES.fullmatch(self._sequence)
            list(self._end_sequence())
            if told:
                yield TerminalAttributes(frozenset(int(number) for number in told[1].split(";") if number))
        elif self._sequence.startswith(_ESC + "[") and character != "[":
            self._timeout_time += _PATIENCE

    def _paste(self, character: str) -> Iterable[Message]:
        held, self._sequence = self._sequence + character, ""
        if held == BRACKETED_PASTE_END:
            self._pasting = False
            yield from super().feed(held)
        elif BRACKETED_PASTE_END.startswith(held):
            self._sequence = held
        else:
            self._sequence = _ESC if character == _ESC else ""
            text = held.replace(_ESC, "")
            if text:
                yield from super().feed(text)

    def _parse_extended_key(self, sequence: str) -> list[Key] | None:  # type: ignore[override]  # cached there
        """No keys where the numbers are those of none, as when the line garbles one; Textual would end.

        Nor where they are those of a character that can't be written.
        """
        try:
            keys = super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):
            return []
        return keys and [key for key in keys if not flaw(key.character or "")]

    def _end_sequence(self) -> Iterable[Message]:
        """What has come of a sequence, taken for keys now."""
        self._sequence = ""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from self.tick()
