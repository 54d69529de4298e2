"""Measures how late a key is while the program is busy."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.line import Line
from benchmarks.measure import COLUMNS, DEAREST, LINES
from tests.sandbox.served import serving
from tests.support.terminal import Terminal

_MANY, _MANAGED = 10_000, 20
_SESSIONS = 3
_LATEST = 50
_PAUSE = 0.01
"""Seconds between a key's answer and the next key: shorter stalls may be missed."""
_SORT, _FILTER, _REFRESH, _SWITCH = "s", "/production\r", "r", "o"
_WHILE = (
    f"{_MANY:,} rows arrive in portions, and are judged",
    f"{_MANY:,} rows are read again",
    f"{_MANY:,} rows are read again, sorted and filtered",
)


def lateness_lines() -> Iterator[Line]:
    """Type without pausing while thousands of rows are read, and then refreshed."""
    sessions = [_session() for _ in range(_SESSIONS)]
    for what, found in zip(_WHILE, zip(*sessions, strict=True), strict=True):
        latest = statistics.median(found)
        words = f"the latest key while {what}, median of {_SESSIONS}"
        yield Line(words, latest, None, _LATEST, "ms")


def _session() -> tuple[float, ...]:
    with _dashboard() as terminal:
        terminal.wait_for("Management")
        terminal.send(_SWITCH)
        terminal.wait_for("job-00001")
        arriving = _latest(terminal, lambda: _has_read(terminal))
        terminal.send(_SWITCH)
        terminal.settle()
        again = _latest_of_refresh(terminal)
        terminal.send(_SORT)
        terminal.settle()
        terminal.send(_FILTER)
        terminal.settle()
        return arriving, again, _latest_of_refresh(terminal)


def _latest_of_refresh(terminal: Terminal) -> float:
    terminal.send(_REFRESH)
    terminal.wait_for("Reading")
    return _latest(terminal, lambda: "Reading" not in terminal.text)


def _has_read(terminal: Terminal) -> bool:
    return f"Delivery {_MANY}" in terminal.text.replace(",", "")


def _latest(terminal: Terminal, done: Callable[[], bool]) -> float:
    """Press keys until `done`, and for as long afterwards as judging may take.

    Returns:
        The longest time from a key to the frame that shows it, in milliseconds.
    """
    latest, after = 0.0, 100
    while after:
        for key in "jk":
            latest = max(latest, _milliseconds_of(terminal, key))
            sleep(_PAUSE)
        after -= done()
    return latest


def _milliseconds_of(terminal: Terminal, key: str) -> float:
    """Press a key that moves the cursor, and return how long it took to move."""
    before = terminal.cursor
    pressed = perf_counter()
    terminal.send(key)
    terminal.wait_for(lambda terminal: terminal.cursor[1] != before[1])
    return (perf_counter() - pressed) * 1000


@contextmanager
def _dashboard() -> Iterator[Terminal]:
    """Open the dashboard on a served stack of thousands of tokens."""
    stack = {
        "name": "Storefront",
        "environments": ["production"],
        "limits": {"delivery_tokens": _MANY, "management_tokens": _MANAGED},
        "fill_delivery_tokens": _MANY,
        "fill_management_tokens": _MANAGED,
    }
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.json"
        seed.write_text(json.dumps({"stacks": [stack]}))
        with serving("--seed", str(seed)) as served:
            program = str(Path(sys.executable).with_name("tokendeck"))
            info = served.info
            hosts = ("--cma", info["cma"], "--cda", info["cda"])
            token = {"CONTENTSTACK_AUTHTOKEN": served.user("Owner")["authtoken"]}
            terminal = Terminal(
                [program, *hosts, "--stack", served.api_key],
                columns=COLUMNS,
                lines=LINES,
                env={**DEAREST, **token},
                synchronized=True,
            )
            with closing(terminal):
                yield terminal
