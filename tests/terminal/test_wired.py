"""The wire within Textual.

If these fail after a Textual upgrade, look in `tui/terminal/wired.py`.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from threading import Event
from typing import ClassVar

import pytest
from textual._compositor import (
    ChopsUpdate,
    CompositorUpdate,
    InlineUpdate,
    LayoutUpdate,
)
from textual.app import App

from tests.support.pilot import wait_for
from tests.support.terminal import Terminal
from tui.terminal.wired import WiredApp

TOKENDECK = str(Path(sys.executable).with_name("tokendeck"))
DEAREST = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@contextmanager
def demo(*options: str, **env: str | None) -> Iterator[Terminal]:
    with Terminal((TOKENDECK, "--demo", *options), env={**DEAREST, **env}) as terminal:
        terminal.wait_for("tokens · read")
        terminal.settle()
        yield terminal


def test_textual_still_displays_as_the_wire_expects() -> None:
    assert list(inspect.signature(App._display).parameters) == [
        "self",
        "screen",
        "renderable",
    ]
    source = inspect.getsource(App._display)
    for relied_on in (
        "if isinstance(renderable, CompositorUpdate)",
        "renderable.render_segments(console)",
        "self.post_display_hook()",
        "if self._batch_count:",
        "self.screen.outer_size.clamp_offset(",
        "self.cursor_position",
    ):
        assert relied_on in source
    assert "if self._sync_available" in inspect.getsource(App._begin_update)
    for update in (LayoutUpdate, ChopsUpdate, InlineUpdate):
        assert issubclass(update, CompositorUpdate)
        assert "render_segments" in vars(update)


class Noting(WiredApp[None], inherit_bindings=False):
    """Draws as in a terminal, and records what happens."""

    happened: ClassVar[list[str]] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write_frame(self, sequence: str) -> None:
        self.happened.append("frame")

    async def _redraw(self) -> None:
        self.happened.append("refreshed")

    def on_mount(self) -> None:
        self.happened.clear()
        self.call_after_refresh(self._redraw)
        self.call_after_frame(lambda: self.happened.append("called"))


@pytest.mark.parametrize("plain_wire", [False, True])
async def test_what_waits_for_a_frame_is_called_with_the_first_and_no_later(
    plain_wire: bool,
) -> None:
    app = Noting(plain_wire=plain_wire)
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: "refreshed" in app.happened, "a refresh")
        assert app.happened[:2] == (
            ["called", "refreshed"] if plain_wire else ["frame", "called"]
        )
        app.screen.styles.background = "red"
        await pilot.pause()
        assert app.happened.count("called") == 1


@pytest.mark.terminal
def test_a_session_looks_the_same_with_the_wire_and_without() -> None:
    with demo() as wired, demo("--plain-wire") as plain:
        for keys in (
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
        ):
            for terminal in (wired, plain):
                terminal.send(keys)
            for terminal in (wired, plain):
                # What comes right after Esc is a key with alt.
                terminal.settle(0.4 if keys == b"\x1b" else 0.2)
            agree(wired, plain, cursor=keys in ("web", "ab"))
        for terminal in (wired, plain):
            terminal.resize(100, 30)
            terminal.settle(0.4)
            terminal.resize(60, 15)
            terminal.settle(0.4)
        agree(wired, plain)
        assert len(wired.bytes_seen) * 3 < len(plain.bytes_seen)


@pytest.mark.long
@pytest.mark.terminal
def test_a_repaint_mends_what_another_program_wrote() -> None:
    with demo() as terminal:
        before = terminal.cells
        terminal._draw(b"\x1b[5;1H\x1b[31msomebody else wrote here\x1b[0m\x1b[?25h")
        assert terminal.cells != before
        terminal.send(b"\x0c")
        terminal.wait_for(lambda terminal: terminal.cells == before)
        assert terminal.grid.cursor.hidden


@pytest.mark.terminal
@pytest.mark.parametrize("leave", ["q", SIGTERM])
def test_the_terminal_gets_its_own_colours_back(leave: str | int) -> None:
    with demo() as terminal:
        if isinstance(leave, str):
            terminal.send(leave)
        else:
            os.kill(terminal.pid, leave)
        terminal.wait_for_exit()
        styles = re.findall(rb"\x1b\[[0-9;]*m|\x1b\[\?1049l", terminal.bytes_seen)
        assert styles[styles.index(b"\x1b[?1049l") - 1] == b"\x1b[m"


@pytest.mark.long
@pytest.mark.terminal
def test_a_size_that_changes_and_changes_back_is_drawn_anew() -> None:
    with demo() as terminal:
        before = terminal.cells
        terminal._child.setwinsize(10, 40)
        terminal._child.setwinsize(24, 80)
        terminal._draw(b"\x1b[2J")
        terminal.wait_for(lambda terminal: terminal.cells == before)


@pytest.mark.long
@pytest.mark.terminal
def test_frames_for_a_line_that_stands_still_are_skipped_and_the_last_one_is_right() -> (
    None
):
    with demo() as terminal:
        before = len(terminal.bytes_seen)
        # Nobody reads meanwhile, so the terminal takes no more than its own buffer
        # holds.
        for _ in range(101):
            terminal.send(b"\x1bo")
            Event().wait(0.03)
        # This key comes after all others.
        terminal.send("/")
        rest(terminal)
        terminal.wait_for("words, or env:qa")
        terminal.settle()
        assert "ACCESS" in terminal.text
        assert len(terminal.bytes_seen) - before < 25_000
        shown, seen = terminal.cells, len(terminal.bytes_seen)
        terminal.send("\x0c")
        terminal.wait_for(lambda terminal: b"Storefront" in terminal.bytes_seen[seen:])
        terminal.wait_for(lambda terminal: terminal.cells == shown)


def rest(terminal: Terminal) -> None:
    """Wait until the program has nothing more to do, without reading what it sends."""
    before: list[str] = []
    while (now := _times(terminal)) != before:
        before = now
        Event().wait(0.5)


def _times(terminal: Terminal) -> list[str]:
    """The processor times of the program, in user and in kernel mode."""
    return Path(f"/proc/{terminal.pid}/stat").read_text().split()[13:15]


def agree(wired: Terminal, plain: Terminal, *, cursor: bool = False) -> None:
    """Wait until both show the same: on a busy machine, one may lag behind."""

    def same(terminal: Terminal) -> bool:
        terminal._read(0)
        at_once = not cursor or wired.cursor == plain.cursor
        return at_once and not differing(wired, plain)

    wired.wait_for(lambda _: same(plain))


def differing(wired: Terminal, plain: Terminal) -> list[int]:
    """The lines that do not look the same, but for the moments of reading and making."""
    return [
        y
        for y, (one, other) in enumerate(zip(wired.cells, plain.cells, strict=True))
        if one != other and not re.search("read |Created", wired.screen[y])
    ]
