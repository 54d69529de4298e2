from __future__ import annotations

import os
import shutil
import sys

import pytest

from tui.clipboard import situation
from tui.clipboard.situation import Situation, Tmux, describe, look

IN_TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TMUX_PANE": "%1", "PATH": "/nowhere"}


MS = r"\033]52;%p1%s;%p2%s\a"
TWO_CLIENTS = f"""\
Terminal 0: xterm-256color for /dev/pts/7, flags=0x20:
   0: acsc: (string) ``aaff
 192: Ms: [missing]
Terminal 1: alacritty for /dev/pts/8, flags=0x20:
 192: Ms: (string) {MS}
 193: Nobr: [missing]
"""


def answering(first: str, *variables: str, terminals: str = "") -> Situation:
    """Return what is found in a tmux with these answers."""
    asked: list[tuple[str, ...]] = []

    def ask(words: tuple[str, ...], _environ: object) -> bytes:
        if words[1] == "show-messages":
            return terminals.encode()
        asked.append(words)
        return "\n".join((first, *variables, "")).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(situation, "printed_by", ask)
        here = look({**IN_TMUX, "SSH_CONNECTION": "198.51.100.9 1 192.0.2.2 22"})
    assert "%1" in asked[0]
    return here


def test_tmux_is_believed_over_variables_from_when_it_was_started() -> None:
    assert answering("3.3a\t/dev/pts/8\t xterm\t0\t1").remote
    local = answering("3.3a\t/dev/pts/8\t xterm\t0\t1", "-SSH_CONNECTION", "DISPLAY=:0")
    assert not local.remote
    assert local.environ["DISPLAY"] == ":0"
    assert "SSH_CONNECTION" not in local.environ


@pytest.mark.parametrize(
    ("first", "version", "passes_on"),
    [
        ("3.3a\t/dev/pts/8\tfoot(1.16) xterm\t0\t1", (3, 3), False),
        ("3.4\t/dev/pts/8\t xterm\ton\t1", (3, 4), True),
        ("next-3.6\t/dev/pts/8\t xterm\tall\t1", (3, 6), True),
        ("3.1c\t/dev/pts/8\t xterm\t\t1", (3, 1), True),
        ("", (0, 0), False),
    ],
)
def test_what_tmux_says_of_itself(
    first: str, version: tuple[int, int], passes_on: bool
) -> None:
    tmux = answering(first).tmux
    assert tmux is not None
    assert tmux.version == version
    assert tmux.passes_on is passes_on


@pytest.mark.parametrize(
    ("tty", "copies_by"),
    [("/dev/pts/7", ""), ("/dev/pts/8", MS), ("/dev/pts/9", ""), ("", "")],
)
def test_tmux_is_judged_by_what_it_uses_for_the_terminal_of_this_client(
    tty: str, copies_by: str
) -> None:
    here = answering(f"3.3a\t{tty}\t alacritty\t0\t1", terminals=TWO_CLIENTS)
    assert here.tmux is not None
    assert here.tmux.copies_by == copies_by
    assert here.sends_by_tmux is bool(copies_by)


@pytest.mark.parametrize(
    ("terminal", "copies_by", "primary"),
    [
        ("XTerm(379) xterm-256color", MS, True),
        ("XTerm(379) xterm-256color", r"\033]52;c;%p2%s\a", False),
        ("XTerm(379) xterm-256color", "", False),
        ("foot(1.13.1) foot", MS, False),
        (" xterm-256color", MS, False),
    ],
)
def test_xterm_behind_tmux_takes_a_copy_for_the_middle_button_where_no_clipboard_is_named(
    terminal: str, copies_by: str, primary: bool
) -> None:
    here = Situation(terminal=terminal, tmux=Tmux((3, 3), copies_by))
    assert here.fills_primary is primary
    assert ("middle button" in describe(here)[1].words) is primary


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "alacritty"}, True),
        ({"TERM_PROGRAM": "WezTerm", "TERM": "xterm-256color"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "7200", "TERM": "xterm-256color"}, False),
        ({"TERM": "rxvt-unicode-256color"}, False),
        ({"TERM": "st-256color"}, False),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
    ],
)
def test_what_is_known_of_a_terminal_by_its_name(
    environ: dict[str, str], takes: bool | None
) -> None:
    assert look(environ).takes_copies is takes


