"""Where the bytes of a secret are, and where they must not be.

The real command against a served sandbox.
"""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.clipboard.conftest import RealTmux, needs
from tests.clipboard.conftest import real_tmux as real_tmux  # noqa: PLC0414 - a fixture
from tests.sandbox.served import Served, serving
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal

ROOT = Path(__file__).parents[2]
_OSC_52 = re.compile(rb"\x1b\]52;[a-z]*;[A-Za-z0-9+/=]*\x07")

# The program with a bug in one command: it fails with a value in its message and in a
# local variable.
_BUGGY = """
import tui.app
from tui.cli.main import main
async def fail(self):
    value = self.screen.token.value.reveal()
    raise RuntimeError("a bug, at " + value)
tui.app.TokendeckApp.do_help = fail
main()
"""


@dataclass
class Scene:
    """A running program, its sandbox, and all the secrets involved."""

    served: Served
    folder: Path
    secrets: list[str] = field(default_factory=list)

    def command(self) -> list[str]:
        return [sys.executable, "-c", _BUGGY, "--log", str(self.folder / "log")]

    def env(self) -> dict[str, str]:
        info = self.served.info
        return {
            "TOKENDECK_CMA": info["cma"],
            "TOKENDECK_CDA": info["cda"],
            "TOKENDECK_STACK": self.served.api_key,
            "CONTENTSTACK_AUTHTOKEN": self.served.user()["authtoken"],
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
        }

    def read_tokens(self) -> list[dict[str, object]]:
        """Return all delivery tokens, as the server has them.

        Their values count as secrets from now on.
        """
        url = f"{self.served.info['cma']}/v3/stacks/delivery_tokens"
        request = urllib.request.Request(url, headers=self.served.headers())
        with urllib.request.urlopen(request) as answer:
            tokens: list[dict[str, object]] = json.load(answer)["tokens"]
        found = [
            str(token[name])
            for token in tokens
            for name in ("token", "preview_token")
            if token.get(name)
        ]
        self.secrets = [self.served.user()["authtoken"], *found]
        return tokens

    def leaks(self, data: bytes) -> list[str]:
        return [secret for secret in self.secrets if secret.encode() in data]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with serving() as served:
        (tmp_path / "run").mkdir(mode=0o700)
        made = Scene(served, tmp_path)
        made.read_tokens()
        yield made


def test_a_secret_is_sent_only_while_it_is_shown_and_when_it_is_copied(
    scene: Scene,
) -> None:
    with Terminal(scene.command(), env=scene.env(), cwd=ROOT) as terminal:
        seen = 0

        def since() -> bytes:
            """Return what came since the last call, without what was copied."""
            nonlocal seen
            came, seen = terminal.bytes_seen[seen:], len(terminal.bytes_seen)
            return _OSC_52.sub(b"", came)

        terminal.wait_for("tokens · read")
        for key, then in (
            ("n", "Name (required"),
            ("kiosk\r", "[x] main"),
            ("\r", "preview-eu"),
            (" ", "[x]"),
            ("\r", "Generate Token"),
            (" \r", "Generated kiosk"),
            ("c", "Paste to check"),
        ):
            terminal.send(key)
            terminal.wait_for(then)
        (made,) = (token for token in scene.read_tokens() if token["name"] == "kiosk")
        value = str(made["token"])
        assert terminal.clipboard == [value]
        terminal.send("\r")
        terminal.wait_for("tokens · read")
        assert scene.leaks(since()) == []

        terminal.send("u")
        terminal.wait_for(value)
        terminal.settle()
        assert set(scene.leaks(since())) <= {value, str(made.get("preview_token"))}
        terminal.send("\x1b[O")
        terminal.wait_for(lambda terminal: value not in terminal.text)
        scene.served.process.kill()
        terminal.send("r")
        terminal.wait_for(
            lambda terminal: (
                "no connection" in terminal.text.lower() or "!" in terminal.text
            )
        )
        terminal.send("?")
        terminal.wait_for_exit()
        rest = since()
        assert b"a bug, at" in rest
        assert scene.leaks(rest) == []
        assert b"Maybe still on your terminal's clipboard" in rest

    log = scene.folder / "log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "HTTP Request: GET" in log.read_text()
    assert "a bug, at cs…" in log.read_text() or "a bug, at [hidden]" in log.read_text()
    files = [path for path in scene.folder.rglob("*") if path.is_file()]
    assert {str(path) for path in files if scene.leaks(path.read_bytes())} == set()


