"""The terminal harness, tested on a small program with known answers."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from os import kill, mkfifo
from pathlib import Path
from select import select

import pytest

from tests.support.terminal import Terminal

TINY = [sys.executable, str(Path(__file__).with_name("tiny_app.py"))]


@pytest.fixture
def tiny() -> Iterator[Terminal]:
    with Terminal(TINY, columns=50, lines=8) as terminal:
        terminal.wait_for("size 50x8")
        yield terminal


def test_the_screen_holds_every_glyph_in_its_cell(tiny: Terminal) -> None:
    assert tiny.screen[0].startswith("ready ─ • 中文 é size 50x8")
    assert len(tiny.screen) == 8


def test_alt_o_arrives_as_the_two_bytes_that_terminals_send(tiny: Terminal) -> None:
    tiny.send(b"\x1bo")
    tiny.wait_for("key alt+o")


def test_text_is_typed_as_utf_8(tiny: Terminal) -> None:
    tiny.send("\t")
    tiny.wait_for("typing")
    tiny.send("prodé")
    tiny.wait_for("prodé")


def test_a_resize_reaches_the_program_and_the_grid(tiny: Terminal) -> None:
    tiny.resize(60, 15)
    tiny.wait_for("size 60x15")
    assert tiny.size == (60, 15)
    assert len(tiny.screen) == 15


def test_the_clipboard_is_read_from_the_raw_stream(tiny: Terminal) -> None:
    tiny.send("c")
    tiny.wait_for(lambda terminal: terminal.clipboard == ["copied é"])
    assert b"\x1b]52;c;" in tiny.bytes_seen


def test_an_exit_has_its_status_and_leaves_the_terminal_as_it_was(
    tiny: Terminal,
) -> None:
    assert "the normal screen" in tiny.not_restored
    tiny.send("q")
    assert tiny.wait_for_exit() == 3
    assert tiny.not_restored == []


def test_a_killed_program_is_told_by_its_signal_and_restores_nothing(
    tiny: Terminal,
) -> None:
    kill(tiny.pid, signal.SIGKILL)
    assert tiny.wait_for_exit() == -signal.SIGKILL
    assert tiny.not_restored == [
        "the normal screen",
        "the cursor",
        "bracketed paste off",
    ]


def test_hanging_up_ends_the_program_by_its_signal(tiny: Terminal) -> None:
    assert tiny.hang_up() == -signal.SIGHUP


def test_closing_ends_the_job_of_a_shell_too(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    with Terminal(["bash", "--norc", "-i"]) as shell:
        shell.send(f"sh -c 'trap \"\" HUP; echo up; exec sleep 1000' > {alive}\r")
        assert select([reader], [], [], 20)[0]
        assert os.read(reader, 10) == b"up\n"
    # The job had the other end open: once it's gone, nothing can be read.
    assert select([reader], [], [], 20)[0]
    assert os.read(reader, 10) == b""
    os.close(reader)


def test_waiting_in_vain_shows_the_screen(tiny: Terminal) -> None:
    with pytest.raises(AssertionError, match=r"(?s)0\.1 s for 'never'.*ready"):
        tiny.wait_for("never", timeout=0.1)


def test_waiting_for_a_program_that_is_gone_ends_at_once(tiny: Terminal) -> None:
    tiny.send("q")
    tiny.wait_for_exit()
    with pytest.raises(AssertionError, match="ended before 'never'"):
        tiny.wait_for("never", timeout=600)


def test_settle_waits_until_nothing_is_sent(tiny: Terminal) -> None:
    tiny.send("x")
    tiny.settle()
    assert "key x" in tiny.text
    before = len(tiny.bytes_seen)
    tiny.settle(quiet=0.1)
    assert len(tiny.bytes_seen) == before


def test_the_environment_is_clean_and_can_be_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTENTSTACK_API_KEY", "from outside")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/9")
    command = [sys.executable, "-c", "import os; print(sorted(os.environ.items()))"]
    with Terminal(
        command, columns=4000, env={"NO_COLOR": "1", "COLORTERM": None}
    ) as terminal:
        assert terminal.wait_for_exit() == 0
    shown = terminal.text
    assert "CONTENTSTACK" not in shown
    assert "SSH_TTY" not in shown
    assert "COLORTERM" not in shown
    assert "('NO_COLOR', '1')" in shown
    assert "('TERM', 'xterm-256color')" in shown
