from __future__ import annotations

import logging
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual

from tui.files.refusal import FileRefused
from tui.guards import forbid_tools, guard_output, hidden
from tui.secret import Secret

PASSWORD = "correct horse, battery"


def fail(secret: Secret) -> None:
    """Fail with a secret in the message."""
    raise ValueError(secret.reveal())


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a log file in use; afterwards, undo everything that was changed for it."""
    for module, name in (
        (sys, "excepthook"),
        (threading, "excepthook"),
        (logging, "lastResort"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    loggers = [logging.getLogger(name) for name in (None, "tui", "httpx", "httpcore")]
    before = [
        (logger, list(logger.handlers), logger.level, logger.propagate)
        for logger in loggers
    ]
    guard_output(str(tmp_path / "log"))
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).propagate = True
    yield tmp_path / "log"
    for logger, handlers, level, propagate in before:
        for handler in set(logger.handlers) - set(handlers):
            logger.removeHandler(handler)
            if isinstance(handler, logging.StreamHandler):
                handler.stream.close()
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.mark.parametrize("name", ["tui.clipboard", "httpx", "httpcore.http11"])
def test_no_log_line_holds_a_secret_by_value_or_by_shape(log: Path, name: str) -> None:
    password, shaped = Secret(PASSWORD), "cs" + "0a1b" * 6
    logging.getLogger(name).info(
        "answer %s and %r\n%s", password.reveal(), shaped.encode(), password
    )
    try:
        fail(password)
    except ValueError:
        logging.getLogger(name).exception("failed")
    text = log.read_text()
    assert "answer [hidden] and b'cs…'" in text
    assert "ValueError: [hidden]" in text
    assert PASSWORD not in text
    assert shaped not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_secret_that_is_gone_is_no_longer_looked_for() -> None:
    assert hidden("a password that nobody knows") == "a password that nobody knows"
    secret = Secret("a password")
    assert hidden("a password that nobody knows") == "[hidden] that nobody knows"
    del secret
    assert hidden("a password that nobody knows") == "a password that nobody knows"


def test_a_failure_outside_of_the_screens_is_reported_without_secrets(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret(PASSWORD)
    try:
        fail(secret)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    report = capsys.readouterr().err
    assert "ValueError: [hidden]" in report
    assert "test_guards.py" in report


def test_a_thread_that_fails_writes_to_the_log_and_not_onto_the_screen(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = Secret(PASSWORD)

    thread = threading.Thread(target=fail, args=[secret])
    thread.start()
    thread.join()
    assert capsys.readouterr().err == ""
    assert "A thread ended: ValueError('[hidden]')" in log.read_text()


SOURCES = Path(textual.__file__).parent.rglob("*.py")
READ = sorted(
    {
        name
        for path in SOURCES
        for name in re.findall(r'"(TEXTUAL(?:_[A-Z_]+)?)"', path.read_text())
    }
)
"""All of Textual's own environment variables that it reads."""


def test_nothing_that_is_set_for_textual_reaches_it() -> None:
    assert {"TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT", "TEXTUAL_COLOR_SYSTEM"} <= {*READ}
    environ = {
        **dict.fromkeys(READ, "1"),
        "TEXTUAL": "devtools",
        "TEXTUAL_OF_A_LATER_VERSION": "1",
    }
    environ |= {"TERM": "xterm", "TEXTUALLY": "kept"}
    forbid_tools(environ, demo=False)
    assert environ == {"TERM": "xterm", "TEXTUALLY": "kept"}


def test_in_the_demo_its_developers_keep_their_tools() -> None:
    environ = {
        "TEXTUAL": "devtools",
        "TEXTUAL_LOG": "/nowhere/log",
        "TEXTUAL_COLOR_SYSTEM": "nope",
    }
    forbid_tools(environ, demo=True)
    assert environ == {"TEXTUAL": "devtools"}


@pytest.mark.parametrize("kind", ["link", "folder", "open"])
def test_a_log_is_written_to_a_file_of_ones_own_alone(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "log"
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        path.mkdir()
    else:
        path.touch(mode=0o644)
    with pytest.raises(FileRefused):
        guard_output(str(path))


@pytest.mark.skipif(sys.platform != "linux", reason="asked where Linux tells it")
def test_neither_core_files_nor_other_processes_get_at_the_memory() -> None:
    ask = (
        "import ctypes, resource, tui.guards; tui.guards.forbid_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE),"
        " ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    )
    assert done.stdout == "(0, 0) 0\n"
