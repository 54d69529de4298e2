"""A value on its own line of the normal screen, where any terminal can select it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from time import monotonic

from tui.clipboard.situation import Situation
from tui.clipboard.tmux import TmuxBuffer
from tui.display import visible
from tui.secret import Secret

NEXT, WRITE = "n", "w"
_POLL = 0.2
_SHOWN_SECONDS = 60.0
"""No longer, since the value can't be wiped once the connection is cut."""


def show_until_key(
    what: str, secret: Secret, *, more: bool, here: Situation, leave: threading.Event
) -> str:
    """Show a value, and what it is, for a minute or until a key; then wipe it.

    Return the key, if any.

    Blocks until then, or until `leave` is set; nothing else may use the terminal.
    Wiping includes the scrollback, since terminals keep erased lines there.
    """
    following = "n shows the next, " if more else ""
    keys = f"{WRITE} writes it to a file, {following}any other key clears it."
    lines = ["", visible(what), "", visible(secret.reveal()), "", keys]
    width = _columns()
    height = sum(max(1, -(-len(line) // width)) for line in lines)
    _write("\r" + "\n".join(lines) + "\n")
    try:
        return _key(leave)
    finally:
        _write(f"\x1b[{height}A\r\x1b[J\x1b[3J")
        if here.tmux:
            TmuxBuffer(here.environ).forget_history()


def _columns() -> int:
    if sys.__stderr__ is None:
        return 80
    return max(1, os.get_terminal_size(sys.__stderr__.fileno()).columns)


def _write(text: str) -> None:
    # The stream that the screen is drawn to, so that the order can't change.
    # It's None if the terminal is gone.
    if sys.__stderr__ is not None:
        with contextlib.suppress(OSError):
            sys.__stderr__.write(text)
            sys.__stderr__.flush()


def _key(leave: threading.Event) -> str:
    """Read a key without echo; ctrl+c and ctrl+z are keys like any other."""
    import termios  # noqa: PLC0415 - not there on Windows

    if sys.__stdin__ is None:
        return ""
    terminal = sys.__stdin__.fileno()
    # No key comes from a terminal that is gone.
    with contextlib.suppress(OSError, termios.error):
        before, quiet = termios.tcgetattr(terminal), termios.tcgetattr(terminal)
        quiet[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
            until = monotonic() + _SHOWN_SECONDS
            while not leave.is_set() and monotonic() < until:
                if select.select([terminal], [], [], _POLL)[0]:
                    return os.read(terminal, 64).decode("utf-8", "replace")
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    return ""
