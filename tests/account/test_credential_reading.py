from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tui.account.credential_reading import (
    CredentialRefused,
    credential_from_command,
    credential_in,
    piped_credential,
)

AUTHTOKEN = "blt" + "2" * 16
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (AUTHTOKEN, "authtoken", AUTHTOKEN),
        (f"  {AUTHTOKEN}\r\n", "authtoken", AUTHTOKEN),
        (f"\n{AUTHTOKEN}\nuser: ana@example.com\n", "authtoken", AUTHTOKEN),
        ("Bearer abc.def", "bearer", "abc.def"),
        ("bearer   abc.def\n", "bearer", "abc.def"),
    ],
)
def test_the_first_line_is_the_credential(text: str, kind: str, value: str) -> None:
    credential = credential_in(text, "somewhere")
    assert (credential.kind, credential.secret.reveal()) == (kind, value)


@pytest.mark.parametrize(
    "text", ["", " \n\n", "two words", "Bearer", "Bearer a b", "Z\u00fcrich", "a\x00b"]
)
def test_what_can_be_no_credential_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(
        CredentialRefused, match=r"^somewhere: The credential"
    ) as refusal:
        credential_in(text, "somewhere")
    assert "words" not in str(refusal.value)


@pytest.mark.parametrize("token", ["cs" + "0" * 40, "CS" + "a1" * 12])
def test_a_stacks_own_token_is_recognized_and_refused_with_the_reason(
    token: str,
) -> None:
    with pytest.raises(CredentialRefused, match="can't manage tokens") as refusal:
        credential_in(token, "CONTENTSTACK_AUTHTOKEN")
    assert token not in str(refusal.value)
    assert "stack's own token" in str(refusal.value)


@pytest.mark.parametrize(
    "token",
    [
        "cs" + "0" * 10,
        "cs-of-a-new-shape-0000000000",
        "Bearer cs" + "0" * 40,
        "bltcs" + "0" * 20,
    ],
)
def test_nothing_else_is_taken_for_one(token: str) -> None:
    assert credential_in(token, "somewhere").secret.reveal() == token.removeprefix(
        "Bearer "
    )


def test_the_first_line_that_is_printed_is_the_credential() -> None:
    credential = credential_from_command(("printf", r"%s\nuser: ana\n", AUTHTOKEN))
    assert credential.secret.reveal() == AUTHTOKEN
    assert credential_from_command(("echo", "Bearer abc")).kind == "bearer"


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    with pytest.raises(CredentialRefused, match="The credential"):
        credential_from_command(("echo", f"$(touch {trap})", ";", "touch", str(trap)))
    assert not trap.exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("sh", "-c", "echo hush >&2; exit 3"),
            "auth_command sh failed with exit code 3",
        ),
        (("sh", "-c", "kill -9 $$"), "auth_command sh failed with signal 9"),
        (
            ("no-such-program-here", "hush"),
            "auth_command no-such-program-here can't be run: No such file",
        ),
        (("/", "hush"), "auth_command / can't be run: Permission denied"),
        (("echo", "nul\0hush"), "can't be run"),
        (("echo", "cs" + "0" * 40), "can't manage tokens"),
        (("true", "hush"), "The credential is empty"),
        (("printf", r"\377"), "isn't text"),
        (("\x1b[31mhush",), "can't be run"),
    ],
)
def test_a_failure_names_the_program_and_nothing_else_of_it(
    words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CredentialRefused) as refusal:
        credential_from_command(words)
    sentence = str(refusal.value)
    assert reason in sentence
    assert sentence.isprintable()
    assert "hush" not in sentence or words[0].endswith("hush")


def test_a_program_that_is_too_slow_is_named_with_the_time_that_it_had() -> None:
    with pytest.raises(
        CredentialRefused, match=r"auth_command sleep took longer than 0\.2 seconds"
    ):
        credential_from_command(("sleep", "600"), seconds=0.2)


def test_a_pipe_is_read_to_its_end_and_no_further_than_needed() -> None:
    assert (
        piped_credential(io.BytesIO(AUTHTOKEN.encode() + b"\n")).reveal()
        == AUTHTOKEN + "\n"
    )
    with pytest.raises(CredentialRefused, match="64 KiB"):
        piped_credential(io.BytesIO(b"x" * 70_000))
    with pytest.raises(CredentialRefused, match="isn't text"):
        piped_credential(io.BytesIO(b"\xff"))
    with (
        pytest.raises(CredentialRefused, match="couldn't read"),
        open(os.devnull, "wb", buffering=0) as out,
    ):
        piped_credential(out)


PROGRAM = """
import os, sys, termios
from tui.account.credential_reading import piped_credential, take_keys_from_terminal
piped = piped_credential()
take_keys_from_terminal()
print("read", len(piped.reveal()), end=" ")
print("terminal", os.isatty(0), sys.stdin.isatty(), flush=True)
print("typed", sys.stdin.readline().strip(), flush=True)
"""


@pytest.mark.terminal
def test_after_a_pipe_keys_come_from_the_terminal(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    shell = f"printf {AUTHTOKEN} | {sys.executable} {program}"
    with Terminal(
        ["sh", "-c", shell], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    ) as terminal:
        terminal.wait_for(f"read {len(AUTHTOKEN)} terminal True True")
        terminal.send("hello\n")
        terminal.wait_for("typed hello")
        assert terminal.wait_for_exit() == 0


@pytest.mark.terminal
def test_a_terminal_is_not_read_as_a_pipe(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with Terminal(
        [sys.executable, str(program)], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    ) as terminal:
        terminal.wait_for("Pipe it in")
        assert terminal.wait_for_exit() == 1


def test_without_a_terminal_a_sentence_says_so(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    ended = subprocess.run(
        [sys.executable, str(program)],
        input=AUTHTOKEN,
        capture_output=True,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == 1
    assert "no terminal to read keys from" in ended.stderr
    assert AUTHTOKEN not in ended.stderr
