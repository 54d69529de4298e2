"""Measure Tokendeck beside a bare Textual program, print the table, and write it to `results.md`."""

from __future__ import annotations

import compileall
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import (
    COLUMNS,
    LINES,
    cost,
    cpu_of,
    machine,
    median_cost,
    milliseconds_to,
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
_HEADER_MARK, _ROWS_MARK = b"help", b"web-production"
_BARE_MARK, _BARE_ROWS_MARK = b"Quit", b"token-15"
_ALT_O, _ESCAPE, _BACKSPACE = b"\x1bo", b"\x1b", b"\x7f"
_STEPS_BACK = ["k", "k", "k", "k", "k", "j", "j", "j", "j", "j"]
_STEPS = ["j", "j", "j", "j", "j", "k", "k", "k", "k", "k"]
_BARE_STEPS = [b"\x1b[B"] * 5 + [b"\x1b[A"] * 5


@dataclass(frozen=True)
class Line:
    """A budget: what was measured, what a bare program costs, and the most it may be, in the same unit."""

    what: str
    ours: float
    bare: float | None
    most: float
    unit: str = "bytes"

    @property
    def words(self) -> tuple[str, ...]:
        """The cells of its row."""
        bare = "" if self.bare is None else f"{self.bare:,.{self._digits}f}"
        most, ours = (f"{value:,.{self._digits}f}" for value in (self.most, self.ours))
        return (
            self.what,
            self.unit,
            most,
            ours,
            bare,
            "yes" if self.ours <= self.most else "**no**",
        )

    @property
    def _digits(self) -> int:
        return 0 if self.unit == "bytes" else 1


def main() -> None:
    """Measure all, and say it."""
    # As pip leaves what it installs.
    compileall.compile_dir(_PROGRAM, quiet=1)
    lines = []
    for line in (*_bytes(), *_starts(), *_many()):
        print(" | ".join(line.words), flush=True)
        lines.append(line)
    _RESULTS.write_text(_page(lines), encoding="utf-8")
    print(f"Written to {_RESULTS.name}.")


def _bytes() -> Iterator[Line]:
    with (
        closing(start(_TOKENDECK, "tokens · read")) as ours,
        closing(start(_BARE, "token-15")) as bare,
    ):
        yield Line(
            "to the first full dashboard",
            len(ours.bytes_seen),
            len(bare.bytes_seen),
            4_000,
        )
        steps, bare_steps = (
            median_cost(ours, "j" * 9),
            median_cost(bare, [b"\x1b[B"] * 9),
        )
        yield Line("one row down, median", steps, bare_steps, 250)
        yield Line(
            "alt+o, tab switched and drawn",
            median_cost(ours, [_ALT_O] * 4),
            None,
            2_500,
        )
        wizard, modal = (
            cost(ours, "n", shown="1 Details"),
            cost(bare, "n", shown="name"),
        )
        yield Line("open the wizard (bare: a modal)", wizard, modal, 4_000)
        typed, bare_typed = median_cost(ours, "abcde"), median_cost(bare, "abcde")
        yield Line("a character typed in a field", typed, bare_typed, 120)
        for terminal in (ours, bare):
            cost(terminal, _ESCAPE)
        # A message goes with the next key, a toast by itself. The key moves to where
        # the cursor is already.
        cost(ours, "g")
        message = cost(ours, "c") + cost(ours, "g")
        yield Line(
            "a message shown and gone (bare: a toast)", message, cost(bare, "c", 2), 500
        )
        yield Line("idle, 60 s", cost(ours, "", 60), None, 0)
        used, bare_used = _medians({ours: _STEPS, bare: _BARE_STEPS})
        yield Line(
            f"CPU a key, median of {_PAIRS}", used, bare_used, 1.5 * bare_used, "ms"
        )
        most = peak_megabytes(bare.pid) + 20
        yield Line(
            "peak memory",
            peak_megabytes(ours.pid),
            peak_megabytes(bare.pid),
            most,
            "MB",
        )


def _starts() -> Iterator[Line]:
    ours, bare = [], []
    for _ in range(_PAIRS):
        ours.append(milliseconds_to(_TOKENDECK, _HEADER_MARK, _ROWS_MARK))
        bare.append(milliseconds_to(_BARE, _BARE_MARK, _BARE_ROWS_MARK))
    for index, (what, times) in enumerate(
        (("the first frame", 1.3), ("the demo's rows", 1.6))
    ):
        median, bare_median = (
            statistics.median(pair[index] for pair in pairs) for pairs in (ours, bare)
        )
        yield Line(
            f"start to {what}, median of {_PAIRS}",
            median,
            bare_median,
            times * bare_median,
            "ms",
        )


def _many() -> Iterator[Line]:
    drawn: dict[int, list[float]] = {_FEW: [], _MANY: []}
    for _ in range(_ARRIVALS):
        for count, times in drawn.items():
            with _tokens(count) as (_, seconds):
                times.append(seconds * 1000)
    few, many = f"{_FEW} tokens", f"{_MANY:,} tokens"
    shown, bare = (statistics.median(drawn[count]) for count in (_MANY, _FEW))
    yield Line(
        f"{many} drawn once read, median of {_ARRIVALS} (bare: {few})",
        shown,
        bare,
        1.5 * bare,
        "ms",
    )
    with _tokens(_FEW) as (twenty, _), _tokens(_MANY) as (thousands, _):
        for where, jump, steps in (
            ("at the top", "g", _STEPS),
            ("at the end", "G", _STEPS_BACK),
        ):
            for terminal in (twenty, thousands):
                cost(terminal, jump)
            moved, bare = _medians(dict.fromkeys((thousands, twenty), steps))
            yield Line(
                f"CPU of a row move {where}, {many} (bare: {few})",
                moved,
                bare,
                1.2 * bare,
                "ms",
            )
        for terminal in (twenty, thousands):
            cost(terminal, "g")
            cost(terminal, "/")
        dearest = max(cost(twenty, key) for key in ("1", _BACKSPACE, "2", _BACKSPACE))
        yield Line(
            f"filter keystroke on {_FEW} rows, the dearest", dearest, None, 1_500
        )
        filtered, bare = max(
            [cpu_of(terminal, [key]) for terminal in (thousands, twenty)]
            for key in "tok"
        )
        yield Line(
            f"CPU of a filter key, the dearest, {many} (bare: {few})",
            filtered,
            bare,
            50,
            "ms",
        )


def _medians(keys: Mapping[Terminal, Sequence[str | bytes]]) -> list[float]:
    """CPU milliseconds of a key in each program.

    They take turns, so that a busy moment hits all.
    """
    rounds = [
        [cpu_of(terminal, sent) for terminal, sent in keys.items()]
        for _ in range(_PAIRS)
    ]
    return [statistics.median(costs) for costs in zip(*rounds, strict=True)]


@contextmanager
def _tokens(count: int) -> Iterator[tuple[Terminal, float]]:
    """The dashboard with so many tokens, and the seconds that it took to draw them once they had come."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "seconds"
        command = (sys.executable, "-m", "benchmarks.many", str(count), str(said))
        with closing(start(command, f"{count} tokens · read", 300)) as terminal:
            yield terminal, float(said.read_text())


def _page(lines: list[Line]) -> str:
    titles = ("", "unit", "at most", "Tokendeck", "bare Textual", "kept")
    rows = [titles, tuple(["---"] * len(titles)), *(line.words for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("textual", "rich", "httpx")
    )
    return f"""# What Tokendeck costs

Written by `make bench`: the demo at {COLUMNS}×{LINES}, TERM=xterm-256color with COLORTERM=truecolor, beside
`benchmarks/bare.py` in the same run. Bytes repeat, times do not: read them as ratios.

{machine()}; Python {platform.python_version()}; {versions}.

{table}
"""


if __name__ == "__main__":
    main()
