"""The real command in a real pseudo-terminal.

What no test inside the program can see.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal


def test_a_token_is_made_and_copied_by_keyboard_alone(dashboard: Terminal) -> None:
    keys = 0

    def press(key: str, then: str) -> None:
        nonlocal keys
        keys += 1
        dashboard.send(key)
        dashboard.wait_for(then)

    press("n", then="Name (required")
    dashboard.send("kiosk-hamburg")
    dashboard.wait_for("kiosk-hamburg")
    press("\r", then="[x] main")
    press("\r", then="preview-eu")
    press(" ", then="[x]")
    press("\r", then="Generate Token")
    press(" ", then="[x] Create Preview Token")
    press("\r", then="Generated kiosk-hamburg")

    press("c", then="Paste to check")
    assert keys <= 8
    assert b"\x1b]52;c;" in dashboard.bytes_seen
    dashboard.send("p")
    dashboard.wait_for(lambda terminal: len(terminal.clipboard) == 2)
    assert all(value.startswith("cs") for value in dashboard.clipboard)
    assert len(set(dashboard.clipboard)) == 2
    for value in dashboard.clipboard:
        assert value.encode() not in dashboard.bytes_seen, (
            "a value was drawn that nobody asked to see"
        )

    dashboard.send("\r")
    dashboard.wait_for("Delivery 13")
    assert "kiosk-hamburg" in dashboard.text
    dashboard.send("q")
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


@pytest.mark.long
def test_alt_o_goes_to_the_other_tab_and_back_also_from_the_filter(
    dashboard: Terminal,
) -> None:
    dashboard.send(b"\x1bo")
    dashboard.wait_for("ci-deploy")
    dashboard.send(b"\x1bo")
    dashboard.wait_for("web-production")

    dashboard.send("/")
    dashboard.wait_for("words, or env:qa")
    dashboard.send("ios")
    dashboard.wait_for(lambda terminal: "web-production" not in terminal.text)
    dashboard.send(b"\x1bo")
    dashboard.wait_for("ci-deploy")


@pytest.mark.long
@pytest.mark.parametrize("keys", ["/ios-app", "nios-app-2"])
def test_what_is_typed_ahead_on_a_slow_line_is_typed_where_it_belongs(
    dashboard: Terminal, keys: str
) -> None:
    dashboard.send(keys)
    dashboard.wait_for(f"▌ {keys[1:]}", timeout=5)


@pytest.mark.long
def test_a_copy_over_ssh_goes_to_the_users_terminal_and_never_to_a_forwarded_display(
    start: Start,
) -> None:
    dashboard = start(
        SSH_CONNECTION="192.0.2.1 50022 192.0.2.2 22",
        SSH_TTY="/dev/pts/0",
        DISPLAY="localhost:10.0",
        COLORTERM=None,
    )
    dashboard.wait_for("web-production")
    dashboard.send("c")
    dashboard.wait_for("Paste to check")
    assert len(dashboard.clipboard) == 1
    assert "display" not in dashboard.text.lower()
    assert b"\x1b[38;2;" not in dashboard.bytes_seen, (
        "a terminal of 256 colours was sent 24-bit ones"
    )


def test_ctrl_c_leaves_the_terminal_as_it_was(dashboard: Terminal) -> None:
    dashboard.send(b"\x03")
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


@pytest.mark.skipif(
    shutil.which("tmux") is None,
    reason="tmux is not installed; `make system-deps` brings it",
)
def test_it_works_inside_tmux(start: Start, tmp_path: Path) -> None:
    tmux = start(
        "tmux",
        "-S",
        str(tmp_path / "socket"),
        "-f",
        "/dev/null",
        "new-session",
        f"{TOKENDECK} --demo",
    )
    tmux.wait_for("web-production")
    tmux.send(b"\x1bo")
    tmux.wait_for("ci-deploy")
    tmux.send("q")
    tmux.wait_for_exit()


def test_without_a_login_the_form_for_one_comes_up_and_leads_to_the_demo(
    start: Start,
) -> None:
    terminal = start(TOKENDECK)
    terminal.wait_for("E-mail and password")
    terminal.send(b"\x1bd")
    terminal.wait_for("web-production")
    terminal.send("q")
    assert terminal.wait_for_exit() == 0
    assert terminal.not_restored == []


@pytest.mark.long
def test_a_terminal_that_says_it_takes_copies_is_believed(dashboard: Terminal) -> None:
    dashboard.send("c")
    dashboard.wait_for(lambda terminal: b"\x1b[c" in terminal.bytes_seen)
    dashboard.send("\x1b[?62;22;52c")
    # On a slow line the answer may come after the first sentence; then the next one
    # knows.
    dashboard.send("c")
    dashboard.wait_for("says it accepts copies")
