"""What keeps secrets inside the process.

No core dump, and failures reported without them.
"""

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
from tui.files import open_to_append
from tui.private_files import PRIVATE
from tui.secret import living

_LONGEST_LINE = 2000
_FOREIGN = ("httpx", "httpcore")
"""They speak in their own names and are kept silent, unless they have a handler when they are loaded."""

_TOOLS = frozenset(
    {
        "TEXTUAL",
        "TEXTUAL_ANIMATIONS",
        "TEXTUAL_DEBUG",
        "TEXTUAL_DEVTOOLS_HOST",
        "TEXTUAL_DEVTOOLS_PORT",
        "TEXTUAL_LOG",
        "TEXTUAL_PRESS",
        "TEXTUAL_SCREENSHOT",
        "TEXTUAL_SCREENSHOT_FILENAME",
        "TEXTUAL_SCREENSHOT_LOCATION",
    }
)
"""Textual takes any value of these without ending."""

_log = logging.getLogger("tui")


def hidden(text: str) -> str:
    """`text` without any secret that this process knows, and without what looks like one; line by line."""
    secrets = tuple(living())
    return "\n".join(
        cleaned(line, secrets, limit=_LONGEST_LINE) for line in text.split("\n")
    )


def guard(log: str | None, environ: MutableMapping[str, str], *, demo: bool) -> None:
    """All of this, before Textual loads."""
    guard_output(log)
    forbid_dumps()
    forbid_tools(environ, demo=demo)


def forbid_dumps() -> None:
    """No core file, and no other process of this user looking into ours, where the system can say so."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - of use on Linux alone

        set_dumpable = 4
        ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


def forbid_tools(environ: MutableMapping[str, str], *, demo: bool) -> None:
    """Take all that is set for Textual away before it loads.

    Its tools for developers get every key typed, passwords too; it can be made to press
    keys and to write pictures; and of some values it ends with a traceback. None of it
    is of use to a user. The demo has no secret, so there its developers keep their
    tools.
    """
    for name in tuple(environ):
        kept = demo and name in _TOOLS
        if (name == "TEXTUAL" or name.startswith("TEXTUAL_")) and not kept:
            del environ[name]


def guard_output(log: str | None) -> None:
    """Have failures reported without secrets, and log to a file.

    `FileRefused` if others can read it.
    """
    # Both would write onto the screen.
    logging.lastResort = None
    logging.raiseExceptions = False
    sys.excepthook = _report
    threading.excepthook = lambda args: _log.error(
        "A thread ended: %s", hidden(repr(args.exc_value))
    )
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
    """A line for each record, with the traceback below it where there is one."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, nothing secret in it."""
        return hidden(super().format(record))


def _report(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A failure outside of the screens.

    Python's own report would quote the error as it is.
    """
    if sys.stderr is not None:
        sys.stderr.write(
            hidden("".join(traceback.format_exception(kind, error, trace)))
        )
