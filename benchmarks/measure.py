"""Measures a program in a pseudo-terminal, only on Linux."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import pexpect

from tests.support.terminal import Terminal, environment_with

DEAREST = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": "."}
"""The terminal that costs the most bytes: fewer colours can only cost less."""

COLUMNS, LINES = 80, 24
QUIET = 0.25


def start(
    command: Sequence[str], shown: str | Callable[[Terminal], bool], timeout: float = 60
) -> Terminal:
    """Start a program, and wait until it shows `shown` and is silent."""
    terminal = Terminal(
        command, columns=COLUMNS, lines=LINES, env=DEAREST, synchronized=True
    )
    terminal.wait_for(shown, timeout)
    terminal.settle(QUIET)
    return terminal


def cost(
    terminal: Terminal, keys: str | bytes, quiet: float = QUIET, *, shown: str = ""
) -> int:
    """Send keys, and count the bytes until the program shows `shown` and is silent."""
    before = len(terminal.bytes_seen)
    terminal.send(keys)
    terminal.wait_for(shown)
    terminal.settle(quiet)
    return len(terminal.bytes_seen) - before


def median_cost(terminal: Terminal, keys: Sequence[str | bytes]) -> int:
    """Return the median cost of these keys, sent one after the other."""
    return round(statistics.median(cost(terminal, each) for each in keys))


class Unseen:
    """A program in a pseudo-terminal that isn't drawn, so that it takes no time."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> None:
        self._began = perf_counter()
        self._came = b""
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=environment_with({**DEAREST, **(env or {})}),
            dimensions=(LINES, COLUMNS),
        )

    def press(self, key: str) -> None:
        """Send a key; forget what was sent and measured before."""
        self._came = b""
        self._began = perf_counter()
        self._child.send(key)

    def milliseconds_to(self, mark: bytes) -> float:
        """Return how long after its start or the last key it sent these bytes."""
        while mark not in self._came:
            self._came += self._child.read_nonblocking(size=65536, timeout=30)
        return (perf_counter() - self._began) * 1000

    def cpu(self) -> float:
        """Return the CPU milliseconds it has used so far."""
        pid = self._child.pid
        return cpu_milliseconds(pid) if pid else 0.0

    def close(self) -> None:
        """End the program."""
        self._child.close(force=True)


def cpu_milliseconds(pid: int) -> float:
    """Return the CPU milliseconds that all threads of a process have used so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def cpu_of(terminal: Terminal, keys: Sequence[str | bytes]) -> float:
    """Return the CPU milliseconds per key, sent one after the other."""
    before = cpu_milliseconds(terminal.pid)
    for each in keys:
        cost(terminal, each, 0.05)
    return (cpu_milliseconds(terminal.pid) - before) / len(keys)


def peak_megabytes(pid: int) -> float:
    """Return a process's peak memory, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def machine() -> str:
    """Return the processor's model and number of cores, but not the host's name."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    return f"{model}, {os.cpu_count()} cores"
