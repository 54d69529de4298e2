"""A token to copy, and the real programs that a copy can go through."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

TOKEN = "cs" + "0a1b" * 6
ROOT = str(Path(__file__).parents[2])


def needs(program: str) -> pytest.MarkDecorator:
    """Return a mark that skips a test if a program is missing."""
    return pytest.mark.skipif(
        shutil.which(program) is None,
        reason=f"{program} is not installed (make system-deps)",
    )


@pytest.fixture
def copying(tmp_path: Path) -> list[str]:
    """Return the command that copies TOKEN.

    To clear the copy, append the seconds until then.
    """
    file = tmp_path / "value"
    file.write_text(TOKEN)
    return [sys.executable, "-m", "tests.support.copying", str(file)]


@dataclass(frozen=True)
class RealTmux:
    """The test's own tmux server, with its own configuration."""

    socket: Path

    def __call__(self, *words: str) -> str:
        """Run a tmux command, and return its output."""
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), *words],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def run(
        self, command: list[str], config: str, env: Mapping[str, str | None]
    ) -> Terminal:
        """Run a command in tmux, in a terminal."""
        file = self.socket.with_suffix(".conf")
        file.write_text(f"set -g remain-on-exit on\n{config}\n")
        words = ["tmux", "-S", str(self.socket), "-f", str(file), "new", *command]
        return Terminal(words, env=env, cwd=Path(ROOT), columns=120)


@pytest.fixture
def real_tmux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealTmux]:
    """Yield a tmux that ends with the test, with a short path for its socket."""
    tmux = RealTmux(tmp_path_factory.mktemp("t") / "s")
    yield tmux
    tmux("kill-server")


@pytest.fixture
def display() -> Iterator[str]:
    """Yield the display name of an invisible X server."""
    read, write = os.pipe()
    with subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            "320x200x8",
            "-nolisten",
            "tcp",
        ],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                number = told.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            with suppress(ProcessLookupError):
                server.terminate()
