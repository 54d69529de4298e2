"""What no user means to do and every user does.

Dragged windows, a cat on the keys, pastes of anything.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.support.short_form import Few
from tests.support.terminal import Terminal
from tests.terminal.conftest import Start

pytestmark = pytest.mark.terminal

SEED = int(os.environ.get("SEED", "0"))
SEEDS = range(SEED, SEED + 10)
_WIDTHS = (1, 2, 3, 4, 5, 9, 20, 39, 40, 60, 80, 90, 200)
_HEIGHTS = (1, 2, 3, 4, 9, 10, 15, 24, 60)
# Without what leaves the program, or its screen.
_KEYS = [
    "\r",
    "b",
    "j",
    "k",
    "n",
    "m",
    "v",
    "x",
    "i",
    "h",
    "w",
    "S",
    "R",
    "d",
    "?",
    "/",
    "a",
    "\t",
    "\x1b",
    " ",
]
_ENDS = (b"\x03", b"\x1a", b"q")
_SEQUENCES = [
    b"\x1b[A", b"\x1b[3~", b"\x1b[1;9999999999u", b"\x1bO", b"\x1b[", b"\x1b", b"\x1b\x1b[B",
    b"\x1b[200~", b"\x1b[201~", b"\x1b[200~pasted \xff\r\n\x1b[31m text\x1b[201~",
    b"\x1b[<0;3;3M", b"\x1b[<35;999;999m", b"\x1b[M !!", b"\x1b[I", b"\x1b[O",
    b"\x1b[?62;52;c", b"\x1b[?2026;2$y", b"\x1b]11;rgb:0/0/0\x07", b"\x1bP1$r0m",
    b"\x1b[12;40R", b"\x1b[48;24;80;0;0t", b"\x00", b"\x7f", b"\xc3", b"\xed\xa0\x80",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work elsewhere: random keys may export a token to a file."""
    monkeypatch.chdir(tmp_path)


def back_at_the_tokens(dashboard: Terminal) -> None:
    """Press Esc until the tokens are back, however deep it went."""
    dashboard.resize(90, 24)
    # What came before is carried out first, key by key.
    dashboard.wait_for(lambda terminal: max(map(len, terminal.screen)) > 60, timeout=15)
    for _ in range(30):
        dashboard.send(b"\x1b")
        dashboard.settle(quiet=0.2)
        if "alt+o switch" in dashboard.text:
            return
    raise AssertionError(dashboard.text)


def answers(dashboard: Terminal) -> None:
    """Check that it responds: Ctrl+L redraws the whole screen."""
    dashboard.settle()
    seen = len(dashboard.bytes_seen)
    dashboard.send(b"\x0c")
    dashboard.wait_for(
        lambda terminal: len(terminal.bytes_seen) - seen > 200, timeout=6
    )


@pytest.mark.long
def test_a_window_of_three_columns_while_a_screen_is_left(dashboard: Terminal) -> None:
    for _ in range(10):
        dashboard.send("\r")
        dashboard.resize(3, 24)
        dashboard.settle(quiet=0.03)
        dashboard.send("b")
        dashboard.settle(quiet=0.05)
        dashboard.resize(90, 24)
        dashboard.settle(quiet=0.05)
    back_at_the_tokens(dashboard)


# Between reading a size and telling it, the window gets another one.
_INTERRUPTED = """
import signal
from tui.cli.main import main
from tui.terminal import driver
read, late = driver.TerminalDriver._get_terminal_size, []
def interrupted(self):
    size = read(self)
    if size[0] != 77 or late:
        return size
    late.append(signal.raise_signal(signal.SIGWINCH))
    return 5, 4
driver.TerminalDriver._get_terminal_size = interrupted
main()
"""


@pytest.mark.long
def test_the_last_size_of_a_window_is_the_one_that_is_drawn(start: Start) -> None:
    dashboard = start(sys.executable, "-c", _INTERRUPTED, "--demo")
    dashboard.wait_for("tokens · read")
    dashboard.resize(77, 24)
    dashboard.wait_for(lambda terminal: max(map(len, terminal.screen)) == 77)
    dashboard.settle()
    assert "alt+o switch" in dashboard.text


