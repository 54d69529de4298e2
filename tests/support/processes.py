"""Ends a process and everything it started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

_POLL = 0.02
_PATIENCE = 5.0


def end_with_descendants(process: subprocess.Popen[bytes]) -> None:
    """End a process and all below it, the innermost first.

    Each parent then reaps its child and ends by itself. A hang-up isn't enough: a
    descendant with its own session, such as `script` in a terminal, blocks SIGHUP and
    would keep running.
    """
    for pid in reversed(descendants(process.pid)):
        _end(pid, partial(_is_gone, pid))
    _end(process.pid, lambda: process.poll() is not None)
    process.wait()


def descendants(pid: int) -> list[int]:
    """Return the processes below this one, each parent before its children."""
    found = [pid]
    for parent in found:
        # Each thread has children of its own.
        for children in Path("/proc", str(parent), "task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text().split())
    return found[1:]


def _is_gone(pid: int) -> bool:
    return not Path("/proc", str(pid)).exists()


def _end(pid: int, is_gone: Callable[[], bool]) -> None:
    """Ask the process to end, and kill it if it doesn't."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        until = monotonic() + _PATIENCE
        while not is_gone() and monotonic() < until:
            Event().wait(_POLL)
        if is_gone():
            return
