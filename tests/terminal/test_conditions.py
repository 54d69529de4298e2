"""The terminals, locales and lines that people have.

Colours, characters, sizes, keys, and no terminal.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.served import serving
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal

_STYLES = re.compile(rb"\x1b\[([0-9;]*)m")
# Bold, dim, italic, underline, reverse, struck, their ends, and the terminal's own
# colours.
_NO_COLOUR = {"", *"0123479", *map(str, range(21, 30)), "39", "49"}


def styles(terminal: Terminal) -> set[str]:
    """What was sent to change the look of text."""
    return {found.decode() for found in _STYLES.findall(terminal.bytes_seen)}


@pytest.mark.long
@pytest.mark.parametrize(
    "term", ["screen-256color", "tmux-256color", "foot", "xterm-kitty", "xterm-ghostty"]
)
def test_a_terminal_of_many_colours_is_sent_256(start: Start, term: str) -> None:
    dashboard = start(TERM=term, COLORTERM=None)
    dashboard.wait_for("tokens · read")
    assert any("38;5;" in style for style in styles(dashboard))
    assert not any("38;2;" in style for style in styles(dashboard))


@pytest.mark.long
@pytest.mark.parametrize("term", ["xterm", "linux"])
def test_a_terminal_of_16_colours_keeps_its_own_background_and_shows_the_cursor(
    start: Start, term: str
) -> None:
    dashboard = start(TERM=term, COLORTERM=None)
    dashboard.wait_for("tokens · read")
    parts = {part for style in styles(dashboard) for part in style.split(";")}
    assert "7" in parts, "the line under the cursor is not reversed"
    assert not parts & {
        "5",
        "38",
        "48",
        *map(str, range(40, 48)),
        *map(str, range(100, 108)),
    }


@pytest.mark.parametrize("way", [{"NO_COLOR": "1"}, {}], ids=["NO_COLOR", "--no-color"])
def test_without_colour_means_without_any(start: Start, way: dict[str, str]) -> None:
    dashboard = start(**way) if way else start(TOKENDECK, "--demo", "--no-color")
    dashboard.wait_for("tokens · read")
    dashboard.send("n")
    dashboard.wait_for("Name (required")
    parts = {part for style in styles(dashboard) for part in style.split(";")}
    assert parts <= _NO_COLOUR
    assert "7" in parts


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LANG": "de_DE.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "Latin-1"],
)
def test_what_is_not_utf_8_is_sent_ascii_on_every_screen(
    start: Start, locale: dict[str, str]
) -> None:
    dashboard = start(**locale)
    dashboard.wait_for("tokens - read")
    for keys, then in {
        "\r": "API key",
        "b": "tokens - read",
        "S": "SETTINGS",
        "\x1bq": "tokens - read",
        "?": "WHAT IT DOES",
        "\x1b": "tokens - read",
        "nkiosk\r": "[x] main",
        "\r\x1b[A": "preview-eu",
        " \r\r": "Generated",
    }.items():
        dashboard.send(keys)
        dashboard.wait_for(then)
    assert dashboard.bytes_seen.isascii()
    assert rb"\u2" not in dashboard.bytes_seen
    assert "cs****" in dashboard.text


@pytest.mark.long
def test_exported_sizes_are_not_believed_over_the_terminal(start: Start) -> None:
    dashboard = start(COLUMNS="200", LINES="50")
    dashboard.wait_for("web-production")
    dashboard.wait_for(lambda terminal: "? help" in terminal.screen[23])


def test_a_window_made_small_and_large_again_shows_everything_again(
    dashboard: Terminal,
) -> None:
    before = dashboard.screen
    dashboard.resize(60, 15)
    dashboard.wait_for(
        lambda terminal: "web-production" in terminal.text and terminal.screen[14] != ""
    )
    assert all(len(line) <= 60 for line in dashboard.screen)
    dashboard.resize(20, 5)
    dashboard.wait_for("Tokendeck needs")
    assert all(len(line) <= 20 for line in dashboard.screen)
    dashboard.resize(80, 24)
    dashboard.wait_for(lambda terminal: terminal.screen == before)


@pytest.mark.long
@pytest.mark.parametrize("size", [(20, 5), (39, 24), (80, 9)])
def test_a_field_is_typed_into_again_once_there_is_room_again(
    dashboard: Terminal, size: tuple[int, int]
) -> None:
    dashboard.send("nkio")
    dashboard.wait_for("▌ kio")
    dashboard.resize(*size)
    dashboard.wait_for("Tokendeck needs")
    dashboard.wait_for(f"{size[0]}×{size[1]}.")
    dashboard.send("x")
    dashboard.settle()
    dashboard.resize(80, 24)
    dashboard.wait_for("▌ kio")
    dashboard.send("sk")
    dashboard.wait_for("▌ kiosk")


@pytest.mark.long
@pytest.mark.parametrize(
    "keys", [b"\x1b[1114112u", b"\x1b[97;5;u", b"\x1b[97;1:3u", b"\x1b[1;1:3A"]
)
def test_a_key_with_numbers_that_no_key_has_is_passed_over(
    dashboard: Terminal, keys: bytes
) -> None:
    dashboard.send(keys + b"o")
    dashboard.wait_for("ci-deploy")


@pytest.mark.long
def test_a_key_that_nobody_foresaw_is_passed_over(start: Start) -> None:
    unforeseen = (
        "from tui.terminal.key_parser import KeyParser as Keys;"
        "Keys._parse_extended_key = lambda self, keys: 1 / 0 if keys.endswith('u') else None"
    )
    dashboard = start(
        sys.executable,
        "-c",
        f"{unforeseen}; from tui.__main__ import main; main()",
        "--demo",
    )
    dashboard.wait_for("tokens · read")
    dashboard.send(b"\x1b[97;1u")
    dashboard.settle()
    dashboard.send("o")
    dashboard.wait_for("ci-deploy")


@pytest.mark.long
@pytest.mark.parametrize(
    "keys", [b"\xefo", b"\xff\xfe\xc3(o", b"\xf0\x9fo"], ids=["0xEF", "several", "half"]
)
def test_bytes_that_are_no_text_are_passed_over(
    dashboard: Terminal, keys: bytes
) -> None:
    dashboard.send(keys)
    dashboard.wait_for("ci-deploy")
    dashboard.send("q")
    assert dashboard.wait_for_exit() == 0
    assert dashboard.not_restored == []


@pytest.mark.long
def test_keys_of_one_read_are_all_carried_out(dashboard: Terminal) -> None:
    dashboard.send(b"\x1bo/ci\x1bo\x1bo-d")
    dashboard.wait_for(lambda terminal: terminal.screen[1].endswith("▌ ci-d"))


def test_a_key_that_the_line_cuts_in_two_is_still_that_key(start: Start) -> None:
    dashboard = start(ESCDELAY="5000")
    dashboard.wait_for("tokens · read")
    dashboard.send(b"\x1b")
    dashboard.settle()
    dashboard.send(b"o")
    dashboard.wait_for("ci-deploy")


def test_every_screen_is_left_without_esc_also_from_a_field(
    dashboard: Terminal,
) -> None:
    for keys in (
        "\rb",
        "Sb",
        "?\x1bq",
        "n\x1bq",
        "w\x1bq",
        "L\x1bq",
        "nx\r\rbbb",
        "/zzz\x1bq",
    ):
        dashboard.send(keys)
    dashboard.send("/partner\r")
    dashboard.wait_for("▌   partner-feed")
    dashboard.send("b")
    dashboard.wait_for("web-production")


def test_a_dumb_terminal_is_refused_in_a_sentence(start: Start) -> None:
    terminal = start(TERM="dumb")
    assert terminal.wait_for_exit() == 2
    assert "dumb" in terminal.text
    assert b"\x1b[" not in terminal.bytes_seen


def test_without_keys_it_says_what_to_do_and_does_not_hang() -> None:
    refused = subprocess.run(
        [TOKENDECK, "--demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 2
    assert "ssh -t" in refused.stderr
    assert refused.stdout == ""


def test_without_a_screen_it_says_what_to_do_where_the_screen_would_have_been(
    start: Start, tmp_path: Path
) -> None:
    errors = tmp_path / "errors"
    terminal = start("sh", "-c", f"exec {TOKENDECK} --demo 2> {errors}")
    assert terminal.wait_for_exit() == 2
    assert "ssh -t" in errors.read_text()
    assert terminal.bytes_seen == b""


@pytest.mark.long
def test_what_is_printed_may_go_elsewhere(start: Start, tmp_path: Path) -> None:
    dashboard = start(
        "sh",
        "-c",
        f"exec {TOKENDECK} --demo > {tmp_path / 'printed'}",
        columns=120,
        lines=40,
    )
    dashboard.wait_for("tokens · read")
    assert "? help" in dashboard.screen[39]
    dashboard.send("q")
    assert dashboard.wait_for_exit() == 0
    assert (tmp_path / "printed").read_bytes() == b""


@pytest.mark.parametrize(
    ("closed", "status"), [("0<&-", 2), ("1>&-", 0), ("2>&-", 2), ("0<&- 1>&- 2>&-", 2)]
)
def test_a_closed_stream_is_like_one_that_leads_nowhere(
    start: Start, closed: str, status: int
) -> None:
    terminal = start("sh", "-c", f"{TOKENDECK} --demo {closed}; echo left with $?")
    if status == 0:
        terminal.wait_for("tokens · read")
        terminal.send("q")
    terminal.wait_for(f"left with {status}")
    assert "Traceback" not in terminal.text


def test_a_credential_is_piped_in_and_the_keys_come_from_the_terminal(
    start: Start, tmp_path: Path
) -> None:
    with serving() as served:
        credential = tmp_path / "credential"
        credential.write_text(f"{served.user()['authtoken']}\nkept below a password\n")
        hosts = " ".join(
            f"--{host} {served.info[host]}" for host in ("cma", "cda", "preview")
        )
        dashboard = start(
            "sh",
            "-c",
            f"cat {credential} | {TOKENDECK} --auth-file - --stack {served.api_key} {hosts}",
        )
        dashboard.wait_for("tokens · read")
        dashboard.send("q")
        assert dashboard.wait_for_exit() == 0
        assert dashboard.not_restored == []
