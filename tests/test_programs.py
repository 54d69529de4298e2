from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tui.programs import NotFinished, ProgramResult, printed_by, run_quietly

AUTHTOKEN = "blt" + "2" * 16


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def ended(pid: int) -> bool:
    """Return whether the process is gone, or dead and waiting to be reaped."""
    if not Path("/proc/self").exists():
        return (
            subprocess.run(
                ["ps", "-p", str(pid)], capture_output=True, check=False
            ).returncode
            != 0
        )
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        )
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_ended(pid: int) -> None:
    deadline = monotonic() + 10
    while not ended(pid):
        assert monotonic() < deadline, f"process {pid} still runs"
        sleep(0.02)


def test_it_has_neither_terminal_nor_input() -> None:
    code = """
import sys
try:
    open("/dev/tty").close()
    print("terminal")
except OSError:
    print(repr(sys.stdin.read()))
"""
    assert run_quietly(python(code), seconds=10) == ProgramResult(0, b"''\n")


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; sleep 600"
    began = monotonic()
    with pytest.raises(NotFinished):
        run_quietly(("sh", "-c", script), seconds=0.5)
    assert monotonic() - began < 10
    for pid in map(int, pids.read_text().split()):
        wait_until_ended(pid)


def test_what_it_leaves_behind_on_the_pipe_is_ended_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(NotFinished):
        run_quietly(("sh", "-c", f"sleep 600 & echo $! > {pids}"), seconds=0.5)
    wait_until_ended(int(pids.read_text()))


def test_a_program_that_prints_without_end_is_ended() -> None:
    with pytest.raises(NotFinished):
        run_quietly(("yes",), seconds=10)


def test_what_is_given_is_read_and_a_program_that_does_not_read_it_is_no_trouble() -> (
    None
):
    assert run_quietly(("cat",), seconds=10, given=b"hello") == ProgramResult(
        0, b"hello"
    )
    assert run_quietly(("true",), seconds=10, given=b"x" * 60_000).status == 0


def test_what_was_printed_does_not_show_itself() -> None:
    assert AUTHTOKEN not in repr(ProgramResult(0, AUTHTOKEN.encode()))


@pytest.mark.parametrize(
    "words", [("false",), ("no-such-program-here",), ("sh", "-c", "exit 3"), ("nul\0",)]
)
def test_a_program_that_fails_has_printed_nothing(words: tuple[str, ...]) -> None:
    assert printed_by(("cat",), os.environ, b"hello") == b"hello"
    assert printed_by(words, os.environ) is None


def test_what_is_started_once_this_process_ends_is_ended_at_once(
    tmp_path: Path,
) -> None:
    pid = tmp_path / "pid"
    code = f"""
from tui.programs import NotFinished, end_all, run_quietly
end_all()
try:
    run_quietly(("sh", "-c", "echo $$ > {pid}; exec sleep 600"), seconds=30)
except NotFinished:
    print("not finished")
"""
    outcome = run_quietly(python(code), seconds=10)
    assert outcome.printed == b"not finished\n"
    if pid.exists() and pid.read_text().strip():
        wait_until_ended(int(pid.read_text()))


_SIGNALLED_AS_IT_STARTS = """
import os, signal, subprocess, sys, threading, time
from tui.programs import end_all_on_signals, run_quietly

class Slow(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        while not os.path.exists(sys.argv[1]):
            time.sleep(0.01)
        os.kill(os.getpid(), int(sys.argv[2]))
        time.sleep(0.2)

subprocess.Popen = Slow
end_all_on_signals()
script = f"echo $$ > {sys.argv[1]}.new; mv {sys.argv[1]}.new {sys.argv[1]}; exec sleep 600"
run = lambda: run_quietly(("sh", "-c", script), seconds=30)
if sys.argv[3] == "thread":
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""


@pytest.mark.short(1)
@pytest.mark.parametrize(
    ("number", "where"),
    [
        (signal.SIGTERM, "main"),
        (signal.SIGHUP, "main"),
        (signal.SIGINT, "main"),
        (signal.SIGTERM, "thread"),
        (signal.SIGHUP, "thread"),
    ],
)
def test_a_program_ends_whose_start_a_signal_interrupts(
    tmp_path: Path, number: signal.Signals, where: str
) -> None:
    pid = tmp_path / "pid"
    command = [*python(_SIGNALLED_AS_IT_STARTS), str(pid), str(int(number)), where]
    ended = subprocess.run(command, timeout=60, capture_output=True, check=False)
    assert ended.returncode in (-number, 1), ended.stderr
    wait_until_ended(int(pid.read_text()))
