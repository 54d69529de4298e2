"""Measures the table of all stacks: 500 stacks with about 10,000 tokens.

The seconds of a reading are virtual time. CPU and memory are those of the dashboard in
a pseudo-terminal; the sandbox runs in another process.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.line import Line
from benchmarks.measure import cost, cpu_of, peak_megabytes, start
from tests.fleet.worlds import (
    LATENCY,
    ask_beside,
    by_organization,
    fleet_of,
    regions,
    ticks,
)
from tests.sandbox.served import serving
from tests.support.terminal import Terminal
from tests.support.virtual_time import run_virtually
from tui.contentstack.steady_pace import STEADY_RATE

_OWNER = "omar@example.com"
_ORGANIZATIONS, _STACKS = 20, 500
_UNLIMITED = "100000"
_NEEDED = ("name", "cma", "cda", "preview", "users")
_STEPS = ["j", "j", "j", "j", "j", "k", "k", "k", "k", "k"]
_ROUNDS = 9
_QUERY = "env:p"


def fleet_lines() -> Iterator[Line]:
    """Yield each measurement with its budget."""
    seconds, floor, refused = run_virtually(_reading())
    what = f"{_STACKS} stacks × 2 reads at {STEADY_RATE} a second (bare: the floor)"
    yield Line(what, seconds, floor, 1.1 * floor, "s")
    what = "refusals of another program that reads 4 a second beside it"
    yield Line(what, refused, None, 0, "")
    with _served() as (terminal, first_row):
        what = "first row of all stacks after the first answer"
        yield Line(what, first_row * 1000, None, 1_000, "ms")
        yield from _costs(terminal)


async def _reading() -> tuple[float, float, float]:
    """Return how long a reading takes, the minimum at this rate, and the refusals."""
    worlds = regions(_ORGANIZATIONS, _STACKS)
    fleet = fleet_of(*((name, it.connect(_OWNER)) for name, it in worlds.items()))
    statuses: list[int] = []
    first = next(iter(worlds.values()))
    beside = asyncio.create_task(ask_beside(first, statuses))
    await fleet.read()
    taken = ticks()
    beside.cancel()
    await fleet.close()
    largest = max(
        count
        for world in worlds.values()
        for count in by_organization(world.of("management_tokens")).values()
    )
    # The last answer arrives a latency later.
    floor = 2 * largest / STEADY_RATE + LATENCY
    return taken, floor, sum(status == 429 for status in statuses)


def _costs(thousands: Terminal) -> Iterator[Line]:
    """Measure keys with all rows, and with the few that match a filter."""
    many = statistics.median(cpu_of(thousands, _STEPS) for _ in range(_ROUNDS))
    cost(thousands, "/")
    keys = {key: cpu_of(thousands, [key]) for key in _QUERY}
    yield Line("CPU of a filter key, the dearest", max(keys.values()), None, 50, "ms")
    cost(thousands, "\x1b")
    # As many rows as a list usually has, from several stacks like the full table.
    cost(thousands, "/")
    cost(thousands, "name:=ci stack:blog")
    cost(thousands, "\r")
    few = statistics.median(cpu_of(thousands, _STEPS) for _ in range(_ROUNDS))
    what = "CPU of a row move among all rows (bare: 20 rows)"
    yield Line(what, many, few, 1.2 * few, "ms")
    peak = peak_megabytes(thousands.pid)
    yield Line("peak memory with all stacks read", peak, None, 120, "MB")


@contextmanager
def _served() -> Iterator[tuple[Terminal, float]]:
    """Read all stacks in a terminal; yield it and the seconds to the first row."""
    with (
        serving("--seed", "fleet", "--rate-limit", _UNLIMITED) as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        told = json.dumps([_needed(region) for region in sandbox.info["regions"]])
        said = Path(folder) / "seconds"
        command = (sys.executable, "-m", "benchmarks.all_stacks", told, str(said))
        with closing(start(command, "tokens · read")) as terminal:
            terminal.send("a")
            whole = f"{_STACKS} of {_STACKS} stacks · "
            terminal.wait_for(lambda seen: whole in seen.text, 120)
            terminal.settle(1)
            yield terminal, float(said.read_text())


def _needed(region: Mapping[str, object]) -> dict[str, object]:
    stacks = region["stacks"]
    assert isinstance(stacks, list)
    return {**{name: region[name] for name in _NEEDED}, "stacks": stacks[:1]}
