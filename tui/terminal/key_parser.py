"""Parses the terminal's keys, which Textual misreads on slow lines.

We rely on these parts of Textual's `XTermParser`, besides `feed` and `tick`:
`_timeout_time`, when an unfinished sequence is treated as separate keys, None if there
is none; `_sequence_to_key_events`, which names a key; and `_parse_extended_key`, which
reads a key in numbers. tests/terminal/test_key_parser.py fails if one goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from time import monotonic

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import (
    BRACKETED_PASTE_END,
    BRACKETED_PASTE_START,
    XTermParser,
)
from textual.events import Event, Key
from textual.message import Message

from tui.display import flaw
from tui.terminal.layouts import at_place
from tui.terminal.sequences import CSI, ESC, SS3, Splitter

# The answers to `CSI c` (what the terminal is) and `CSI ? number $ p` (a mode's state).
_ATTRIBUTES = re.compile(r"\x1b\[\?([\d;]*)c")
_MODE = re.compile(r"\x1b\[\?(\d+);(\d)\$y")
_LONGEST_KEY = 32
"""Characters beyond which Textual treats a sequence as separate keys."""

# A key as numbers: kitty's protocol, `CSI u`, and xterm's modifyOtherKeys.
_NUMBERS = re.compile(r"\x1b\[([\d:;]+)([u~ABCDEFHPQS])")
_OTHER_KEY = "27"
_SHIFT, _ALT, _CTRL, _LOCKS = 1, 2, 4, 64 | 128
_RELEASED = 3

_ANSWERED_WITHIN = 3.0

_WAY_OUT = ("\x03", "\x0c", ESC)
"""Ctrl+c, ctrl+l and Esc: what people press when nothing else helps."""
_STALLED = 1.0
"""Seconds without a character after which a paste may have lost its end."""

_SURROGATES = re.compile("[\ud800-\udfff]")


class TerminalAttributes(Event, bubble=False):
    """What the terminal can do, as DA1's numbers: 52 means that it accepts copies."""

    def __init__(self, numbers: frozenset[int]) -> None:
        super().__init__()
        self.numbers = numbers


class TerminalMode(Event, bubble=False):
    """A mode's state (DECRPM): 0 unknown, 1 set, 2 reset, 3 and 4 the same for good."""

    def __init__(self, mode: int, state: int) -> None:
        super().__init__()
        self.mode = mode
        self.state = state


