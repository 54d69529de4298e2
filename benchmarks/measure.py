"""Measures a program in a pseudo-terminal, on Linux only."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import pexpect

from tests.support.terminal import Terminal, environment_with

DEAREST = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": "."}
"""The terminal that costs the most bytes: fewer colours may only cost less."""

COLUMNS, LINES = 80, 24
QUIET = 0.25


def start(
    command: Sequence[str], shown: str | Callable[[Terminal], bool], timeout: float = 60
) -> Terminal:
    """Start a program, and wait until it shows this and is silent."""
    terminal = Terminal(
        command, columns=COLUMNS, lines=LINES, env=DEAREST, synchronized=True
    )
    terminal.wait_for(shown, timeout)
    terminal.settle(QUIET)
    return terminal


def cost(
    terminal: Terminal, keys: str | bytes, quiet: float = QUIET, *, shown: str = ""
) -> int:
    """Send keys, and count the bytes until the program shows this and is silent."""
    before = len(terminal.bytes_seen)
    terminal.send(keys)
    terminal.wait_for(shown)
    terminal.settle(quiet)
    return len(terminal.bytes_seen) - before


def median_cost(terminal: Terminal, keys: Sequence[str | bytes]) -> int:
    """Return the median of what these cost one after the other."""
    return round(statistics.median(cost(terminal, each) for each in keys))


def milliseconds_to(command: Sequence[str], *marks: bytes) -> list[float]:
    """Return how long after its start a program has sent each of these.

    Nobody draws what it sends, so that nothing else takes time.
    """
    began = perf_counter()
    child: pexpect.spawn[bytes] = pexpect.spawn(
        command[0],
        list(command[1:]),
        env=environment_with(DEAREST),
        dimensions=(LINES, COLUMNS),
    )
    came = b""
    times = []
    for mark in marks:
        while mark not in came:
            came += child.read_nonblocking(size=65536, timeout=30)
        times.append((perf_counter() - began) * 1000)
    child.close(force=True)
    return times


def cpu_milliseconds(pid: int) -> float:
    """Return what all threads of a process have used so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def cpu_of(terminal: Terminal, keys: Sequence[str | bytes]) -> float:
    """Return the CPU milliseconds of one of these keys, sent one after the other."""
    before = cpu_milliseconds(terminal.pid)
    for each in keys:
        cost(terminal, each, 0.05)
    return (cpu_milliseconds(terminal.pid) - before) / len(keys)


def peak_megabytes(pid: int) -> float:
    """Return the most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def machine() -> str:
    """Return the processor's model and its cores, but not the host's name."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    return f"{model}, {os.cpu_count()} cores"