def test_a_value_shown_plain_is_wiped_and_written_only_when_asked(scene: Scene) -> None:
    value = str(scene.read_tokens()[0]["token"])
    with Terminal(scene.command(), env=scene.env(), cwd=ROOT) as terminal:
        terminal.wait_for("tokens · read")
        terminal.send("f")
        terminal.wait_for("any other key clears it")
        assert (
            f"\r\n{value}\r\n".encode()
            in terminal.bytes_seen.rpartition(b"\x1b[?1049l")[2]
        )
        terminal.settle()
        terminal.send("\x03")
        terminal.wait_for(
            lambda terminal: (
                "tokens · read" in terminal.text and value not in terminal.text
            )
        )
        assert b"\x1b[3J" in terminal.bytes_seen
        assert list((scene.folder / "run").iterdir()) == []

        terminal.settle()
        terminal.send("f")
        terminal.wait_for("any other key clears it")
        terminal.settle()
        terminal.send("w")
        terminal.wait_for("On your machine: scp")
        (file,) = (scene.folder / "run" / "tokendeck").iterdir()
        assert file.read_text() == value
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert terminal.not_restored == []
        assert not file.exists()


@pytest.mark.long
def test_a_signal_that_ends_it_wipes_a_value_shown_plain(scene: Scene) -> None:
    with Terminal(scene.command(), env=scene.env(), cwd=ROOT) as terminal:
        terminal.wait_for("tokens · read")
        terminal.send("f")
        terminal.wait_for("any other key clears it")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_for_exit() == 128 + signal.SIGTERM
        assert b"\x1b[3J" in terminal.bytes_seen
        assert terminal.not_restored == []


@needs("tmux")
def test_no_child_is_told_a_secret_and_tmux_keeps_none(
    scene: Scene, real_tmux: RealTmux
) -> None:
    real, told = Path("/usr/bin/tmux"), scene.folder / "told"
    told.mkdir()
    spy = scene.folder / "bin" / "tmux"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\n(env; echo "$@") > {told}/$$\nexec {real} "$@"\n')
    spy.chmod(0o755)
    path = f"{spy.parent}:{os.environ['PATH']}"
    value = str(scene.read_tokens()[0]["token"])
    with real_tmux.run(
        ["env", f"PATH={path}", *scene.command()], "", scene.env()
    ) as terminal:
        terminal.wait_for("tokens · read")
        terminal.send("c")
        terminal.wait_for("to tmux")
        assert terminal.clipboard == [value]
        assert real_tmux("show-buffer") == value
        terminal.send("f")
        terminal.wait_for("any other key clears it")
        terminal.settle()
        lines = real_tmux("capture-pane", "-p").splitlines()
        assert [line for line in lines if value in line] == [value]
        terminal.send("x")
        terminal.wait_for("? help")
        assert value not in real_tmux("capture-pane", "-p", "-S", "-")
        terminal.send("C")
        terminal.wait_for("terminal to replace it")
        assert real_tmux("list-buffers") == ""
    calls = list(told.iterdir())
    assert len(calls) > 4
    assert [call for call in calls if scene.leaks(call.read_bytes())] == []


@pytest.mark.long
def test_core_dumps_are_off(scene: Scene) -> None:
    if sys.platform != "linux":
        pytest.skip("limits are read where Linux keeps them")
    with Terminal(scene.command(), env=scene.env(), cwd=ROOT) as terminal:
        terminal.wait_for("tokens · read")
        assert re.search(
            r"Max core file size +0 +0 ",
            Path(f"/proc/{terminal.pid}/limits").read_text(),
        )


def test_a_log_that_others_can_read_is_refused(scene: Scene) -> None:
    (scene.folder / "log").touch(mode=0o644)
    with Terminal(scene.command(), env=scene.env(), cwd=ROOT) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "chmod 600" in terminal.text
