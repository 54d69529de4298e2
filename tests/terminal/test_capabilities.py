from __future__ import annotations

import pytest

from tui.terminal import capabilities as terminal


def test_exported_sizes_are_not_believed_and_nothing_moves() -> None:
    environ = {"COLUMNS": "10", "LINES": "5", "NO_COLOR": "", "OTHER": "x"}
    terminal.prepare(environ)
    assert environ == {"OTHER": "x", "TEXTUAL_ANIMATIONS": "none"}


@pytest.mark.parametrize(
    "term",
    [
        "xterm-256color",
        "screen-256color",
        "tmux-256color",
        "alacritty",
        "foot",
        "foot-extra",
        "wezterm",
        "xterm-kitty",
        "xterm-ghostty",
    ],
)
def test_terminals_of_many_colours_get_256_and_more_if_they_say_so(term: str) -> None:
    environ = {"TERM": term}
    terminal.prepare(environ)
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "256"
    assert terminal.theme(environ, None) is None

    environ = {"TERM": term, "COLORTERM": "truecolor"}
    terminal.prepare(environ)
    assert "TEXTUAL_COLOR_SYSTEM" not in environ
    assert terminal.theme(environ, "nord") == "nord"


@pytest.mark.parametrize(
    ("term", "colours"), [("screen-256color", 256), ("screen", 16)]
)
def test_within_gnu_screen_the_outer_terminals_word_for_its_colours_does_not_count(
    term: str, colours: int
) -> None:
    environ = {"TERM": term, "STY": "42.pts-0.host", "COLORTERM": "truecolor"}
    assert terminal.colours(environ) == colours
    terminal.prepare(environ)
    assert "COLORTERM" not in environ


@pytest.mark.parametrize("term", ["xterm", "linux", "screen", "vt100", ""])
def test_where_there_are_few_colours_they_are_the_terminals_own(term: str) -> None:
    environ = {"TERM": term}
    terminal.prepare(environ)
    assert "TEXTUAL_COLOR_SYSTEM" not in environ
    assert terminal.theme(environ, None) == "ansi-dark"
    assert terminal.theme(environ, "nord") == "ansi-dark"
    assert terminal.theme(environ, "ansi-light") == "ansi-light"
    assert terminal.theme({"TERM": "xterm-256color"}, "nord") == "nord"
    assert terminal.theme({**environ, "NO_COLOR": "1"}, "nord") == "ansi-dark"


@pytest.mark.parametrize(
    ("variables", "encoding", "plain"),
    [
        ({"LANG": "en_US.UTF-8"}, "utf-8", False),
        ({"LANG": "C", "LC_CTYPE": "de_DE.utf8"}, "utf-8", False),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, "UTF-8", False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1"}, "utf-8", True),
        ({"LANG": "de_DE@euro", "LC_ALL": ""}, "utf-8", True),
        ({"LANG": "en_US.UTF-8"}, "iso8859-1", True),
        ({"LANG": "en_US.UTF-8"}, None, True),
        ({}, "utf-8", True),
    ],
)
def test_a_locale_that_is_not_utf_8_gets_ascii(
    variables: dict[str, str], encoding: str | None, plain: bool
) -> None:
    assert terminal.ascii_only(variables, encoding) is plain


def test_the_locale_that_python_puts_in_place_of_c_is_not_the_users(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Flags:
        utf8_mode = 1

    environ = {"LANG": "C", "LC_CTYPE": "C.UTF-8"}
    assert not terminal.ascii_only(environ, "utf-8")
    monkeypatch.setattr("sys.flags", Flags)
    assert terminal.ascii_only(environ, "utf-8")
