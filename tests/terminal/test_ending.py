"""Signals, the background, a connection that drops.

The terminal is restored, and nothing is left behind.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.terminal import RESTORING, Terminal
from tests.terminal.conftest import TOKENDECK, Start
from tests.test_programs import wait_until_ended

pytestmark = pytest.mark.terminal

_LEFT = RESTORING["the normal screen"]
_TAKEN = _LEFT.replace(b"l", b"h")
_HOLD_HANG_UPS_BACK = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def shell(start: Start) -> Terminal:
    """A shell with job control.

    It has no line editing, which would turn on terminal modes for itself.
    """
    shell = start("bash", "--norc", "--noediting", "-i", PS1="$ ")
    shell.wait_for("$")
    return shell


@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT],
    ids=lambda number: number.name,
)
def test_a_signal_that_ends_it_leaves_the_terminal_as_it_was(
    dashboard: Terminal, number: signal.Signals
) -> None:
    os.kill(dashboard.pid, number)
    assert dashboard.wait_for_exit() == 128 + number
    assert dashboard.not_restored == []


def test_a_signal_that_comes_before_the_frame_stands_is_no_bug(start: Start) -> None:
    dashboard = start()
    dashboard.wait_for(lambda terminal: _TAKEN in terminal.bytes_seen)
    os.kill(dashboard.pid, signal.SIGTERM)
    assert dashboard.wait_for_exit() == 128 + signal.SIGTERM
    assert b"Traceback" not in dashboard.bytes_seen


@pytest.mark.parametrize(
    "command",
    [
        (TOKENDECK, "--demo"),
        ("sh", "-c", f"trap '' HUP; exec {TOKENDECK} --demo"),
        (sys.executable, "-c", _HOLD_HANG_UPS_BACK, TOKENDECK, "--demo"),
    ],
    ids=["alone", "hang-ups ignored", "hang-ups held back"],
)
def test_a_dropped_connection_ends_it(start: Start, command: tuple[str, ...]) -> None:
    dashboard = start(*command)
    dashboard.wait_for("tokens · read")
    assert dashboard.hang_up() == 128 + signal.SIGHUP


@pytest.mark.long
def test_a_line_that_stands_still_and_then_drops_leaves_no_process(
    dashboard: Terminal,
) -> None:
    dashboard.fill_the_line()
    assert dashboard.hang_up() == 128 + signal.SIGHUP


_ASLEEP_AGAIN = """
import sys, termios, time
sys.argv[1:] = ["--demo"]
restore = termios.tcsetattr
def restore_and_wait(*arguments):
    restore(*arguments)
    # Restoring wakes the thread that writes. Let it find the line still full.
    time.sleep(0.1)
termios.tcsetattr = restore_and_wait
from tui.cli.main import main
main()
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "command",
    [(TOKENDECK, "--demo"), (sys.executable, "-c", _ASLEEP_AGAIN)],
    ids=["as it is", "with its writer asleep"],
)
def test_a_signal_ends_it_also_while_the_line_stands_still(
    start: Start, command: tuple[str, ...]
) -> None:
    dashboard = start(*command)
    dashboard.wait_for("tokens · read")
    dashboard.settle()
    dashboard.fill_the_line()
    os.kill(dashboard.pid, signal.SIGTERM)
    # Don't read here: that would let the line move again.
    ended = os.waitid(os.P_PID, dashboard.pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    assert ended.si_status == 128 + signal.SIGTERM
    # What the line held was discarded, perhaps in the middle of a sequence.
    dashboard.stop_drawing()
    dashboard.wait_for_exit()
    assert dashboard.not_restored == []


@pytest.mark.long
def test_a_program_that_hangs_ends_with_it(start: Start, tmp_path: Path) -> None:
    hanging = tmp_path / "tmux"
    hanging.write_text(f"#!/bin/sh\necho $$ >> {tmp_path}/pid\nexec sleep 300\n")
    hanging.chmod(0o755)
    dashboard = start(
        TMUX="/nowhere,1,0", TMUX_PANE="%0", PATH=f"{tmp_path}:{os.environ['PATH']}"
    )
    dashboard.wait_for("tokens · read")
    dashboard.send("c")
    dashboard.wait_for(
        lambda _: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text())
    )
    os.kill(dashboard.pid, signal.SIGTERM)
    assert dashboard.wait_for_exit() == 128 + signal.SIGTERM
    for pid in (tmp_path / "pid").read_text().split():
        wait_until_ended(int(pid))


