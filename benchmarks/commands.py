"""Measures the shell commands: CPU compared with what they build on, and memory.

Only on Linux. CPU is that of a whole process, from start to end, with bytecode
compiled as in an installed program: the first round writes it, and doesn't count.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.sandbox.served import serving

PYTHON = sys.executable
TOKENDECK = str(Path(sys.executable).with_name("tokendeck"))
_MANY = 10_000
_TAB = {
    "_TOKENDECK_COMPLETE": "bash_complete",
    "COMP_WORDS": "tokendeck ",
    "COMP_CWORD": "1",
}


def used(
    command: Sequence[str], environ: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Run a command; return its CPU in milliseconds and its peak memory in MB."""
    with subprocess.Popen(
        command,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = 1000 * (usage.ru_utime + usage.ru_stime)
    return cpu, usage.ru_maxrss / 1024


def command_cpu(rounds: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield a name, our CPU, the CPU to compare with, and the most times that.

    The commands take turns, so that a busy moment affects all.
    """
    commands: dict[str, tuple[list[str], Mapping[str, str]]] = {
        "click": ([PYTHON, "-c", "import click"], {}),
        "httpx": ([PYTHON, "-c", "import httpx"], {}),
        "--help": ([TOKENDECK, "--help"], {}),
        "TAB": ([TOKENDECK], _TAB),
        "list": ([TOKENDECK, "--demo", "list", "--json"], {}),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        # An empty variable counts as unset.
        cached = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        for _ in range(rounds + 1):
            for name, (command, environ) in commands.items():
                times[name].append(used(command, {**environ, **cached})[0])
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    yield "CPU of --help (bare: import click)", medians["--help"], medians["click"], 1.6
    yield "CPU of a TAB (bare: import click)", medians["TAB"], medians["click"], 1.6
    demo = "CPU of list --json on the demo (bare: import httpx)"
    yield demo, medians["list"], medians["httpx"], 1.25


def list_memory() -> float:
    """Return the peak memory of `list --json` with ten thousand tokens, in MB."""
    stack = {
        "name": "Big",
        "environments": ["production"],
        "fill_delivery_tokens": _MANY,
    }
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.toml"
        fields = "\n".join(f"{key} = {json.dumps(each)}" for key, each in stack.items())
        seed.write_text(f"[[stacks]]\n{fields}\n", encoding="utf-8")
        with serving("--seed", str(seed)) as served:
            environ = {
                "TOKENDECK_CMA": served.info["cma"],
                "TOKENDECK_CDA": served.info["cda"],
                "CONTENTSTACK_API_KEY": served.api_key,
                "CONTENTSTACK_AUTHTOKEN": served.info["users"][0]["authtoken"],
            }
            return used([TOKENDECK, "list", "--json"], environ)[1]


def main() -> None:
    """Print only the measurements of the commands."""
    for what, ours, bare, times in command_cpu(15):
        print(f"{what}: {ours:.0f} ms, {ours / bare:.2f} × of {times}")
    print(f"list --json of {_MANY:,} tokens: {list_memory():.0f} MB of 120")


if __name__ == "__main__":
    main()
