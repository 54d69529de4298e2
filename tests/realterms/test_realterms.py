"""The dashboard in xterm and kitty: `make realterms`, then look at the pictures."""

from __future__ import annotations

import re

import pytest

from tests.realterms.conftest import TERMINALS, TOKENDECK, Open, needed

pytestmark = [
    pytest.mark.realterms,
    needed("Xvfb", "xdotool", "xclip", "import", "script"),
]
EACH = [
    pytest.param(name, marks=needed(command[0])) for name, command in TERMINALS.items()
]
FAR = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
TOKEN = re.compile(r"cs[0-9a-f]{20,}")
READY = "tokens · read"
SCREENS = {
    "management": (("alt+o",), "ACCESS"),
    "wizard": (("n",), "Name (required"),
    "delete": (("d",), "Type "),
    "export": (("x",), "DELIVERY_TOKEN"),
    "verify": (("v",), "Verify"),
    "coverage": (("m",), "BRANCHES"),
    "health": (("h",), "migration-2"),
    "doctor": (("i",), "Clipboard"),
    "settings": (("S",), "Sign in"),
    "help": (("question",), "COMMAND"),
}
"""Screens, by the keys that lead to them from the first, with what they show."""


@pytest.mark.parametrize("terminal", EACH)
def test_every_screen_is_drawn(open_window: Open, terminal: str) -> None:
    window = open_window(terminal)
    window.wait_for(READY)
    window.picture("tokens")
    before = len(window.written)
    assert before < 8000


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("terminal", EACH)
def test_a_screen_is_reached_by_real_keys(
    open_window: Open, terminal: str, screen: str
) -> None:
    keys, shows = SCREENS[screen]
    window = open_window(terminal)
    window.wait_for(READY)
    window.press(*keys)
    window.wait_for(shows)
    window.picture(screen)


@pytest.mark.parametrize(
    ("terminal", "arrives"),
    [
        pytest.param("xterm", False, marks=needed("xterm")),
        pytest.param("xterm-allowed", True, marks=needed("xterm")),
        pytest.param("kitty", True, marks=needed("kitty")),
    ],
)
def test_the_first_copy_over_ssh_is_a_copy(
    open_window: Open, terminal: str, arrives: bool
) -> None:
    window = open_window(terminal, **FAR)
    window.put_on_clipboard("before")
    window.wait_for(READY)
    window.press("c")
    window.wait_for("Copied ")
    window.picture("copied")
    if arrives:
        window.wait_for(lambda: bool(TOKEN.fullmatch(window.clipboard())))
    else:
        assert window.clipboard() == "before"


@pytest.mark.parametrize("terminal", EACH)
def test_a_copy_on_this_desktop_is_read_back(open_window: Open, terminal: str) -> None:
    window = open_window(terminal)
    window.wait_for(READY)
    window.press("c")
    window.wait_for("and read it back.")
    assert TOKEN.fullmatch(window.clipboard())


@pytest.mark.parametrize("terminal", EACH)
def test_the_terminal_gets_its_keys_back(open_window: Open, terminal: str) -> None:
    command = f"sh -c '{TOKENDECK} --demo; echo left; cat -v'"
    window = open_window(terminal, command=command)
    window.wait_for(READY)
    window.press("alt+o")
    window.wait_for("ACCESS")
    window.press("q")
    window.wait_for("left")
    window.press("alt+o", "Return", "a", "Return")
    stock = terminal.startswith("xterm")
    window.wait_for("M-CM-/" if stock else "^[o")


@needed("xterm", "tmux")
@pytest.mark.parametrize(
    ("config", "selection"),
    [
        ("", "primary"),
        (r"set -as terminal-overrides ',*:Ms=\E]52;c;%p2%s\7'", "clipboard"),
    ],
    ids=["stock", "the line of the docs"],
)
def test_in_tmux_in_xterm_a_copy_goes_where_it_is_said_to_go(
    open_window: Open,
    tmp_path_factory: pytest.TempPathFactory,
    config: str,
    selection: str,
) -> None:
    folder = tmp_path_factory.mktemp("t")
    (folder / "conf").write_text(f"{config}\n")
    tmux = f"tmux -S {folder}/s -f {folder}/conf"
    command = f"{tmux} new {TOKENDECK} --demo"
    window = open_window("xterm-allowed", command=command, **FAR)
    try:
        window.put_on_clipboard("before")
        window.wait_for(READY)
        window.press("c")
        window.wait_for("Copied the token")
        window.wait_for(lambda: bool(TOKEN.fullmatch(window.clipboard(selection))))
        names_middle_button = "middle button" in " ".join(window.text.split())
        assert names_middle_button is (selection == "primary")
        window.picture(f"tmux-{selection}")
    finally:
        window.press("q")
        window._x("tmux", "-S", f"{folder}/s", "kill-server")
