"""What a fleet of 500 stacks with about 10,000 tokens costs.

`python -m benchmarks.fleet` reads the generated fleet in virtual time for the seconds,
and once more over sockets, from a sandbox in another process, for CPU and memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time

from benchmarks.measure import peak_megabytes
from tests.fleet.worlds import LATENCY, by_organization, fleet_of, regions, ticks
from tests.sandbox.served import serving
from tests.support.virtual_time import run_virtually
from tui.clock import utc_now
from tui.connection.connection import Connection
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import custom_region
from tui.contentstack.steady_pace import STEADY_RATE, SteadyPacer
from tui.fleet.fleet import Fleet
from tui.fleet.rows import FleetRow
from tui.query.filtering import compiled
from tui.query.parsing import parse
from tui.secret import Secret

_OWNER = "omar@example.com"
_KEYS = ("w", "we", "web", "web p", "zz")
_WHOLE = (
    "stack:acme env:production branch:main kind:delivery access:read created:>1m"
    " by:a preview:yes !env:qa web"
)
_UNPACED = 100_000
_ROUNDS = 7
_MOST_TIMES_FLOOR, _MOST_KEY, _MOST_MEMORY = 1.1, 50.0, 120.0


def main() -> None:
    """Print each figure beside its budget."""
    if sys.argv[1:]:
        asyncio.run(_measure(json.loads(sys.argv[1])))
        return
    seconds, floor = run_virtually(_seconds())
    times = seconds / floor
    _say("500 stacks, 2 reads each, beside the floor", times, _MOST_TIMES_FLOOR, "×")
    print(f"  {seconds:.1f} s at {STEADY_RATE} a second, floor {floor:.1f} s")
    with serving("--seed", "fleet", "--rate-limit", str(_UNPACED)) as sandbox:
        told = json.dumps(sandbox.info["regions"])
        command = [sys.executable, "-m", "benchmarks.fleet", told]
        subprocess.run(command, check=True)


async def _seconds() -> tuple[float, float]:
    """Return how long a reading takes, and the least that the rate allows."""
    worlds = regions(20, 500)
    fleet = fleet_of(*((name, it.connect(_OWNER)) for name, it in worlds.items()))
    await fleet.read()
    taken = ticks()
    await fleet.close()
    largest = max(
        count
        for world in worlds.values()
        for count in by_organization(world.of("management_tokens")).values()
    )
    # The last answer is a latency away.
    return taken, 2 * largest / STEADY_RATE + LATENCY


async def _measure(told: list[dict[str, object]]) -> None:
    """Read what is served, and measure this process."""
    pacer = SteadyPacer(_UNPACED)
    connects = {str(region["name"]): _connect(region) for region in told}
    fleet = Fleet(connects, rate=STEADY_RATE, pacer=pacer)
    begun = process_time()
    await fleet.read()
    used = process_time() - begun
    await fleet.close()
    rows = fleet.snapshot.rows
    print(f"{fleet.snapshot.progress}, {len(rows):,} rows, {used:.1f} s of CPU")
    memory = peak_megabytes(os.getpid())
    _say("peak memory without a screen", memory, _MOST_MEMORY, "MB")

    dearest = max(_cpu(partial(_count, text, rows)) for text in _KEYS)
    _say("CPU of a filter key, the dearest", dearest, _MOST_KEY, "ms")
    whole, found = _cpu(partial(_count, _WHOLE, rows)), _count(_WHOLE, rows)
    _say(f"CPU of ten terms, {found} rows found", whole, _MOST_KEY, "ms")


def _count(text: str, rows: Sequence[FleetRow]) -> int:
    """Return how many rows a filter finds."""
    return sum(map(compiled(parse(text), utc_now()), rows))


def _connect(region: dict[str, object]) -> Callable[[], Connection]:
    users = region["users"]
    assert isinstance(users, list)
    owner = next(user for user in users if user["email"] == _OWNER)
    urls = {api: str(region[api]) for api in ("cma", "cda", "preview")}
    connection = Connection(
        region=custom_region(**urls, name=str(region["name"])),
        credential=Credential("authtoken", Secret(owner["authtoken"])),
        stack=None,
    )
    return lambda: connection


def _cpu(work: Callable[[], object]) -> float:
    """Return the median CPU milliseconds of some rounds."""
    used = []
    for _ in range(_ROUNDS):
        begun = process_time()
        work()
        used.append((process_time() - begun) * 1000)
    return statistics.median(used)


def _say(what: str, value: float, most: float, unit: str) -> None:
    kept = "kept" if value <= most else "NOT KEPT"
    print(f"{what}: {value:.2f} {unit}, at most {most:g} {unit}, {kept}")


if __name__ == "__main__":
    main()
