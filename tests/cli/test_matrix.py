"""Every command with every fault: no prompt, no traceback, the documented exit code."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.headless import Headless, headless, no_secret
from tests.support.terminal import environment_with
from tui.cli.exit_codes import Exit
from tui.cli.table import SHELL_COMMANDS
from tui.contentstack.transport import Transport

READS: dict[str, tuple[str, ...]] = {
    "list": (),
    "show": ("web-production",),
    "verify": ("web-production",),
    "coverage": (),
    "health": (),
    "find": (str(Path(__file__).with_name("__init__.py")),),
    "stacks": (),
    "environments": (),
    "branches": (),
    "whoami": (),
    "due": ("--within", "1h"),
    "export": ("web-production",),
}
WRITES: dict[str, tuple[str, ...]] = {
    "create": ("web2", "--env", "qa"),
    "ensure": ("web2", "--env", "qa"),
    "edit": ("web-staging", "--description", "new"),
    "delete": ("kiosk-berlin", "--yes"),
    "preview create": ("kiosk-berlin",),
    "preview delete": ("web-staging", "--yes"),
    "rotate": ("web-staging",),
}
ALL = READS | WRITES
APART = {"doctor", "config", "help", "logout", "sandbox", "inventory", "drift"} | {
    "whose"
}
"""These have their own tests, since they have their own files, codes or input."""


def test_no_command_is_left_out() -> None:
    named = {name.partition(" ")[0] for name in ALL}
    assert named == SHELL_COMMANDS.keys() - APART


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting."""

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    defaults: Any = Transport.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "sleep", at_once)


def signed_out(shell: Headless) -> None:
    shell.signed_out = True


def failing(fault: str) -> Callable[[Headless], None]:
    return lambda shell: shell.sandbox.fail(fault, times=None)


WEATHER: dict[str, tuple[Callable[[Headless], None], Exit]] = {
    "signed out": (signed_out, Exit.SIGNED_OUT),
    "session over": (failing("401"), Exit.SIGNED_OUT),
    "forbidden": (failing("403"), Exit.REFUSED),
    "412": (failing("412"), Exit.NOT_FOUND),
    "429 storm": (failing("429;retry-after=3600"), Exit.CONFLICT),
    "500": (failing("500"), Exit.NETWORK),
    "a gateway's page": (failing("200-html"), Exit.NETWORK),
    "cut": (failing("cut"), Exit.NETWORK),
    "nobody answers": (failing("close-before"), Exit.NETWORK),
}


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("name", ALL)
@pytest.mark.short
def test_a_failure_is_one_object_with_the_documented_code(
    monkeypatch: pytest.MonkeyPatch, name: str, weather: str
) -> None:
    shell = headless(monkeypatch)
    change, code = WEATHER[weather]
    change(shell)
    words = (*name.split(), *ALL[name])
    done = shell(*words, "--json", typed="yes\n")
    error = done.error
    assert (done.code, error["code"]) == (code, code), error
    assert error["what"]
    no_secret(shell, [done.stderr])
    people = shell(*words)
    assert (people.code, people.stdout) == (code, "")
    assert people.stderr.strip()
    assert "Traceback" not in people.stderr


@pytest.mark.parametrize("fault", ["wrong-types", "odd-rows", "200-json", "200-empty"])
@pytest.mark.parametrize("name", ALL)
@pytest.mark.short
def test_an_odd_answer_ends_in_one_of_the_codes(
    shell: Headless, name: str, fault: str
) -> None:
    shell.sandbox.fail(fault, times=None)
    done = shell(*name.split(), *ALL[name], "--json")
    assert done.code in {*Exit}
    assert done.json if done.code in (0, 8, 9) else done.error


@pytest.mark.parametrize("name", ALL)
def test_it_works_without_a_terminal_and_asks_nothing(
    shell: Headless, name: str
) -> None:
    done = shell(*name.split(), *ALL[name], "--json", typed="")
    assert done.code == Exit.DONE, done.stderr
    assert done.json
    no_secret(shell, [done.stdout, done.stderr])


