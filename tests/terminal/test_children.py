"""Programs that hang while their parent is ended: none are left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.served import serving
from tests.support.terminal import Terminal, environment_with
from tests.terminal.conftest import TOKENDECK, Start
from tests.terminal.test_unfinished import signed_in
from tests.test_programs import wait_until_ended

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(
        sys.platform != "linux", reason="the tools and /proc are Linux's"
    ),
]


def hanging(folder: Path, name: str) -> Path:
    """Put a program that hangs into a folder.

    Return the file that it writes its process id to.
    """
    folder.mkdir(exist_ok=True)
    pid = folder / f"{name}.pid"
    script = folder / name
    script.write_text(
        f"#!/bin/sh\necho $$ > {pid}.part\nmv {pid}.part {pid}\nexec sleep 600\n"
    )
    script.chmod(0o755)
    return pid


def copy_by_hanging_xclip(start: Start, folder: Path) -> tuple[Terminal, int]:
    pid = hanging(folder, "xclip")
    path = f"{folder}:/usr/bin:/bin"
    terminal = start(TOKENDECK, "--demo", DISPLAY=":7", PATH=path)
    terminal.wait_for("tokens · read")
    terminal.send("c")
    terminal.wait_for(lambda _: pid.exists())
    return terminal, int(pid.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_hung_clipboard_tool_ends_with_the_dashboard(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    terminal, tool = copy_by_hanging_xclip(start, tmp_path / "tools")
    os.kill(terminal.pid, number)
    terminal.wait_for_exit()
    wait_until_ended(tool)


@pytest.mark.long
def test_a_hung_clipboard_tool_ends_where_the_user_quits(
    start: Start, tmp_path: Path
) -> None:
    terminal, tool = copy_by_hanging_xclip(start, tmp_path / "tools")
    terminal.send("\x03")
    assert terminal.wait_for_exit() == 0
    wait_until_ended(tool)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("words", [("doctor",), ("logout",)])
def test_a_hung_password_store_ends_with_the_command(
    tmp_path: Path, number: signal.Signals, words: tuple[str, ...]
) -> None:
    pid = hanging(tmp_path / "tools", "vault")
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "tokendeck" / "config.toml"
    config.parent.mkdir(parents=True)
    program = tmp_path / "tools" / "vault"
    config.write_text(
        f'[profiles.work]\nauth_command = ["{program}"]\nstack = "blt1"\n'
    )
    command = [TOKENDECK, "--profile", "work", *words]
    with subprocess.Popen(
        command,
        env=environment_with({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        while not pid.exists():
            assert running.poll() is None, running.communicate()
        running.send_signal(number)
        running.communicate(timeout=20)
        assert running.returncode in (-number, 1, 128 + number)
    wait_until_ended(int(pid.read_text()))


@pytest.mark.long
def test_a_hung_tmux_ends_with_the_dashboard(start: Start, tmp_path: Path) -> None:
    pid = hanging(tmp_path / "tools", "tmux")
    path = f"{tmp_path / 'tools'}:/usr/bin:/bin"
    terminal = start(
        TOKENDECK, "--demo", TMUX="/nowhere,1,0", TMUX_PANE="%0", PATH=path
    )
    terminal.wait_for("tokens · read")
    terminal.send("c")
    terminal.wait_for(lambda _: pid.exists())
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.wait_for_exit()
    wait_until_ended(int(pid.read_text()))


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEXTUAL_COLOR_SYSTEM", "nope"),
        ("TEXTUAL_DRIVER", "nope:Nope"),
        ("TEXTUAL_PRESS", "n,k,i,o,s,k"),
        ("TEXTUAL_SCREENSHOT", "0"),
        ("TEXTUAL_THEME", "nope"),
        ("TEXTUAL_FILTERS", "nope"),
    ],
)
def test_what_is_set_for_textual_does_nothing(
    start: Start, tmp_path: Path, name: str, value: str
) -> None:
    with serving() as served:
        variables = {name: value, "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path)}
        terminal = start(TOKENDECK, **signed_in(served), **variables)
        terminal.wait_for("tokens · read")
        terminal.settle()
        assert "Name (required" not in terminal.text
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert not [*tmp_path.glob("*.svg")]
