"""The wire within tmux and GNU screen, which draw what it sends on a terminal of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal

_KEYS = (
    "",
    "jj",
    "G",
    b"\x1bo",
    "j",
    "o",
    "/",
    "web",
    "\r",
    b"\x1b",
    "n",
    "ab",
    b"\x1b",
    "?",
    b"\x1b",
    "m",
)
_BLUE_LINE = r"printf '\033[44m\033[2;1H\033[K\033[m\033[4;1Hdrawn'; sleep 60"
_EXTERNAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}

Within = Callable[[str], Terminal]


@pytest.fixture(params=["tmux", "screen"])
def program(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def within(program: str, start: Start, tmp_path: Path) -> Iterator[Within]:
    """Start a command in a shell within a multiplexer that is drawn on a terminal."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed; `make system-deps` brings it")
    rules = tmp_path / "rules"
    # Inside: what their manuals recommend for 256 colours. Outside: all cells, no line
    # of their own.
    rules.write_text(
        "set -g default-terminal tmux-256color\nset -g status off\n"
        if program == "tmux"
        else "term screen-256color\nstartup_message off\nhardstatus off\n"
    )
    sockets = tmp_path / "sockets"
    sockets.mkdir(mode=0o700)
    started: list[list[str]] = []

    def within(command: str) -> Terminal:
        name = f"deck{len(started)}"
        if program == "tmux":
            base = ["tmux", "-u", "-S", str(sockets / name), "-f", str(rules)]
            started.append([*base, "kill-server"])
            return start(*base, "new-session", command, **_EXTERNAL)
        started.append(["screen", "-S", name, "-X", "quit"])
        return start(
            "screen", "-U", "-c", str(rules), "-S", name, "sh", "-c", command,
            SCREENDIR=str(sockets), **_EXTERNAL,
        )  # fmt: skip

    yield within
    for ending in started:
        environ = {**os.environ, "SCREENDIR": str(sockets)}
        subprocess.run(ending, check=False, capture_output=True, env=environ)


def wait_until_alike(wired: Terminal, plain: Terminal) -> None:
    """Give the slower one time to draw what the other one shows."""
    for _ in range(50):
        if cells(wired) == cells(plain):
            return
        for terminal in (wired, plain):
            terminal.settle(0.1)


@pytest.mark.long
def test_a_session_looks_the_same_with_the_wire_and_without(within: Within) -> None:
    wired, plain = (
        within(f"{TOKENDECK} --demo {option}") for option in ("", "--plain-wire")
    )
    for terminal in (wired, plain):
        terminal.wait_for("tokens · read")
    for keys in _KEYS:
        for terminal in (wired, plain):
            terminal.send(keys)
            # Esc alone is held back by tmux for half a second.
            terminal.settle(0.8 if keys == b"\x1b" else 0.4)
        wait_until_alike(wired, plain)
        assert cells(wired) == cells(plain), keys


def test_only_tmux_erases_in_colour(within: Within, program: str) -> None:
    terminal = within(_BLUE_LINE)
    terminal.wait_for("drawn")
    coloured = set(terminal.cells[1]) == {(" ", "blue")}
    assert coloured is (program == "tmux")


def cells(terminal: Terminal) -> list[list[Hashable]]:
    """What is seen, but for the lines with moments.

    When the stack was read, and the demo was made.
    """
    return [
        cells
        for line, cells in zip(terminal.screen, terminal.cells, strict=True)
        if "read " not in line and "Created" not in line
    ]
