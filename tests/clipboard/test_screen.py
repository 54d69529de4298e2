"""Copies inside a real GNU screen, and in a terminal without any multiplexer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clipboard.conftest import ROOT, TOKEN, needs
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal


@needs("screen")
def test_gnu_screen_passes_a_copy_on(tmp_path: Path, copying: list[str]) -> None:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    env = {"SCREENDIR": str(folder), "SHELL": "/bin/sh"}
    with Terminal(
        ["screen", "-c", "/dev/null", *copying], env=env, cwd=Path(ROOT), columns=120
    ) as terminal:
        terminal.wait_for("SENT osc52")
        terminal.wait_for(lambda terminal: terminal.clipboard == [TOKEN])
        terminal.send("overwrite\r")
        terminal.wait_for(lambda terminal: terminal.clipboard == [TOKEN, "tokendeck"])
        terminal.send("end\r")
        terminal.wait_for_exit()


def test_a_plain_terminal_without_desktop_is_asked_and_never_said_to_have_answered(
    copying: list[str],
) -> None:
    with Terminal(copying, cwd=Path(ROOT), columns=120) as terminal:
        terminal.wait_for("SENT osc52: Copied it. Paste to check.")
        assert terminal.clipboard == [TOKEN]
        terminal.send("end\r")
        terminal.wait_for(
            "still on your terminal's clipboard, which can't be cleared from here: it."
        )


def test_a_terminal_that_refuses_is_named(copying: list[str]) -> None:
    with Terminal(
        copying, cwd=Path(ROOT), columns=120, env={"VTE_VERSION": "7200"}
    ) as terminal:
        terminal.wait_for("VTE refuses copies")