def test_no_credential_is_handed_to_a_program() -> None:
    here = look(
        {
            "PATH": "/nowhere",
            "CONTENTSTACK_AUTHTOKEN": "blt0123456789abcdef",
            "TOKENDECK_STACK": "x",
        }
    )
    assert here.environ == {"PATH": "/nowhere"}
    assert "nowhere" not in repr(here)


@pytest.mark.parametrize(
    ("here", "usable", "words"),
    [
        (Situation(tool="xclip"), ("native", "osc52"), "read back"),
        (Situation(remote=True, tool="xclip"), ("osc52",), "over SSH"),
        (Situation(screen=True, tool="xclip"), ("osc52",), "GNU screen passes it on"),
        (Situation(tmux=Tmux((3, 3), MS)), ("tmux",), "tmux sends it on"),
        (Situation(tmux=Tmux((3, 3))), ("tmux",), "terminal-features"),
        (Situation(mosh=True, tmux=Tmux((3, 3), MS)), ("tmux",), "allow-passthrough"),
        (
            Situation(tmux=Tmux((3, 1), passes_on=True)),
            ("tmux", "osc52"),
            "through tmux",
        ),
        (Situation(terminal="VTE(7200)"), ("osc52",), "refuses it"),
    ],
)
def test_each_route_says_what_it_can_do_here(
    here: Situation, usable: tuple[str, ...], words: str
) -> None:
    routes = describe(here)
    assert [route.name for route in routes] == ["native", "tmux", "osc52"]
    assert tuple(route.name for route in routes if route.usable) == usable
    assert any(words in route.words for route in routes)


def test_an_answer_holds_for_one_terminal_multiplexer_and_origin_alone() -> None:
    places = {
        here.place
        for here in (
            Situation(terminal="foot"),
            Situation(terminal="kitty"),
            Situation(terminal="foot", screen=True),
            Situation(terminal="foot", origin="192.0.2.1"),
        )
    }
    assert len(places) == 4


@pytest.mark.parametrize(
    ("platform", "environ", "tools", "found"),
    [
        ("darwin", {}, (), "pbcopy"),
        (
            "linux",
            {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"},
            ("wl-copy",),
            "wl-clipboard",
        ),
        ("linux", {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, ("xsel",), "xsel"),
        ("linux", {"DISPLAY": ":0"}, ("wl-copy", "xclip", "xsel"), "xclip"),
        ("linux", {"DISPLAY": ":0"}, ("wl-copy",), ""),
        ("linux", {}, ("xclip",), ""),
    ],
)
def test_the_tool_of_a_desktop_is_the_one_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environ: dict[str, str],
    tools: tuple[str, ...],
    found: str,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(
        shutil, "which", lambda name, path: name if name in tools else None
    )
    assert situation._desktop_tool(environ) == found


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"WT_SESSION": "1", "TERM": "xterm"}, "Windows Terminal"),
        ({"VTE_VERSION": "7600", "TERM": "xterm"}, "VTE"),
        ({"TERM_PROGRAM": "ghostty", "TERM": "xterm"}, "ghostty"),
        ({"TERM": "xterm"}, "xterm"),
        ({}, ""),
    ],
)
def test_a_terminal_is_named_by_what_knows_it_best(
    environ: dict[str, str], name: str
) -> None:
    assert situation._terminal(environ) == name


def test_the_programs_above_a_process_are_named_as_far_as_they_are_there() -> None:
    assert situation._ancestors("no such process") == ()
    assert situation._ancestors("1") == ()
    own = situation._ancestors(str(os.getpid()))
    assert own
    assert all(own)
