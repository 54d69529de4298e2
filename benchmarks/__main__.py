"""`make bench`: measures bytes, time, CPU and memory, and writes `results.md`."""

from __future__ import annotations

import compileall
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from benchmarks.commands import command_cpu, list_memory
from benchmarks.far import distance_lines
from benchmarks.fleet import fleet_lines
from benchmarks.lateness import lateness_lines
from benchmarks.line import Line
from benchmarks.measure import (
    COLUMNS,
    LINES,
    Unseen,
    cost,
    cpu_of,
    machine,
    median_cost,
    peak_megabytes,
    start,
)
from tests.support.terminal import Terminal

_PROGRAM = Path(__file__).parents[1] / "tui"
_RESULTS = Path(__file__).with_name("results.md")
_TOKENDECK = (str(Path(sys.executable).with_name("tokendeck")), "--demo")
_BARE = (sys.executable, "-m", "benchmarks.bare")
_PAIRS = 15
_ARRIVALS = 7
_FEW, _MANY = 20, 10_000
_MANY_TOKENS = f"{_MANY:,} tokens"
_BARE_IS_FEW = f"(bare: {_FEW} tokens)"
_HEADER_MARK, _ROWS_MARK = b"help", b"web-production"
_BARE_MARK, _BARE_ROWS_MARK = b"Quit", b"token-15"
_ALT_O, _ESCAPE, _BACKSPACE = b"\x1bo", b"\x1b", b"\x7f"
_STEPS_BACK = ["k", "k", "k", "k", "k", "j", "j", "j", "j", "j"]
_STEPS = ["j", "j", "j", "j", "j", "k", "k", "k", "k", "k"]
_BARE_STEPS = [b"\x1b[B"] * 5 + [b"\x1b[A"] * 5


def main() -> None:
    """Measure everything, print it line by line, and write the page."""
    # pip compiles what it installs, so users start from compiled modules.
    compileall.compile_dir(_PROGRAM, quiet=1)
    lines = []
    measures = (_bytes(), _starts(), _far_away(), _many(), lateness_lines())
    for line in chain(*measures, fleet_lines(), _commands()):
        print(" | ".join(line.cells), flush=True)
        lines.append(line)
    _RESULTS.write_text(_page(lines), encoding="utf-8")
    print(f"Written to {_RESULTS.name}.")


def _bytes() -> Iterator[Line]:
    with (
        closing(start(_TOKENDECK, "tokens · read")) as ours,
        closing(start(_BARE, "token-15")) as bare,
    ):
        yield from _bytes_of_screens(ours, bare)
        yield from _bytes_of_keys(ours, bare)
        used, bare_used = _medians({ours: _STEPS, bare: _BARE_STEPS})
        key = f"CPU a key, median of {_PAIRS}"
        yield Line(key, used, bare_used, 1.35 * bare_used, "ms")
        peak, bare_peak = peak_megabytes(ours.pid), peak_megabytes(bare.pid)
        yield Line("peak memory", peak, bare_peak, bare_peak + 20, "MB")


def _bytes_of_screens(ours: Terminal, bare: Terminal) -> Iterator[Line]:
    sent, bare_sent = len(ours.bytes_seen), len(bare.bytes_seen)
    yield Line("to the first full dashboard", sent, bare_sent, 4_000)
    down = median_cost(ours, "j" * 9)
    yield Line("one row down, median", down, median_cost(bare, [b"\x1b[B"] * 9), 400)
    switched = median_cost(ours, [_ALT_O] * 4)
    yield Line("alt+o, tab switched and drawn", switched, None, 2_500)
    wizard = cost(ours, "n", shown="1 Details")
    modal = cost(bare, "n", shown="name")
    yield Line("open the wizard (bare: a modal)", wizard, modal, 4_000)


def _bytes_of_keys(ours: Terminal, bare: Terminal) -> Iterator[Line]:
    """Measure with the form open in both programs, then without it."""
    typed, bare_typed = median_cost(ours, "abcde"), median_cost(bare, "abcde")
    yield Line("a character typed in a field", typed, bare_typed, 120)
    for terminal in (ours, bare):
        cost(terminal, _ESCAPE)
    # A message goes away with the next key, a toast by itself. The key moves the cursor
    # to where it already is.
    cost(ours, "g")
    message = cost(ours, "c") + cost(ours, "g")
    toast = cost(bare, "c", 2)
    yield Line("a message shown and gone (bare: a toast)", message, toast, 500)
    yield Line("idle, 60 s", cost(ours, "", 60), None, 0)