@pytest.mark.parametrize(
    "command", [f"{TOKENDECK} --demo", f"sh -c '{TOKENDECK} --demo; exit $?'"]
)
def test_it_comes_back_whole_from_the_background(shell: Terminal, command: str) -> None:
    shell.send(f"{command}\r")
    shell.wait_for("tokens · read")
    shell.settle()
    before = shell.screen
    shell.send(b"\x1a")
    shell.wait_for("Stopped")
    assert shell.not_restored == []
    shell.send("clear; fg\r")
    shell.wait_for(lambda terminal: terminal.screen == before)
    shell.send("q")
    shell.wait_for(lambda terminal: not terminal.not_restored)
    shell.send("echo left with $?\r")
    shell.wait_for("left with 0")


@pytest.mark.long
@pytest.mark.parametrize("before", ["", "bg; "])
def test_what_is_stopped_can_be_ended(shell: Terminal, before: str) -> None:
    shell.send(f"{TOKENDECK} --demo\r")
    shell.wait_for("tokens · read")
    shell.send(b"\x1a")
    shell.wait_for("Stopped")
    shell.send(f"clear; {before}kill %1\r")

    def told(terminal: Terminal) -> bool:
        """The shell tells of its jobs before each prompt."""
        terminal.send("\r")
        return "Exit 143" in terminal.text

    shell.wait_for(told)
    assert shell.not_restored == []


@pytest.mark.long
def test_where_no_shell_waits_ctrl_z_does_not_stop_it_for_good(
    dashboard: Terminal,
) -> None:
    dashboard.send(b"\x1a")
    dashboard.wait_for(lambda terminal: terminal.bytes_seen.count(_TAKEN) == 2)
    dashboard.send("q")
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


@pytest.mark.long
def test_a_stop_without_a_word_is_made_good_on_the_way_back(
    dashboard: Terminal,
) -> None:
    os.kill(dashboard.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, dashboard.pid, os.WSTOPPED | os.WNOWAIT)
    os.kill(dashboard.pid, signal.SIGCONT)
    dashboard.wait_for(lambda terminal: terminal.bytes_seen.count(_TAKEN) == 2)
    dashboard.send("q")
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


@pytest.mark.long
def test_what_kill_9_leaves_is_mended_by_reset(shell: Terminal, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    shell.send(f"sh -c 'echo $$ > {pid}; exec {TOKENDECK} --demo'\r")
    shell.wait_for("tokens · read")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    shell.wait_for("Killed")
    assert shell.not_restored != []
    shell.send("reset\r")
    shell.wait_for(lambda terminal: b"\x1bc" in terminal.bytes_seen)
    shell.send("stty -a | tr ' ' '\\n' | grep -xc -e echo -e icanon -e icrnl\r")
    shell.wait_for(lambda terminal: terminal.text.split()[-2:] == ["3", "$"])


_NAMELESS = """
import socket, time
socket.getaddrinfo = lambda *_args, **_options: time.sleep(600)
from tui.cli.main import main
main()
"""


@pytest.mark.long
def test_the_user_can_quit_while_no_name_is_found(start: Start) -> None:
    host = "https://api.nowhere.invalid"
    terminal = start(
        sys.executable,
        "-c",
        _NAMELESS,
        TOKENDECK_CMA=host,
        TOKENDECK_CDA=host,
        TOKENDECK_STACK="blt0123456789abcdef",
        CONTENTSTACK_AUTHTOKEN="blt0123456789abcdef",
    )
    terminal.wait_for("Reading")
    terminal.send("\x03")
    assert terminal.wait_for_exit() == 0
