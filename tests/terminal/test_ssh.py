"""The dashboard over a real SSH connection.

What crosses it, and what's left on the server when it drops.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sshd import Server, server_program, sshd
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(
        server_program() is None,
        reason="OpenSSH's server is not installed; `make system-deps` brings it",
    ),
]

# It took 76,000 when this was written.
_MOST_BYTES = 120_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sshd(tmp_path / "sshd") as server:
        yield server


class Remote:
    """The dashboard on the server, seen through a client's terminal."""

    def __init__(self, start: Start, server: Server, folder: Path) -> None:
        self._pid = folder / "pid"
        self.terminal = start(
            *server.client(
                f"echo $$ > {self._pid}; LANG=C.UTF-8 exec {TOKENDECK} --demo"
            ),
            COLORTERM=None,
        )
        self.terminal.wait_for("tokens · read")

    def drop(self) -> None:
        """Cut the connection, and wait until nothing of the dashboard is left on the server."""
        process = os.pidfd_open(int(self._pid.read_text()))
        try:
            self.terminal.kill()
            ended, _, _ = select.select([process], [], [], 10)
            assert ended, "The dashboard still ran 10 s after its connection was gone."
        finally:
            os.close(process)


@pytest.fixture
def remote(start: Start, server: Server, tmp_path: Path) -> Remote:
    return Remote(start, server, tmp_path)


def make_a_token(terminal: Terminal) -> None:
    """Go from the dashboard to Generated."""
    for keys, then in (
        ("n", "Name (required"),
        ("kiosk\r", "[x] main"),
        ("\r", "preview-eu"),
        (" \r", "Generate Token"),
        ("\r", "Generated kiosk"),
    ):
        terminal.send(keys)
        terminal.wait_for(then)


def test_a_token_is_made_and_copied(remote: Remote) -> None:
    terminal = remote.terminal
    make_a_token(terminal)
    terminal.send("c")
    terminal.wait_for("Paste to check")
    terminal.wait_for(lambda terminal: bool(terminal.clipboard))
    assert terminal.clipboard[0].startswith("cs")
    assert terminal.clipboard[0] not in terminal.text
    terminal.send("bq")
    assert terminal.wait_for_exit() == 0
    assert terminal.not_restored == []
    crossed = len(terminal.bytes_seen)
    sys.stdout.write(f"{crossed} bytes crossed the connection.\n")
    assert crossed < _MOST_BYTES


@pytest.mark.long
def test_a_connection_that_drops_in_the_wizard_leaves_no_process(
    remote: Remote,
) -> None:
    remote.terminal.send("n")
    remote.terminal.wait_for("Name (required")
    remote.terminal.send("kiosk")
    remote.drop()


@pytest.mark.long
def test_a_connection_that_drops_on_a_new_secret_leaves_no_process_and_no_secret(
    remote: Remote, tmp_path: Path
) -> None:
    make_a_token(remote.terminal)
    remote.terminal.send("u")
    remote.terminal.wait_for("u hide")
    secret = next(
        word
        for word in remote.terminal.text.split()
        if word.startswith("cs") and len(word) > 20
    )
    remote.drop()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


@pytest.mark.long
@pytest.mark.skipif(
    shutil.which("tmux") is None,
    reason="tmux is not installed; `make system-deps` brings it",
)
def test_inside_tmux_work_goes_on_from_a_second_smaller_window(
    start: Start, server: Server, tmp_path: Path
) -> None:
    tmux = f"tmux -u -S {tmp_path / 'socket'} -f /dev/null"
    try:
        first = start(
            *server.client(f"LANG=C.UTF-8 {tmux} new-session '{TOKENDECK} --demo'")
        )
        first.wait_for("tokens · read")
        first.send("n")
        first.wait_for("Name (required")
        first.send("kiosk")
        first.wait_for("▌ kiosk")
        first.send(b"\x02d")
        first.wait_for_exit()

        second = start(
            *server.client(f"LANG=C.UTF-8 {tmux} attach"), columns=60, lines=15
        )
        second.wait_for("▌ kiosk")
        second.send("\r")
        second.wait_for("development")
        second.send(b"\x1bq")
        second.wait_for("▌ kiosk")
        second.send(b"\x1bq")
        second.wait_for("Kept what you typed")
        second.send("qy")
        second.wait_for_exit()
    finally:
        subprocess.run([*tmux.split(), "kill-server"], check=False, capture_output=True)