def _starts() -> Iterator[Line]:
    """Measure starts in turn.

    CPU to the first frame is reliable even on a busy machine. The time to the rows is
    what a user waits.
    """
    ours, bare = [], []
    for _ in range(_PAIRS):
        ours.append(_started(_TOKENDECK, _HEADER_MARK, _ROWS_MARK))
        bare.append(_started(_BARE, _BARE_MARK, _BARE_ROWS_MARK))
    budgets = (
        ("CPU to the first frame", 1.2),
        ("start to the first frame", 1.2),
        ("start to the demo's rows", 1.6),
    )
    for index, (what, times) in enumerate(budgets):
        median = statistics.median(each[index] for each in ours)
        bare_median = statistics.median(each[index] for each in bare)
        started = f"{what}, median of {_PAIRS}"
        yield Line(started, median, bare_median, times * bare_median, "ms")


def _started(
    command: Sequence[str], frame: bytes, rows: bytes
) -> tuple[float, float, float]:
    """Return CPU and milliseconds to the first frame, and milliseconds to the rows."""
    with closing(Unseen(command)) as program:
        framed = program.milliseconds_to(frame)
        return program.cpu(), framed, program.milliseconds_to(rows)


def _far_away() -> Iterator[Line]:
    for secure in (False, True):
        yield from distance_lines(secure=secure)


def _many() -> Iterator[Line]:
    drawn: dict[int, list[float]] = {_FEW: [], _MANY: []}
    for _ in range(_ARRIVALS):
        for count, times in drawn.items():
            with _tokens(count) as (_, seconds):
                times.append(seconds * 1000)
    many, few = statistics.median(drawn[_MANY]), statistics.median(drawn[_FEW])
    what = f"{_MANY_TOKENS} drawn once read, median of {_ARRIVALS} {_BARE_IS_FEW}"
    yield Line(what, many, few, 1.5 * few, "ms")
    with _tokens(_FEW) as (twenty, _), _tokens(_MANY) as (thousands, _):
        yield from _moves(twenty, thousands)
        yield from _filter_keys(twenty, thousands)


def _moves(twenty: Terminal, thousands: Terminal) -> Iterator[Line]:
    moves = (("at the top", "g", _STEPS), ("at the end", "G", _STEPS_BACK))
    for where, jump, steps in moves:
        for terminal in (twenty, thousands):
            cost(terminal, jump)
        many, few = _medians(dict.fromkeys((thousands, twenty), steps))
        what = f"CPU of a row move {where}, {_MANY_TOKENS} {_BARE_IS_FEW}"
        yield Line(what, many, few, 1.2 * few, "ms")


def _filter_keys(twenty: Terminal, thousands: Terminal) -> Iterator[Line]:
    for terminal in (twenty, thousands):
        cost(terminal, "g")
        cost(terminal, "/")
    dearest = max(cost(twenty, key) for key in ("1", _BACKSPACE, "2", _BACKSPACE))
    yield Line(f"filter keystroke on {_FEW} rows, the dearest", dearest, None, 1_500)
    used = [(cpu_of(thousands, [key]), cpu_of(twenty, [key])) for key in "tok"]
    many, few = max(used)
    what = f"CPU of a filter key, the dearest, {_MANY_TOKENS} {_BARE_IS_FEW}"
    yield Line(what, many, few, 50, "ms")


def _commands() -> Iterator[Line]:
    for what, ours, bare, times in command_cpu(_PAIRS):
        yield Line(f"{what}, median of {_PAIRS}", ours, bare, times * bare, "ms")
    what = f"peak memory of list --json, {_MANY_TOKENS}"
    yield Line(what, list_memory(), None, 120, "MB")


def _medians(keys: Mapping[Terminal, Sequence[str | bytes]]) -> list[float]:
    """Return the CPU milliseconds of a key in each program.

    The programs take turns, so that a busy moment affects all.
    """
    rounds = [
        [cpu_of(terminal, sent) for terminal, sent in keys.items()]
        for _ in range(_PAIRS)
    ]
    return [statistics.median(costs) for costs in zip(*rounds, strict=True)]


@contextmanager
def _tokens(count: int) -> Iterator[tuple[Terminal, float]]:
    """Start the dashboard on `count` tokens; yield it and the seconds to draw them."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "seconds"
        command = (sys.executable, "-m", "benchmarks.many", str(count), str(said))
        with closing(start(command, f"{count} tokens · read", 300)) as terminal:
            yield terminal, float(said.read_text())


def _page(lines: list[Line]) -> str:
    titles = ("", "unit", "at most", "Tokendeck", "bare Textual", "kept")
    rows = [titles, tuple(["---"] * len(titles)), *(line.cells for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    names = ("textual", "rich", "httpx")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"""# What Tokendeck costs

Written by `make bench`: the demo at {COLUMNS}×{LINES}, TERM=xterm-256color with
COLORTERM=truecolor, beside `benchmarks/bare.py` in the same run. Bytes repeat, times do
not: read them as ratios. Far away is a served sandbox behind a relay, which delays what
is sent, and connecting by a round trip.

{machine()}; Python {platform.python_version()}; {versions}.

{table}
"""


if __name__ == "__main__":
    main()
