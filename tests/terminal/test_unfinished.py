"""The connection drops, or the disk can't be used.

The real command against a served sandbox.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.served import Served, serving
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start

pytestmark = pytest.mark.terminal

_BUGGY = """
import tui.app
from tui.cli.main import main
async def fail(self):
    raise RuntimeError("a bug")
tui.app.TokendeckApp.do_help = fail
main()
"""
_HOMELESS = """
import pwd
from tui.cli.main import main
def nobody(uid):
    raise KeyError(uid)
pwd.getpwuid = nobody
main()
"""
_PASSWORD = "correct horse"
# As the sandbox makes every token's value.
_VALUE = re.compile(rb"\bcs[0-9a-f]{20,}")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


def signed_in(served: Served) -> dict[str, str]:
    return {
        "TOKENDECK_CMA": served.info["cma"],
        "TOKENDECK_CDA": served.info["cda"],
        "TOKENDECK_STACK": served.api_key,
        "CONTENTSTACK_AUTHTOKEN": served.user()["authtoken"],
    }


def begin_a_token(terminal: Terminal, said: str = "tokens · read") -> None:
    terminal.wait_for(said)
    for key, then in (
        ("n", "Name (required"),
        ("kiosk\r", "[x] main"),
    ):
        terminal.send(key)
        terminal.wait_for(then)


def state_files() -> dict[str, bytes]:
    folder = Path(os.environ["XDG_STATE_HOME"])
    return {
        path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("how", ["hang-up", "line stands still", "SIGTERM", "bug"])
def test_a_form_outlives_the_connection(start: Start, served: Served, how: str) -> None:
    command = (sys.executable, "-c", _BUGGY) if how == "bug" else (TOKENDECK,)
    terminal = start(*command, **signed_in(served))
    begin_a_token(terminal)
    if how == "bug":
        terminal.send("?")
        assert terminal.wait_for_exit() == 1
    elif how == "line stands still":
        terminal.fill_the_line()
        os.kill(terminal.pid, signal.SIGHUP)
        ended = os.waitid(os.P_PID, terminal.pid, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        assert ended.si_status == 128 + signal.SIGHUP
    elif how == "SIGTERM":
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_for_exit() == 128 + signal.SIGTERM
    else:
        assert terminal.hang_up() == 128 + signal.SIGHUP
    files = state_files()
    assert b"kiosk" in files["drafts.json"]
    assert not [
        name
        for name, data in files.items()
        if served.user()["authtoken"].encode() in data
    ]

    again = start(TOKENDECK, **signed_in(served))
    again.wait_for("Unfinished: a new delivery token kiosk (n on the delivery tab).")
    again.send("n")
    again.wait_for("This is what you typed before")
    again.wait_for("kiosk")
    again.send("\r")
    again.wait_for("[x]")
    again.send("q")
    again.wait_for("Quit?")
    again.send("y")
    assert again.wait_for_exit() == 0
    assert b"kiosk" not in state_files()["drafts.json"]


_TO_MANAGEMENT = (("\x1bo", "ci-deploy"), ("n", "Name (required"))
# By the screen that the cut finds: keys with what each leads to, and what the next
# start says.
_SCREENS: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "management wizard": (
        (*_TO_MANAGEMENT, ("nightly\r", "Branches ")),
        "Unfinished: a new management token nightly (n on the management tab).",
    ),
    "edit": ((("e", "Name (required"), ("-2", "-2")), " (e continues)."),
    "rotation": (
        (("R", "1 Create the replacement"), ("\r", "[x] 1")),
        " (R continues).",
    ),
    "delete": ((("d", "Type "), ("web", "web")), ""),
    "hand out": ((("x", "EXPORT AS"), ("\r", "shows what would change")), ""),
    "sign-in": (
        (
            ("L", "E-mail and password"),
            ("me@example.com", "me@example.com"),
            (f"\t{_PASSWORD}", "••••"),
        ),
        "",
    ),
    "generated": (
        (
            *_TO_MANAGEMENT,
            ("weekly\r", "[x] main"),
            ("\r", "Read and write"),
            ("\r", "Generate Token"),
            ("\r", "Generated weekly"),
        ),
        "You never copied the value of weekly",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(("way", "said"), _SCREENS.values(), ids=_SCREENS)
def test_a_cut_on_any_screen_loses_nothing_and_leaves_no_secret(
    start: Start, served: Served, way: tuple[tuple[str, str], ...], said: str
) -> None:
    terminal = start(TOKENDECK, **signed_in(served))
    terminal.wait_for("tokens · read")
    for keys, then in way:
        terminal.send(keys)
        terminal.wait_for(then)
    assert terminal.hang_up() == 128 + signal.SIGHUP
    known = {served.user()["authtoken"].encode(), _PASSWORD.encode()}
    folders = (Path(os.environ[name]) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"))
    kept = {
        path: path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert [
        path
        for path, data in kept.items()
        if _VALUE.search(data) or any(map(data.count, known))
    ] == []

    again = start(TOKENDECK, **signed_in(served))
    # The count stands where something unfinished would be said.
    again.wait_for(said or "tokens · read")


def used(terminal: Terminal, said: str = "won't survive a dropped connection") -> str:
    """Go through the program as somebody does who never thinks of the disk.

    What it says at the start.
    """
    terminal.wait_for(said)
    first = terminal.text
    begin_a_token(terminal, said)
    os.kill(terminal.pid, signal.SIGHUP)
    assert terminal.wait_for_exit() == 128 + signal.SIGHUP
    assert terminal.not_restored == []
    assert "Traceback" not in terminal.text
    return first


@pytest.mark.long
@pytest.mark.parametrize("home", ["/proc", "/dev/full", None], ids=str)
def test_a_home_where_nothing_can_be_written_hinders_nobody(
    start: Start, served: Served, home: str | None
) -> None:
    # The user's real home is found without HOME, and no test may write there.
    command = (TOKENDECK,) if home else (sys.executable, "-c", _HOMELESS)
    folders = {"HOME": home, "XDG_STATE_HOME": None, "XDG_CONFIG_HOME": None}
    assert "Storefront" in used(start(*command, **signed_in(served), **folders))


@pytest.mark.long
@pytest.mark.parametrize("options", ["size=4k", "ro"])
def test_a_full_or_read_only_disk_hinders_nobody(
    start: Start, served: Served, tmp_path: Path, options: str
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if (
        os.geteuid() != 0
        or subprocess.run(mount, check=False, capture_output=True).returncode != 0
    ):
        pytest.skip("only root may mount a disk that is full or read-only")
    try:
        if options != "ro":
            (folder / "filler").write_bytes(b"x" * 4096)
        terminal = start(TOKENDECK, **signed_in(served), XDG_STATE_HOME=str(folder))
        assert "Storefront" in used(terminal)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.long
def test_files_of_somebody_else_are_not_believed(start: Start, served: Served) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    terminal = start(TOKENDECK, **signed_in(served))
    begin_a_token(terminal)
    assert terminal.hang_up() == 128 + signal.SIGHUP
    (drafts,) = Path(os.environ["XDG_STATE_HOME"]).rglob("drafts.json")
    os.chown(drafts, 12345, 12345)
    assert "Unfinished" not in used(
        start(TOKENDECK, **signed_in(served)), "tokens · read"
    )


@pytest.mark.long
def test_two_that_start_side_by_side_keep_their_forms_until_each_is_sent(
    start: Start, served: Served
) -> None:
    user = served.user()
    nobody = {**signed_in(served), "CONTENTSTACK_AUTHTOKEN": None}
    both = [start(TOKENDECK, **nobody) for _ in range(2)]
    for terminal in both:
        terminal.wait_for("E-mail and password")
    for letter in user["email"]:
        for terminal in both:
            terminal.send(letter)
    for terminal in both:
        terminal.wait_for(user["email"])
        terminal.send("\t")
        terminal.send(user["password"])
        terminal.send("\r")
    for terminal in both:
        terminal.wait_for("y yes  n no")
        terminal.send("y")
    for terminal in both:
        terminal.wait_for("alt+o switch")
        assert "E-mail" not in terminal.text
