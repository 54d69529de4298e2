"""The real cursor of a real terminal, in every place that one key opens."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.screens.places import WAYS
from tests.support.short_form import Few
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start
from tui.commands import Place

pytestmark = pytest.mark.terminal

_MOVE = re.compile(rb"(?=.{1,8}\Z)(\x1b\[[0-9;]*[A-H]|\r|\x08+)\Z", re.DOTALL)
_SHOW, _HIDE = b"\x1b[?25h", b"\x1b[?25l"
_SIGNS = "▌["


def line_of_cursor(terminal: Terminal) -> str:
    """Return the text from the cursor on, with the sign before a field."""
    x, y = terminal.cursor
    line = terminal.grid.display[y]
    return line[max(0, x - 2) :] if x else line


def test_it_stands_on_what_is_selected_by_the_bytes(
    dashboard: Terminal, few: Few
) -> None:
    assert line_of_cursor(dashboard).startswith("▌   ")
    for place, way in few(WAYS.items(), 6):
        if place is Place.DELIVER:
            # The demo has no targets to select.
            continue
        dashboard.send(way.typed)
        dashboard.wait_for(way.words)
        dashboard.settle(0.15)
        for key in ("", b"\x1b[B", b"\x1b[A", "\t"):
            dashboard.send(key)
            dashboard.settle(0.15)
            assert line_of_cursor(dashboard).lstrip()[0] in _SIGNS, (place, key)
        dashboard.send(b"\x1bq")
        dashboard.wait_for("UPDATED")
        dashboard.settle(0.15)


@pytest.mark.long
def test_a_step_ends_with_at_most_eight_bytes_for_it(start: Start) -> None:
    terminal = start(synchronized=True, COLORTERM="truecolor")
    terminal.wait_for("tokens · read")
    terminal.settle()
    for key in "jjjkGg":
        before = len(terminal.bytes_seen)
        terminal.send(key)
        terminal.settle()
        frame = terminal.bytes_seen[before:].removesuffix(b"\x1b[?2026l")
        assert _MOVE.search(frame), frame


@pytest.mark.long
def test_it_is_hidden_unless_the_user_wants_to_see_it(dashboard: Terminal) -> None:
    assert dashboard.grid.cursor.hidden
    assert _SHOW not in dashboard.bytes_seen
    dashboard.send(b"\x0c")
    dashboard.settle()
    assert dashboard.grid.cursor.hidden


@pytest.mark.long
@pytest.mark.parametrize("options", [(), ("--plain-wire",)])
def test_it_is_shown_where_the_settings_say_so(
    start: Start, options: tuple[str, ...]
) -> None:
    file = Path(os.environ["XDG_CONFIG_HOME"], "tokendeck", "config.toml")
    file.parent.mkdir(parents=True)
    file.write_text('[profiles.work]\ncursor = "shown"\n')
    terminal = start(TOKENDECK, "--demo", *options)
    terminal.wait_for("tokens · read")
    for key in ("j", b"\x0c", "j"):
        terminal.send(key)
        terminal.settle()
        assert not terminal.grid.cursor.hidden
        assert line_of_cursor(terminal).startswith("▌   ")
    assert _HIDE not in terminal.bytes_seen
