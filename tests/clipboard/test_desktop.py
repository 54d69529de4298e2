"""Copies to a real, invisible X server's clipboard, and tools that fail or hang."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which

import pytest

from tests.clipboard.conftest import TOKEN, needs
from tests.support.environment import TRACED
from tui.clipboard.copier import Copier, Grade
from tui.clipboard.osc52 import ASK_ATTRIBUTES
from tui.secret import Secret

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="X11 and the stand-in tools are Linux's"
)


@contextmanager
def copier(
    environ: dict[str, str], clear_after: int = 0
) -> Iterator[tuple[Copier, list[str]]]:
    """Yield a copier and what it wrote to the terminal; leave no clear pending."""
    written: list[str] = []
    traced = {name: os.environ[name] for name in (TRACED,) if name in os.environ}
    made = Copier(traced | environ, written.append, clear_after=clear_after)
    try:
        yield made, written
    finally:
        made._local.keep()


def ended(copier: Copier) -> int:
    """Wait for the process that clears, and return how it ended."""
    helper = copier._local._helper
    assert helper is not None
    return helper.wait(10)


def only(tool: str, folder: Path, script: str = "") -> str:
    """Return a PATH with only this tool, or a script in its place."""
    path = folder / tool
    if script:
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    else:
        path.symlink_to(which(tool) or tool)
    for needed in ("sleep", "cat"):
        (folder / needed).symlink_to(which(needed) or needed)
    return str(folder)


def on_clipboard(display: str, tool: str) -> str:
    words = {"xclip": ["-selection", "clipboard", "-o"], "xsel": ["-b", "-o"]}[tool]
    for _ in range(3):
        # If a tool asks just as the clipboard's owner exits, it waits for an answer
        # forever.
        with suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                [tool, *words],
                env={**os.environ, "DISPLAY": display},
                capture_output=True,
                check=False,
                timeout=5,
            )
            return done.stdout.decode()
    raise AssertionError("nothing answers for the clipboard")


def put_on_clipboard(display: str, tool: str, text: str) -> None:
    words = {"xclip": ["-selection", "clipboard"], "xsel": ["-b", "-i"]}[tool]
    subprocess.run(
        [tool, *words],
        env={**os.environ, "DISPLAY": display},
        input=text.encode(),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def kill_all(display: str, tool: str) -> int:
    """Kill a tool's processes that own this display's clipboard.

    Return how many there were.
    """
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            named = (process / "comm").read_text().strip() == tool
            there = f"DISPLAY={display}".encode() in (
                process / "environ"
            ).read_bytes().split(b"\0")
        except OSError:
            continue
        if named and there:
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed


@pytest.mark.short(1)
@pytest.mark.terminal
@needs("Xvfb")
@pytest.mark.parametrize(
    "tool", [pytest.param(name, marks=needs(name)) for name in ("xclip", "xsel")]
)
class TestRealDisplay:
    async def test_a_copy_is_read_back_and_cleared_in_time(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        with copier(environ, 3) as (made, written):
            outcome = await made.copy(Secret(TOKEN), "it")
            assert outcome.grade is Grade.VERIFIED, outcome
            assert "Clears at" in outcome.sentence
            assert on_clipboard(display, tool) == TOKEN
            assert written == []
            assert "On the clipboard until" in made.farewell()
            assert ended(made) == 0
            assert on_clipboard(display, tool) == ""

    async def test_what_came_after_the_copy_is_left_alone(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        with copier(environ, 1) as (made, _):
            await made.copy(Secret(TOKEN), "it")
            put_on_clipboard(display, tool, "mine")
            assert ended(made) == 1
            assert on_clipboard(display, tool) == "mine"
            assert "Tokendeck left it" in await made.overwrite()
            assert on_clipboard(display, tool) == "mine"

    async def test_a_tool_that_was_killed_takes_the_copy_along_and_nothing_more_is_claimed(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        with copier(environ, 1) as (made, _):
            assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.VERIFIED
            assert kill_all(display, tool) >= 1
            assert on_clipboard(display, tool) == ""
            assert ended(made) == 1
            assert "Tokendeck left it" in await made.overwrite()
            assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.VERIFIED

    @pytest.mark.parametrize("newer_clears_after", [45, 0])
    async def test_a_newer_copy_of_the_same_value_outlives_an_ended_runs_clear(
        self, display: str, tool: str, tmp_path: Path, newer_clears_after: int
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        environ["XDG_RUNTIME_DIR"] = str(tmp_path)
        with (
            copier(environ, 5) as (older, _),
            copier(environ, newer_clears_after) as (newer, _),
        ):
            await older.copy(Secret(TOKEN), "it")
            await newer.copy(Secret(TOKEN), "it")
            assert ended(older) == 1
            assert on_clipboard(display, tool) == TOKEN

    async def test_an_older_clear_still_comes_where_the_newer_copy_failed(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        environ["XDG_RUNTIME_DIR"] = str(tmp_path)
        (tmp_path / "broken").mkdir()
        broken = environ | {"PATH": only(tool, tmp_path / "broken", "exit 1")}
        with copier(environ, 2) as (older, _), copier(broken, 45) as (newer, _):
            await older.copy(Secret(TOKEN), "it")
            assert (await newer.copy(Secret(TOKEN), "it")).grade is Grade.SENT
            assert ended(older) == 0
            assert on_clipboard(display, tool) == ""

    async def test_a_copy_is_cleared_when_asked(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        with copier(environ, 45) as (made, _):
            await made.copy(Secret(TOKEN), "it")
            assert "Cleared the clipboard" in await made.overwrite()
            assert on_clipboard(display, tool) == ""
            assert made.farewell() == ""

    async def test_a_display_over_ssh_is_the_users_if_the_user_says_so(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": display,
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
            "SSH_TTY": "x",
        }
        made = Copier(environ, lambda _: None, choice="native", clear_after=0)
        assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.VERIFIED
        assert on_clipboard(display, tool) == TOKEN

    async def test_a_dead_display_is_not_believed(
        self, display: str, tool: str, tmp_path: Path
    ) -> None:
        environ = {
            "DISPLAY": ":4095",
            "PATH": only(tool, tmp_path),
            "HOME": str(tmp_path),
        }
        with copier(environ) as (made, written):
            assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.SENT
            assert len([text for text in written if text != ASK_ATTRIBUTES]) == 1


@pytest.mark.parametrize("script", ["exit 1", "cat > /dev/null", "exec sleep 60"])
async def test_a_tool_that_fails_forgets_or_hangs_is_not_believed(
    tmp_path: Path, script: str
) -> None:
    with copier({"DISPLAY": ":7", "PATH": only("xclip", tmp_path, script)}) as (
        made,
        written,
    ):
        assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.SENT
        assert len([text for text in written if text != ASK_ATTRIBUTES]) == 1


async def test_a_display_seen_over_ssh_is_left_alone(tmp_path: Path) -> None:
    path = only("xclip", tmp_path, f"echo called > {tmp_path}/called")
    environ = {"DISPLAY": ":7", "PATH": path, "SSH_CONNECTION": "a b c d"}
    with copier(environ) as (made, _):
        assert (await made.copy(Secret(TOKEN), "it")).grade is Grade.SENT
    assert not (tmp_path / "called").exists()


async def test_a_desktop_that_is_asked_for_alone_and_fails_is_said_to_have_failed(
    tmp_path: Path,
) -> None:
    environ = {"DISPLAY": ":7", "PATH": only("xclip", tmp_path, "exit 1")}
    made = Copier(environ, lambda _sequence: None, choice="native")
    outcome = await made.copy(Secret(TOKEN), "it")
    assert outcome.grade is Grade.FAILED
    assert outcome.helps == "plain"
    assert "xclip returned something other" in outcome.sentence