def drag(dashboard: Terminal, seed: int, count: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        dashboard.resize(chance.choice(_WIDTHS), chance.choice(_HEIGHTS))
        if chance.random() < 0.7:
            dashboard.send(chance.choice(_KEYS))
        if chance.random() < 0.3:
            dashboard.settle(quiet=chance.choice([0.01, 0.03, 0.1]))
    back_at_the_tokens(dashboard)
    answers(dashboard)


def test_a_storm_of_sizes_with_keys_in_between(dashboard: Terminal, few: Few) -> None:
    drag(dashboard, SEED, len(few(range(80), 27)))


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_storm_of_sizes(dashboard: Terminal, seed: int) -> None:
    drag(dashboard, seed, 1_000)


def noise(chance: random.Random) -> bytes:
    """A few bytes, a sequence, or a paste; nothing that ends or leaves the program."""
    kind = chance.random()
    if kind < 0.4:
        came = chance.randbytes(chance.randint(1, 40))
    elif kind < 0.8:
        came = chance.choice(_SEQUENCES)
    else:
        came = b"\x1b[200~" + chance.randbytes(chance.randint(0, 2_000)) + b"\x1b[201~"
    for byte in _ENDS:
        came = came.replace(byte, b"")
    return came


def make_noise(dashboard: Terminal, seed: int, count: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        dashboard.send(noise(chance))
        if chance.random() < 0.1:
            dashboard.settle(quiet=0.02)
    # The noise may have ended within a paste.
    dashboard.settle(quiet=1.3, timeout=90)
    while "any other key clears it" in dashboard.text:
        dashboard.send(b" ")
        dashboard.settle(quiet=1.3)
    answers(dashboard)
    dashboard.send(b"\x03")
    # If something would be lost, it asks first.
    dashboard.wait_for(
        lambda terminal: terminal.ended or "y yes  n no" in terminal.text, timeout=6
    )
    dashboard.send("y")
    status = dashboard.wait_for_exit(timeout=6)
    assert status == 0, dashboard.bytes_seen[-4_000:].decode(errors="replace")


def test_noise_on_the_line_leaves_it_listening(dashboard: Terminal, few: Few) -> None:
    make_noise(dashboard, SEED, len(few(range(60), 20)))


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_noise_for_long(dashboard: Terminal, seed: int) -> None:
    make_noise(dashboard, seed, 1_000)


@pytest.mark.long
def test_keys_that_wait_hold_up_neither_drawing_anew_nor_quitting(
    dashboard: Terminal,
) -> None:
    # Each opens the map, or closes it: more than is done in six seconds.
    dashboard.send("mb" * 1_000)
    dashboard.send(b"\x0c\x03")
    assert dashboard.wait_for_exit(timeout=6) == 0


@pytest.mark.parametrize("place", ["/", "n", "?"])
def test_what_is_typed_is_seen_before_all_of_it_is_carried_out(
    start: Start, place: str
) -> None:
    # Each frame has a mark before it.
    dashboard = start(synchronized=True)
    dashboard.wait_for("tokens · read")
    dashboard.settle()
    dashboard.send(place)
    dashboard.settle()
    seen = len(dashboard.bytes_seen)
    # What a terminal without bracketed paste sends of one, in one read.
    dashboard.send("0123456789" * 300 + "\x0c")
    dashboard.wait_for(
        lambda terminal: terminal.bytes_seen.count(b"\x1b[?2026h", seen) > 4
    )


@pytest.mark.long
@pytest.mark.parametrize(
    "key", [b"\x03", b"\x0c", b"\x1b"], ids=["ctrl+c", "ctrl+l", "Esc"]
)
def test_a_paste_without_an_end_does_not_swallow_what_is_pressed_next(
    dashboard: Terminal, key: bytes
) -> None:
    dashboard.send("/")
    dashboard.settle()
    dashboard.send(b"\x1b[200~web")
    dashboard.settle(quiet=1.5)
    dashboard.send(key)
    if key == b"\x03":
        assert dashboard.wait_for_exit(timeout=6) == 0
    else:
        dashboard.wait_for("web" if key == b"\x0c" else "4 warnings h", timeout=6)
        answers(dashboard)
