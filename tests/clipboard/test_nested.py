"""Copies through two multiplexers: a tmux in a tmux, and a screen over SSH in a tmux.

The outer tmux accepts a copy only if its user lets programs copy. We can't tell, so
Tokendeck claims nothing.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clipboard.conftest import ROOT, TOKEN, needs
from tests.support.sshd import server_program, sshd
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK

pytestmark = [pytest.mark.terminal, needs("tmux")]

OUTSIDE = [("", False), ("set -s set-clipboard on", True)]
Within = Callable[[str, str], Terminal]


@pytest.fixture
def sockets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a folder whose path is short enough for sockets.

    The servers in it end with the test.
    """
    folder = tmp_path_factory.mktemp("n")
    folder.chmod(0o700)
    yield folder
    for name in ("inside", "outside"):
        end = ["tmux", "-S", str(folder / name), "kill-server"]
        subprocess.run(end, capture_output=True, check=False)


@pytest.fixture
def within(sockets: Path) -> Within:
    """Run a command in a tmux with these settings, on a terminal that records its clipboard."""

    def within(command: str, settings: str) -> Terminal:
        file = sockets / "outside.conf"
        file.write_text(f"set -g status off\nset -g remain-on-exit on\n{settings}\n")
        words = [
            "tmux",
            "-S",
            str(sockets / "outside"),
            "-f",
            str(file),
            "new",
            command,
        ]
        return Terminal(words, cwd=Path(ROOT), columns=120)

    return within


@pytest.mark.parametrize(("settings", "arrives"), OUTSIDE)
def test_a_tmux_in_a_tmux_claims_its_own_buffer_only(
    within: Within, sockets: Path, copying: list[str], settings: str, arrives: bool
) -> None:
    file = sockets / "inside.conf"
    file.write_text("set -g status off\nset -g remain-on-exit on\n")
    tmux = shlex.join(
        [
            "tmux",
            "-S",
            str(sockets / "inside"),
            "-f",
            str(file),
            "new",
            shlex.join(copying),
        ]
    )
    with within(f"env -u TMUX -u TMUX_PANE {tmux}", settings) as terminal:
        terminal.wait_for("VERIFIED tmux: Copied it to tmux")
        terminal.wait_for("and sent it on. Paste to check.")
        terminal.settle()
        assert terminal.clipboard == ([TOKEN] if arrives else [])
        assert TOKEN not in terminal.text


def test_the_dashboard_works_in_a_tmux_in_a_tmux(within: Within, sockets: Path) -> None:
    tmux = shlex.join(
        [
            "tmux",
            "-S",
            str(sockets / "inside"),
            "-f",
            "/dev/null",
            "new",
            f"{TOKENDECK} --demo",
        ]
    )
    with within(f"env -u TMUX -u TMUX_PANE {tmux}", "") as terminal:
        work_through(terminal)


def work_through(terminal: Terminal) -> None:
    """Press keys that multiplexers delay or split, and leave."""
    for keys, then in (
        ("", "tokens · read"),
        (b"\x1bo", "EXPIRES"),
        (b"\x1bo", "PRV"),
        ("R", "1 Create the replacement"),
        (b"\x1b", "wasn't rotated"),
        ("n", "Name (required"),
        ("kiosk", "kiosk"),
    ):
        terminal.send(keys)
        terminal.wait_for(then)
    terminal.send("\x03")
    terminal.wait_for("Quit?")
    terminal.send("y")
    terminal.wait_for(lambda terminal: "kiosk" not in terminal.text)


@needs("screen")
@pytest.mark.skipif(
    server_program() is None, reason="sshd is not installed (make system-deps)"
)
def test_the_dashboard_works_in_a_screen_over_ssh_in_a_tmux(
    within: Within, sockets: Path, tmp_path: Path
) -> None:
    environ = f"SCREENDIR={sockets} SHELL=/bin/sh LANG=C.UTF-8"
    remote = f"{environ} screen -U -c /dev/null {TOKENDECK} --demo"
    with (
        sshd(tmp_path / "sshd") as server,
        within(shlex.join(server.client(remote)), "") as terminal,
    ):
        work_through(terminal)


@needs("screen")
@pytest.mark.skipif(
    server_program() is None, reason="sshd is not installed (make system-deps)"
)
@pytest.mark.parametrize(("settings", "arrives"), OUTSIDE)
def test_a_screen_over_ssh_in_a_tmux_claims_nothing(
    within: Within,
    sockets: Path,
    tmp_path: Path,
    copying: list[str],
    settings: str,
    arrives: bool,
) -> None:
    environ = f"SCREENDIR={sockets} SHELL=/bin/sh LANG=C.UTF-8"
    remote = f"cd {ROOT} && {environ} screen -U -c /dev/null {shlex.join(copying)}"
    with (
        sshd(tmp_path / "sshd") as server,
        within(shlex.join(server.client(remote)), settings) as terminal,
    ):
        terminal.wait_for("SENT osc52: Copied it. Paste to check.")
        terminal.settle()
        assert terminal.clipboard == ([TOKEN] if arrives else [])
        assert TOKEN not in terminal.text
        terminal.send("end\r")
        terminal.wait_for(lambda terminal: "SENT osc52" not in terminal.text)
