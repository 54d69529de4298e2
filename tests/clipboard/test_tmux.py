"""Copies inside a real tmux, in a pseudo-terminal that records what leaves it."""

from __future__ import annotations

import subprocess

import pytest

from tests.clipboard.conftest import TOKEN, RealTmux, needs
from tests.support.terminal import Terminal
from tui.clipboard.situation import look

pytestmark = [pytest.mark.terminal, needs("tmux")]


@pytest.mark.short(2)
@pytest.mark.parametrize(
    "config",
    [
        "",
        "set -s set-clipboard on",
        "set -s set-clipboard off",
        "set -g allow-passthrough on",
    ],
)
def test_a_copy_reaches_tmux_and_the_terminal_and_leaves_tmux_in_time(
    real_tmux: RealTmux, copying: list[str], config: str
) -> None:
    with real_tmux.run([*copying, "1"], config, {}) as terminal:
        terminal.wait_for("VERIFIED tmux")
        terminal.wait_for("from tmux at")
        terminal.wait_for(lambda terminal: terminal.clipboard == [TOKEN])
        assert TOKEN not in terminal.text
        terminal.send("end\r")
        terminal.wait_for("left: ")
        # The program has ended: tmux itself deletes the value.
        terminal.wait_for(lambda _: real_tmux("list-buffers") == "", timeout=5)


def test_a_copy_can_be_pasted_within_tmux_until_it_is_overwritten(
    real_tmux: RealTmux, copying: list[str]
) -> None:
    with real_tmux.run(copying, "", {}) as terminal:
        terminal.wait_for("VERIFIED tmux")
        assert real_tmux("show-buffer") == TOKEN
        terminal.send("overwrite\r")
        terminal.wait_for("terminal to replace it")
        terminal.wait_for(lambda terminal: terminal.clipboard == [TOKEN, "tokendeck"])
        assert real_tmux("list-buffers") == ""


@pytest.mark.parametrize(
    ("config", "reached"),
    [("", False), ("set -g allow-passthrough on", True)],
    ids=["stock", "passing on"],
)
def test_a_terminal_without_clipboard_is_reached_only_past_tmux(
    real_tmux: RealTmux, copying: list[str], config: str, reached: bool
) -> None:
    with real_tmux.run(copying, config, {"TERM": "vt100"}) as terminal:
        terminal.wait_for("VERIFIED tmux" if reached else "HELD tmux")
        terminal.wait_for(
            "to tmux and sent it on" if reached else "but not to your terminal"
        )
        terminal.settle()
        assert terminal.clipboard == ([TOKEN] if reached else [])


@pytest.mark.parametrize("term", ["alacritty", "foot"])
def test_a_terminal_that_terminfo_knows_to_take_copies_is_sent_them(
    real_tmux: RealTmux, copying: list[str], term: str
) -> None:
    if subprocess.run(["infocmp", term], capture_output=True, check=False).returncode:
        pytest.skip(f"terminfo does not know {term} here")
    with real_tmux.run(copying, "", {"TERM": term}) as terminal:
        terminal.wait_for("VERIFIED tmux")
        terminal.wait_for("to tmux and sent it on")
        terminal.wait_for(lambda terminal: terminal.clipboard == [TOKEN])


def test_tmux_is_asked_where_its_client_sits_not_where_it_was_started(
    real_tmux: RealTmux,
) -> None:
    with real_tmux.run(
        ["cat"], "", {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
    ) as far:
        far.wait_for(lambda _: real_tmux("list-clients") != "")
        pane = real_tmux("display-message", "-p", "#{pane_id}").strip()
        stale = {
            "TMUX": f"{real_tmux.socket},1,0",
            "TMUX_PANE": pane,
            "PATH": "/usr/bin:/bin",
        }
        assert look(stale).remote
        assert look(stale).origin == "192.0.2.1"
        real_tmux("detach-client")
        far.wait_for_exit()
        command = ["tmux", "-S", str(real_tmux.socket), "attach"]
        with Terminal(command, env={"DISPLAY": ":9"}, cwd=None) as near:
            near.wait_for(lambda _: real_tmux("list-clients") != "")
            here = look({**stale, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"})
            assert not here.remote
            assert here.environ["DISPLAY"] == ":9"
            assert here.tmux is not None
            assert here.tmux.version >= (3, 0)
            assert "52" in here.tmux.copies_by
