from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tui.account.credential_command import NotFinished, Outcome, credential_from_command, run_quietly
from tui.account.credential_reading import CredentialRefused

AUTHTOKEN = "blt" + "2" * 16


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def ended(pid: int) -> bool:
    """Whether the process is gone, or dead and only waiting to be reaped by somebody else."""
    if not Path("/proc/self").exists():
        return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode != 0
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_ended(pid: int) -> None:
    deadline = monotonic() + 10
    while not ended(pid):
        assert monotonic() < deadline, f"process {pid} still runs"
        sleep(0.02)


def test_the_first_line_that_is_printed_is_the_credential() -> None:
    credential = credential_from_command(("printf", r"%s\nuser: ana\n", AUTHTOKEN))
    assert credential.secret.reveal() == AUTHTOKEN
    assert credential_from_command(("echo", "Bearer abc")).kind == "bearer"


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    with pytest.raises(CredentialRefused, match="The credential"):
        credential_from_command(("echo", f"$(touch {trap})", ";", "touch", str(trap)))
    assert not trap.exists()


def test_it_has_neither_terminal_nor_input() -> None:
    code = """
import sys
try:
    open("/dev/tty").close()
    print("terminal")
except OSError:
    print(repr(sys.stdin.read()))
"""
    assert run_quietly(python(code), seconds=10) == Outcome(0, b"''\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("sh", "-c", "echo hush >&2; exit 3"), "auth_command sh failed with exit code 3"),
        (("sh", "-c", "kill -9 $$"), "auth_command sh failed with signal 9"),
        (("no-such-program-here", "hush"), "auth_command no-such-program-here can't be run: No such file"),
        (("/", "hush"), "auth_command / can't be run: Permission denied"),
        (("echo", "nul\0hush"), "can't be run"),
        (("echo", "cs" + "0" * 40), "tokens module"),
        (("true", "hush"), "The credential is empty"),
        (("printf", r"\377"), "not text"),
        (("\x1b[31mhush",), "can't be run"),
    ],
)
def test_a_failure_names_the_program_and_nothing_else_of_it(words: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CredentialRefused) as refusal:
        credential_from_command(words)
    sentence = str(refusal.value)
    assert reason in sentence
    assert sentence.isprintable()
    assert "hush" not in sentence or words[0].endswith("hush")


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 600 & echo $! >> {pids}; echo $$ >> {pids}; sleep 600"
    began = monotonic()
    with pytest.raises(CredentialRefused, match=r"not done after 0\.5 seconds"):
        credential_from_command(("sh", "-c", script), seconds=0.5)
    assert monotonic() - began < 10
    for pid in map(int, pids.read_text().split()):
        wait_until_ended(pid)


def test_what_it_leaves_behind_on_the_pipe_is_ended_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(NotFinished):
        run_quietly(("sh", "-c", f"sleep 600 & echo $! > {pids}"), seconds=0.5)
    wait_until_ended(int(pids.read_text()))


def test_a_program_that_prints_without_end_is_ended() -> None:
    with pytest.raises(CredentialRefused, match="was ended"):
        credential_from_command(("yes",))


def test_what_is_given_is_read_and_a_program_that_does_not_read_it_is_no_trouble() -> None:
    assert run_quietly(("cat",), seconds=10, given=b"hello") == Outcome(0, b"hello")
    assert run_quietly(("true",), seconds=10, given=b"x" * 60_000).status == 0


def test_what_was_printed_does_not_show_itself() -> None:
    assert AUTHTOKEN not in repr(Outcome(0, AUTHTOKEN.encode()))