@pytest.mark.parametrize("name", ALL)
def test_read_only_refuses_writes_and_nothing_else(shell: Headless, name: str) -> None:
    words = (*name.split(), *ALL[name])
    done = shell("--read-only", *words, "--json")
    assert done.code == (Exit.REFUSED if name in WRITES else Exit.DONE)
    assert shell.writes == []
    if name in WRITES:
        assert shell("--read-only", *words, "--dry-run").code == Exit.DONE
        assert shell.writes == []


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("fault", ["cut", "close-after"])
@pytest.mark.short
def test_a_write_whose_answer_got_lost_is_looked_up(
    shell: Headless, name: str, fault: str
) -> None:
    shell.role = None
    for method in ("POST", "PUT", "DELETE"):
        shell.sandbox.fail(fault, method=method)
    done = shell(*name.split(), *WRITES[name], "--json")
    assert done.code == Exit.DONE, done.stderr
    count = len([method for method, _ in shell.writes if method != "GET"])
    assert count == 1


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("role", ["Content Manager"])
def test_a_role_that_may_not_is_refused_before_anything_is_sent(
    shell: Headless, name: str, role: str
) -> None:
    shell.role = role
    done = shell(*name.split(), *WRITES[name], "--json")
    assert done.error["code"] == Exit.REFUSED
    assert shell.writes == []


def stop_at_write(shell: Headless, number: int, *, after: bool) -> None:
    """Send a signal during a write, before or after it's carried out."""
    app = shell.sandbox.management

    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        write = scope["method"] != "GET"
        if write and not after:
            os.kill(os.getpid(), number)
            await asyncio.sleep(1)
        await app(scope, receive, send)
        if write:
            os.kill(os.getpid(), number)
            await asyncio.sleep(1)

    shell.sandbox.management = interrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", WRITES)
@pytest.mark.short
def test_a_signal_in_a_write_has_it_looked_up_and_told(
    shell: Headless, name: str, number: signal.Signals
) -> None:
    stop_at_write(shell, number, after=True)
    done = shell(*name.split(), *WRITES[name])
    assert done.code == Exit.FAILED
    assert len(shell.writes) == 1
    said = done.stdout + done.stderr
    assert any(word in said for word in ("Created", "Updated", "Deleted"))


@pytest.mark.parametrize("name", WRITES)
def test_a_signal_before_a_write_was_executed_says_that_there_is_no_trace(
    shell: Headless, name: str
) -> None:
    stop_at_write(shell, signal.SIGINT, after=False)
    done = shell(*name.split(), *WRITES[name])
    assert (done.code, done.stdout) == (Exit.FAILED, "")
    assert "no trace" in done.stderr


def test_a_signal_while_reading_ends_it(shell: Headless) -> None:
    async def interrupted(_scope: Any, _receive: Any, _send: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(1)

    shell.sandbox.management = interrupted
    done = shell("list", "--json")
    assert done.error["code"] == Exit.FAILED


def test_a_value_goes_to_its_file_though_a_signal_came(
    shell: Headless, tmp_path: Path
) -> None:
    stop_at_write(shell, signal.SIGTERM, after=True)
    file = tmp_path / ".env"
    words = ("create", "web2", "--env", "qa", "--env-file", str(file))
    assert shell(*words).code == Exit.FAILED
    assert "CONTENTSTACK_DELIVERY_TOKEN=cs" in file.read_text()


def test_a_full_disk_is_found_before_a_management_token_is_created(
    shell: Headless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.files.refusal import FileRefused

    def full(_folder: Path) -> None:
        raise FileRefused("No space left on device.")

    monkeypatch.setattr("tui.cli.values.try_folder", full)
    for way in ("--env-file", "--out"):
        file = str(tmp_path / "file")
        done = shell("create", "ci", "--management", way, file, "--json")
        assert done.error["code"] == Exit.FAILED
    assert shell.requests == []


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--json"),
        ("delete", "kiosk-berlin"),
        ("verify", "ci-deploy", "--value-stdin"),
        ("export", "web-production", "--exec", "--", "sh", "-c", "exit 7"),
    ],
    ids=lambda words: words[0],
)
def test_with_everything_closed_it_neither_asks_nor_hangs(
    words: tuple[str, ...],
) -> None:
    codes = {"list": 0, "delete": 2, "verify": 2, "export": 7}
    command = ["bash", "-c", '"$@" <&-', "-", sys.executable, "-m", "tui", "--demo"]
    done = subprocess.run(
        [*command, *words],
        env=environment_with({"PATH": os.environ["PATH"]}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == codes[words[0]], done.stderr
    assert "Traceback" not in done.stderr


def _waiting(pipe: int) -> int:
    """Return how many bytes in a pipe haven't been read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_reader_that_reads_nothing_holds_nobody_up(number: signal.Signals) -> None:
    """The demo's list is longer than the one page that's left in the pipe."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b" " * 4096):
            pass
    os.set_blocking(writing, True)
    full = _waiting(reading)
    os.read(reading, 4096)
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "--demo", "list", "--json"],
        env=environment_with({}),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    while _waiting(reading) < full:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    os.close(reading)
    assert process.returncode == Exit.FAILED
    assert "Traceback" not in said
