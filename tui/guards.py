"""Keeps secrets inside the process: they never get into dumps, logs or tracebacks."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType

from tui.contentstack.errors import cleaned
from tui.files.checked import PRIVATE, open_to_append
from tui.secret import living

_LONGEST_LINE = 2000

# Loggers that the transport silences unless they already have a handler.
_FOREIGN = ("httpx", "httpcore")

# Textual accepts any value of these without quitting. TEXTUAL_LOG isn't among them:
# Textual quits if that file can't be written.
_TOOLS = frozenset(
    {
        "TEXTUAL",
        "TEXTUAL_ANIMATIONS",
        "TEXTUAL_DEBUG",
        "TEXTUAL_DEVTOOLS_HOST",
        "TEXTUAL_DEVTOOLS_PORT",
        "TEXTUAL_PRESS",
        "TEXTUAL_SCREENSHOT",
        "TEXTUAL_SCREENSHOT_FILENAME",
        "TEXTUAL_SCREENSHOT_LOCATION",
    }
)

_log = logging.getLogger("tui")


def hidden(text: str) -> str:
    """Return `text` without any of this process's secrets, or what looks like one.

    It's also cleaned, line by line.
    """
    secrets = tuple(living())
    lines = text.split("\n")
    return "\n".join(cleaned(line, secrets, limit=_LONGEST_LINE) for line in lines)


def guard(log: str | None, environ: MutableMapping[str, str], *, demo: bool) -> None:
    """Guard output, memory and environment before Textual loads."""
    guard_output(log)
    forbid_dumps()
    forbid_tools(environ, demo=demo)


def forbid_dumps() -> None:
    """Forbid core dumps, and keep the user's other processes from inspecting ours."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - of use on Linux alone

        set_dumpable = 4
        ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


def forbid_tools(environ: MutableMapping[str, str], *, demo: bool) -> None:
    """Remove all settings for Textual before it loads.

    Its developer tools get every key typed, passwords too; it can be made to press keys
    and to write pictures; and some values make it quit with a traceback. None of that
    is useful to a user. The demo has no secrets, so there developers keep their tools.
    """
    for name in tuple(environ):
        kept = demo and name in _TOOLS
        if (name == "TEXTUAL" or name.startswith("TEXTUAL_")) and not kept:
            del environ[name]


def guard_output(log: str | None) -> None:
    """Report failures without secrets, and log to a file.

    Raises:
        FileRefused: if others can read the file.
    """
    # Both would write to the screen.
    logging.lastResort = None
    logging.raiseExceptions = False
    sys.excepthook = _report
    threading.excepthook = _report_thread
    if log is None:
        return
    handler = logging.StreamHandler(open_to_append(Path(log), PRIVATE))
    handler.setFormatter(_Hiding())
    logging.getLogger().addHandler(handler)
    for name in ("tui", *_FOREIGN):
        logging.getLogger(name).setLevel(logging.INFO)
    for name in _FOREIGN:
        logging.getLogger(name).addHandler(logging.NullHandler())


class _Hiding(logging.Formatter):
    """Formats a record as a line, with the traceback below it if there's one."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, without secrets."""
        return hidden(super().format(record))


def _report(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Report a failure outside the screens; Python would print it unredacted."""
    if sys.stderr is not None:
        lines = traceback.format_exception(kind, error, trace)
        sys.stderr.write(hidden("".join(lines)))


def _report_thread(ended: threading.ExceptHookArgs) -> None:
    _log.error("A thread ended: %s", hidden(repr(ended.exc_value)))
