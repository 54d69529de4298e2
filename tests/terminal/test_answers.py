"""The real program uses a terminal's answers, and doesn't take them for keys."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import Start

pytestmark = pytest.mark.terminal

_RECORDED: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "terminal_answers.json").read_text("utf-8")
)
_ESC_FOR_ALT = b"\x1b[?1036$p"
_QUESTIONS = {
    "da1": b"\x1b[c",
    "decrqm_1036": _ESC_FOR_ALT,
    "decrqm_2026": b"\x1b[?2026$p",
    "decrqm_2048": b"\x1b[?2048$p",
}


@pytest.mark.parametrize(
    "terminal", [name for name, answers in _RECORDED.items() if "da1" in answers]
)
def test_the_first_copy_in_a_terminal_that_answers_is_a_copy(
    start: Start, terminal: str
) -> None:
    recorded = _RECORDED[terminal]
    answers = {
        asked: recorded[name].encode()
        for name, asked in _QUESTIONS.items()
        if name in recorded
    }
    dashboard = start(answers=answers, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22")
    dashboard.wait_for("tokens · read")
    dashboard.send("c")
    dashboard.wait_for(lambda terminal: len(terminal.clipboard) == 1)
    dashboard.wait_for("Copied ")
    dashboard.settle()
    assert "Copied " in dashboard.text
    assert _all_asked(dashboard) == set(_QUESTIONS.values())


@pytest.mark.long
@pytest.mark.parametrize(
    ("state", "restored"), [(b"2", True), (b"1", False), (b"0", True), (b"", True)]
)
@pytest.mark.parametrize("ending", ["q", signal.SIGTERM], ids=["q", "SIGTERM"])
def test_how_keys_with_alt_are_sent_is_left_as_it_was_found(
    start: Start, state: bytes, restored: bool, ending: str | signal.Signals
) -> None:
    answers = (
        {_ESC_FOR_ALT: b"\x1b[?1036;" + state + b"$y", b"\x1b[c": b"\x1b[?62c"}
        if state
        else {}
    )
    dashboard = start(answers=answers)
    dashboard.wait_for("tokens · read")
    dashboard.settle()
    assert b"\x1b[?1036h" in dashboard.bytes_seen
    if isinstance(ending, signal.Signals):
        os.kill(dashboard.pid, ending)
    else:
        dashboard.send(ending)
    dashboard.wait_for_exit()
    assert (b"\x1b[?1036l" in dashboard.bytes_seen) is restored


def _all_asked(terminal: Terminal) -> set[bytes]:
    return {
        question for question in _QUESTIONS.values() if question in terminal.bytes_seen
    }