class KeyParser(XTermParser):
    """Textual's parser, but only fed whole sequences.

    - A terminal's answer, or any part of one, is never a key, however the line cuts it.
    - A key with alt is passed on at once, and is never the key without alt.
    - A paste may contain anything, even escape characters: they are dropped, and what
      follows isn't a key.
    - If the line loses a paste's end, Esc, ctrl+c or ctrl+l ends it, pressed on its
      own.
    """

    def __init__(
        self, debug: bool = False, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(debug)
        self._clock = clock
        self._splitter = Splitter(constants.ESCAPE_DELAY, clock)
        self._pasting = False
        self._held = ""
        self._heard_at = 0.0

    def expect_answers(self) -> None:
        """Let an ESC wait longer until the terminal has answered or is unlikely to."""
        self._splitter.expecting = self._clock() + _ANSWERED_WITHIN

    def feed(self, data: str) -> Iterable[Message]:
        """Take input, and return the keys that it completes."""
        yield from self._stalled_paste(data)
        for character in data:
            if self._pasting:
                yield from self._paste(character)
            else:
                for piece in self._splitter.feed(character):
                    yield from self._give(piece)

    def _stalled_paste(self, data: str) -> Iterable[Message]:
        """End a stalled paste once a key shows that nothing more will come.

        Time doesn't end it: the rest may be on its way, and would be taken for keys.
        """
        now = self._clock()
        if self._pasting and data in _WAY_OUT and now - self._heard_at > _STALLED:
            self._pasting, self._held = False, ""
            yield from super().feed(BRACKETED_PASTE_END)
        if data:
            self._heard_at = now

    def tick(self) -> Iterable[Message]:
        """Return the keys that are complete because nothing more came in time."""
        for piece in self._splitter.tick():
            yield from self._give(piece)

    def _give(self, piece: str) -> Iterable[Message]:
        if piece == ESC:
            yield Key("escape", ESC)
        elif len(piece) == 1:
            yield from self._feed_whole(_SURROGATES.sub("", piece))
        elif piece == SS3:
            yield Key("alt+shift+o", None)
        elif piece.startswith(ESC + ESC):
            yield from _with_alt(self._give(piece[1:]))
        elif len(piece) == len(ESC) + 1:
            yield from self._alt(piece)
        elif piece.startswith((CSI, SS3)):
            yield from self._control(piece)

    def _alt(self, piece: str) -> Iterable[Message]:
        known = ANSI_SEQUENCES_KEYS.get(piece)
        if isinstance(known, tuple):
            yield from self._sequence_to_key_events(piece)
        else:
            place = at_place(piece[1:])
            yield from _with_alt(self._sequence_to_key_events(place, alt=True))

    def _control(self, sequence: str) -> Iterable[Message]:
        if told := _ATTRIBUTES.fullmatch(sequence):
            self._splitter.expecting = self._clock()
            numbers = filter(None, told[1].split(";"))
            yield TerminalAttributes(frozenset(map(int, numbers)))
            return
        if told := _MODE.fullmatch(sequence):
            yield TerminalMode(int(told[1]), int(told[2]))
        if len(sequence) <= _LONGEST_KEY:
            yield from self._feed_whole(sequence)
        else:
            yield from self._parse_extended_key(sequence) or ()
        self._pasting = sequence == BRACKETED_PASTE_START

    def _feed_whole(self, sequence: str) -> Iterable[Message]:
        """Return the keys that Textual makes of a whole sequence."""
        if not sequence:
            return
        yield from super().feed(sequence)
        if self._timeout_time is not None:
            # Textual doesn't know it, and would treat it as separate keys.
            self._timeout_time = 0.0
            list(super().tick())

    def _paste(self, character: str) -> Iterable[Message]:
        held, self._held = self._held + character, ""
        if held == BRACKETED_PASTE_END:
            self._pasting = False
            yield from super().feed(held)
        elif BRACKETED_PASTE_END.startswith(held):
            self._held = held
        else:
            self._held = ESC if character == ESC else ""
            text = _SURROGATES.sub("", held.replace(ESC, ""))
            if text:
                yield from super().feed(text)

    # Textual's is cached, which changes its type.
    def _parse_extended_key(  # type: ignore[override]
        self, sequence: str
    ) -> list[Key] | None:
        """Read a key in numbers, unless its character isn't printable."""
        try:
            keys = self._keys_in_numbers(sequence)
        except (ValueError, OverflowError):
            return []
        if keys is None:
            return None
        return [key for key in keys if not flaw(key.character or "")]

    def _keys_in_numbers(self, sequence: str) -> list[Key] | None:
        numbers = KeyNumbers.read(sequence)
        if numbers is None:
            return super()._parse_extended_key(sequence)
        if numbers.event == _RELEASED:
            return []
        if typed := numbers.typed:
            return list(chain.from_iterable(map(self._sequence_to_key_events, typed)))
        return super()._parse_extended_key(numbers.for_textual)


@dataclass(frozen=True)
class KeyNumbers:
    """A key that a terminal sends as numbers, in any of the three forms.

    Attributes:
        code: The character without modifiers.
        shifted: The character with shift; 0 if not sent.
        base: The character at its place on a US keyboard; 0 if not sent.
        held: A bit for each modifier.
        event: Whether the key was pressed, repeated or released.
        text: What the key types, if sent.
        final: The last character of the sequence, which identifies its form.
    """

    code: int
    shifted: int
    base: int
    held: int
    event: int
    text: str
    final: str

    @classmethod
    def read(cls, sequence: str) -> KeyNumbers | None:
        """Return the numbers of a sequence; None if it has none.

        Raises:
            ValueError: for something that isn't a number or a character's code.
            OverflowError: for a number beyond all characters.
        """
        found = _NUMBERS.fullmatch(sequence)
        if found is None:
            return None
        fields, final = found[1].split(";"), found[2]
        if len(fields) == 1 and final != "u":
            return None
        if final == "~" and fields[0] == _OTHER_KEY and len(fields) == 3:
            # modifyOtherKeys has the same numbers in another order.
            _, held_then, code_then = fields
            fields, final = [code_then, held_then], "u"
        codes, modifiers, text = (*fields, "", "")[:3]
        code, shifted, base = map(_number, (*codes.split(":"), "", "")[:3])
        held, event = map(_number, (*modifiers.split(":"), "")[:2])
        return cls(
            code=code or 1,
            shifted=shifted,
            base=base,
            # It's sent as the bits plus one; ignore caps lock and num lock.
            held=max(0, held - 1) & ~_LOCKS,
            event=event,
            text="".join(chr(int(part)) for part in text.split(":") if part),
            final=final,
        )

    @property
    def typed(self) -> str:
        """The text that the key types, if it's at most one character."""
        if self.final != "u" or f"{self.code}u" in FUNCTIONAL_KEYS:
            return ""
        if self.text:
            return self.text if min(self.text) >= " " else ""
        if self.held & ~_SHIFT or not chr(self.code).isprintable():
            return ""
        if not self.held:
            return chr(self.code)
        return chr(self.shifted) if self.shifted else chr(self.code).upper()

    @property
    def for_textual(self) -> str:
        """The sequence for the same key in the numbers that Textual reads."""
        code, held = self.code, self.held
        if self.final == "u" and held & (_CTRL | _ALT):
            code = self._place
            held |= _SHIFT if chr(self.code).isupper() else 0
        return f"{CSI}{code};{held + 1 if held else ''}{self.final}"

    @property
    def _place(self) -> int:
        """The Latin character at its place, which names the key with ctrl or alt."""
        character = chr(self.code)
        if not character.isascii():
            character = chr(self.base) if self.base else at_place(character)
        small = character.lower()
        # A few letters become two in lower case.
        return ord(small) if len(small) == 1 else ord(character)


def _number(text: str) -> int:
    return int(text or "0")


def _with_alt(messages: Iterable[Message]) -> Iterator[Message]:
    """Return the same keys with alt, which don't type anything."""
    for message in messages:
        if isinstance(message, Key):
            name = message.key
            yield Key(name if "alt+" in name else _sorted(f"alt+{name}"), None)


def _sorted(name: str) -> str:
    *modifiers, key = name.split("+")
    return "+".join((*sorted(modifiers), key))
