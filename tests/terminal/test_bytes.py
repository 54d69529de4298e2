"""How many bytes a slow line has to carry.

`make bench` measures the same, compared with a bare Textual program.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import Start

pytestmark = pytest.mark.terminal

_FRAME = b"\x1b[?2026h"
_ROOT = Path(__file__).parents[2]
_PATIENT = """
import sys
sys.argv[1:] = ["--demo"]
from tui.terminal import wired
# No frame goes out early because the machine is slow.
wired._LONGEST_HELD = wired._LONGEST_UNSEEN = 60
from tui.cli.main import main
main()
"""


@pytest.fixture
def dearest(start: Start) -> Terminal:
    """The dashboard where colours cost the most, and each frame has a mark before and behind it."""
    command = (sys.executable, "-c", _PATIENT)
    terminal = start(
        *command, synchronized=True, TERM="xterm-256color", COLORTERM="truecolor"
    )
    terminal.wait_for("tokens · read")
    terminal.settle()
    return terminal


def cost(terminal: Terminal, *keys: str | bytes) -> int:
    """Return the median cost of these keys, pressed one after the other."""
    return round(statistics.median(spent(terminal, keys)))


def spent(terminal: Terminal, keys: Sequence[str | bytes]) -> list[int]:
    found = []
    for key in keys:
        before = len(terminal.bytes_seen)
        terminal.send(key)
        terminal.settle()
        found.append(len(terminal.bytes_seen) - before)
    return found


def test_the_first_full_dashboard(dearest: Terminal) -> None:
    assert len(dearest.bytes_seen) <= 4_000
    # Without a mouse, no shape of its pointer.
    assert b"\x1b]22;" not in dearest.bytes_seen


def test_a_row_down(dearest: Terminal) -> None:
    # Two whole rows, and what the card says of another token.
    assert cost(dearest, *"jjjjjjjjj") <= 400


@pytest.mark.long
def test_the_other_tab(dearest: Terminal) -> None:
    assert cost(dearest, b"\x1bo", "o") <= 2_500


@pytest.mark.long
def test_the_wizard_and_a_character_typed_in_it(dearest: Terminal) -> None:
    before = len(dearest.bytes_seen)
    dearest.send("n")
    dearest.wait_for("1 Details")
    dearest.settle()
    assert len(dearest.bytes_seen) - before <= 4_000
    assert cost(dearest, *"abcde") <= 120


def test_a_keystroke_of_the_filter_on_twenty_rows(start: Start, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "benchmarks.many", "20", str(tmp_path / "seconds"))
    dearest = {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(_ROOT),
    }
    terminal = start(*command, synchronized=True, **dearest)
    terminal.wait_for("20 tokens · read")
    terminal.settle()
    terminal.send("/")
    terminal.settle()
    assert max(spent(terminal, ("1", b"\x7f", "2", b"\x7f"))) <= 1_500


@pytest.mark.long
def test_a_step_is_one_frame(dearest: Terminal) -> None:
    before = len(dearest.bytes_seen)
    dearest.send("j")
    dearest.settle()
    assert dearest.bytes_seen[before:].count(_FRAME) == 1


@pytest.mark.long
def test_a_character_typed_is_one_frame(dearest: Terminal) -> None:
    for key in "na":
        dearest.send(key)
        dearest.settle()
    before = len(dearest.bytes_seen)
    dearest.send("b")
    dearest.settle()
    typed = dearest.bytes_seen[before:]
    assert typed.count(_FRAME) == 1
    # It ends with the cursor where an input method looks for it.
    assert dearest.cursor == (4 + len("ab"), 4)


@pytest.mark.long
def test_a_message_shown_and_gone(dearest: Terminal) -> None:
    # The second `g` moves to where the cursor is already, so all that it costs is the
    # message's end.
    assert sum(spent(dearest, "cg")) <= 500


@pytest.mark.long
def test_nothing_while_nothing_happens(dearest: Terminal) -> None:
    before = len(dearest.bytes_seen)
    with pytest.raises(AssertionError):
        dearest.wait_for(lambda terminal: len(terminal.bytes_seen) > before, timeout=3)


@pytest.mark.long
def test_fewer_colours_cost_less(dearest: Terminal, start: Start) -> None:
    plainer = start(TERM="xterm", COLORTERM=None)
    plainer.wait_for("tokens · read")
    plainer.settle()
    assert len(plainer.bytes_seen) < len(dearest.bytes_seen)
