from __future__ import annotations

import pytest

from tui.clipboard import situation
from tui.clipboard.situation import Situation, Tmux, describe, look

IN_TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TMUX_PANE": "%1", "PATH": "/nowhere"}


def answering(first: str, *variables: str) -> Situation:
    """What is found in a tmux that answers so."""
    asked: list[tuple[str, ...]] = []

    def ask(words: tuple[str, ...], _environ: object) -> bytes:
        asked.append(words)
        return "\n".join((first, *variables, "")).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(situation, "printed_by", ask)
        here = look({**IN_TMUX, "SSH_CONNECTION": "198.51.100.9 1 192.0.2.2 22"})
    assert "%1" in asked[0]
    return here


def test_tmux_is_believed_over_variables_from_when_it_was_started() -> None:
    assert answering("3.3a\tclipboard\t xterm\t0\t1").remote
    local = answering("3.3a\tclipboard\t xterm\t0\t1", "-SSH_CONNECTION", "DISPLAY=:0")
    assert not local.remote
    assert local.environ["DISPLAY"] == ":0"
    assert "SSH_CONNECTION" not in local.environ


@pytest.mark.parametrize(
    ("first", "version", "passes_on"),
    [
        ("3.3a\tclipboard,title\tfoot(1.16) xterm\t0\t1", (3, 3), False),
        ("3.4\tclipboard\t xterm\ton\t1", (3, 4), True),
        ("next-3.6\tclipboard\t xterm\tall\t1", (3, 6), True),
        ("3.1c\t\t xterm\t\t1", (3, 1), True),
        ("", (0, 0), False),
    ],
)
def test_what_tmux_says_of_itself(first: str, version: tuple[int, int], passes_on: bool) -> None:
    tmux = answering(first).tmux
    assert tmux is not None
    assert tmux.version == version
    assert tmux.passes_on is passes_on


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "alacritty"}, True),
        ({"TERM_PROGRAM": "WezTerm", "TERM": "xterm-256color"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "7200", "TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
    ],
)
def test_what_is_known_of_a_terminal_by_its_name(environ: dict[str, str], takes: bool | None) -> None:
    assert look(environ).takes_copies is takes


def test_no_credential_is_handed_to_a_program() -> None:
    here = look({"PATH": "/nowhere", "CONTENTSTACK_AUTHTOKEN": "blt0123456789abcdef", "TOKENDECK_STACK": "x"})
    assert here.environ == {"PATH": "/nowhere"}
    assert "nowhere" not in repr(here)


@pytest.mark.parametrize(
    ("here", "usable", "words"),
    [
        (Situation(tool="xclip"), ("native", "osc52"), "read back"),
        (Situation(remote=True, tool="xclip"), ("osc52",), "over SSH"),
        (Situation(screen=True, tool="xclip"), ("osc52",), "GNU screen passes it on"),
        (Situation(tmux=Tmux((3, 3), frozenset({"clipboard"}))), ("tmux",), "tmux sends it on"),
        (Situation(tmux=Tmux((3, 3))), ("tmux",), "terminal-features"),
        (Situation(mosh=True, tmux=Tmux((3, 3), frozenset({"clipboard"}))), ("tmux",), "allow-passthrough"),
        (Situation(tmux=Tmux((3, 1), passes_on=True)), ("tmux", "osc52"), "through tmux"),
        (Situation(terminal="VTE(7200)"), ("osc52",), "refuses it"),
    ],
)
def test_each_route_says_what_it_can_do_here(here: Situation, usable: tuple[str, ...], words: str) -> None:
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
