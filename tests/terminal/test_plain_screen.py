"""The plain screen, read as a braille display does: one line, and the message at the top."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal

ESC, ENTER, DOWN, UP = b"\x1bq", "\r", b"\x1b[B", b"\x1b[A"


class Reader:
    """Someone who sees the cursor's line and the message, and nothing else."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    @property
    def line(self) -> str:
        return self._terminal.screen[self._terminal.cursor[1]]

    @property
    def message(self) -> str:
        return self._terminal.screen[0]

    def press(self, *keys: str | bytes) -> None:
        for key in keys:
            self._terminal.send(key)

    def type(self, text: str) -> None:
        self._terminal.send(text)
        self.until_line(text)

    def until_line(self, *words: str) -> str:
        self._until(lambda: all(word in self.line for word in words), words)
        return self.line

    def until_message(self, *words: str) -> str:
        self._until(lambda: all(word in self.message for word in words), words)
        return self.message

    def _until(self, holds: Callable[[], bool], words: tuple[str, ...]) -> None:
        def told(_: Terminal) -> bool:
            return holds()

        told.__name__ = f"{words}, not {self.message!r} and {self.line!r}"
        self._terminal.wait_for(told)

    def go_to(self, key: str | bytes, *words: str) -> str:
        """Press a key until the line has the words: all that someone blind can do."""
        for _ in range(40):
            if all(word in self.line for word in words):
                return self.line
            before = self._terminal.cursor, self.line
            self.press(key)
            self._terminal.settle(0.15)
            assert (self._terminal.cursor, self.line) != before, self.line
        raise AssertionError(f"{words} not found; the last line: {self.line}")


@pytest.fixture
def reader(start: Start) -> Iterator[Reader]:
    """The demo on a plain screen of 80×24, opened: the first of the ten tasks."""
    terminal = start(TOKENDECK, "--demo", "--plain-screen")
    reader = Reader(terminal)
    reader.until_message("Delivery: 12 tokens")
    reader.until_line("> partner-feed, environment production, on main")
    yield reader
    assert terminal.text.isascii()


def test_it_is_ascii_with_the_cursor_shown_and_nothing_to_look_at(start: Start) -> None:
    terminal = start(TOKENDECK, "--demo", "--plain-screen")
    terminal.wait_for("tokens - read")
    terminal.settle()
    assert not terminal.grid.cursor.hidden
    for key in ("j", "\r", "\t", b"\x1bq", "n", b"\x1bq", "h", b"\x1bq", "m", b"\x1bq"):
        terminal.send(key)
        terminal.settle(0.2)
        assert terminal.text.isascii()
        assert not any("--" in line or "|" in line for line in terminal.screen)
        # No column of masks: one stands where it is read, in the details.
        assert sum("****" in line for line in terminal.screen[:12]) <= 2


@pytest.mark.long
def test_the_tabs(reader: Reader) -> None:
    reader.press("o")
    reader.until_message("Management: 4 tokens")
    reader.until_line("> migration-2, warning, read+write")
    reader.press("o")
    reader.until_message("Delivery: 12 tokens")


@pytest.mark.long
def test_to_filter(reader: Reader) -> None:
    reader.press("/")
    reader.until_line("words, or env:qa:")
    reader.type("berlin")
    reader.until_message("1 of 12 tokens")
    reader.press(ENTER)
    reader.until_line("> kiosk-berlin, warning, environment production, on release_6")


def test_to_create_a_token_with_its_preview_token_and_copy_both(reader: Reader) -> None:
    reader.press("n")
    reader.until_message("Step 1 of 4: Details.")
    reader.until_line("Name (required, unique in the stack):")
    reader.type("kiosk-hamburg")
    reader.press(ENTER)
    reader.until_message("Step 2 of 4: Scope.")
    reader.until_line("> [x] main")
    reader.press(ENTER)
    reader.until_message("Step 3 of 4: Environments.")
    reader.go_to(DOWN, "[ ] production")
    reader.press(" ")
    reader.until_line("> [x] production")
    reader.press(ENTER)
    reader.until_message("Step 4 of 4: Review.")
    reader.go_to("\t", "[ ] Create Preview Token")
    reader.press(" ")
    reader.until_line("> [x] Create Preview Token")
    reader.press(ENTER)
    assert "****" in reader.until_line("> Delivery token: cs")
    reader.press("c")
    reader.until_message("kiosk-hamburg")
    reader.press(DOWN)
    reader.until_line("> Preview token: cs")
    reader.press(ESC)
    reader.until_line("> kiosk-hamburg, warning, environment production, on main, with")


@pytest.mark.long
def test_to_copy(reader: Reader) -> None:
    reader.press("c")
    reader.until_message("Copied partner-feed", "Paste to check")


@pytest.mark.long
def test_to_reveal(reader: Reader) -> None:
    reader.press(ENTER)
    reader.until_line("> Product feed for resellers.")
    reader.go_to(DOWN, "Delivery: cs****")
    reader.press("u")
    reader.until_line("> Delivery: cs")
    reader._until(lambda: "****" not in reader.line, ("the value",))
    value = reader.line.split("Delivery: ")[1].split(",")[0]
    assert re.fullmatch("cs[0-9a-f]{20,}", value)


@pytest.mark.long
def test_to_verify(reader: Reader) -> None:
    reader.press("v")
    reader.until_message("It works.")
    reader.until_line("> partner-feed, delivery, production, main, works")


@pytest.mark.long
def test_to_edit(reader: Reader) -> None:
    reader.press("e")
    reader.until_message("Step 1 of 4: Details.")
    reader.until_line("partner-feed")
    reader.type("-2")
    for step in ("Step 2 of 4: Scope.", "Step 3 of 4", "Step 4 of 4: Review."):
        reader.press(ENTER)
        reader.until_message(step)
    reader.until_line("> Name: partner-feed -> partner-feed-2")
    reader.press(ENTER)
    reader.until_message("Saved partner-feed-2")
    reader.until_line("> partner-feed-2")


@pytest.mark.long
def test_to_delete(reader: Reader) -> None:
    reader.press("G")
    reader.until_line("> kiosk-berlin")
    reader.press("d")
    reader.until_line("kiosk-berlin:")
    reader.type("kiosk-berlin")
    reader.press(ENTER)
    reader.until_message("kiosk-berlin")
    reader._until(lambda: "> kiosk-berlin" not in reader.line, ("another row",))


def test_to_rotate(reader: Reader) -> None:
    reader.go_to(DOWN, "> newsletter")
    reader.press("R")
    reader.until_line("> [>] 1 ")
    reader.press(ENTER)
    reader.until_line("> [>] 2 ")
    reader.press(ENTER)
    reader.until_message("orks")
    reader.until_line("> [>] 3 ")
    reader.press("c")
    reader.until_line("> [>] 4 ")
    reader.press(ENTER)
    reader.until_line("newsletter:")
    reader.type("newsletter")
    reader.press(ENTER)
    reader.until_line("> [>] 5 ")
    reader.press(ENTER)
    reader.until_message("Renamed the replacement to newsletter.")
    reader.press(ENTER)
    reader.until_message("Rotated newsletter.")
    reader.until_line("> newsletter")
