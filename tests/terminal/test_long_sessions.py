"""Hours of use in one run of the real command: nothing grows."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.screens.places import WAYS
from tests.support.terminal import Terminal
from tests.terminal.conftest import Start
from tui.commands import Place

pytestmark = [pytest.mark.terminal, pytest.mark.soak]

SEED = int(os.environ.get("SEED", "0"))
_PAGE = os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).parents[2]
_MEGABYTE = 1_000_000
_KEYS = [
    "j",
    "k",
    "\r",
    "n",
    "a",
    "x",
    "v",
    "m",
    "h",
    "i",
    "S",
    "R",
    "d",
    "w",
    "?",
    "/",
    "o",
    "u",
    "s",
    " ",
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work elsewhere: random keys may export a token to a file."""
    monkeypatch.chdir(tmp_path)


def memory(terminal: Terminal) -> int:
    """Return how much memory the process uses, in bytes."""
    return int(Path(f"/proc/{terminal.pid}/statm").read_text().split()[1]) * _PAGE


def held(terminal: Terminal) -> tuple[int, int]:
    """Return how many file descriptors and threads the process has."""
    process = Path(f"/proc/{terminal.pid}")
    return len(list((process / "fd").iterdir())), len(
        list((process / "task").iterdir())
    )


def open_and_leave(dashboard: Terminal, place: Place, times: int) -> None:
    way = WAYS[place]
    for _ in range(times):
        dashboard.send(way.typed)
        dashboard.wait_for(way.words)
        dashboard.send(b"\x1b")
        dashboard.wait_for("alt+o switch")


@pytest.mark.parametrize("place", WAYS, ids=lambda place: place.name)
def test_a_place_that_is_opened_a_hundred_times_more_takes_no_more(
    dashboard: Terminal, place: Place
) -> None:
    open_and_leave(dashboard, place, 100)
    dashboard.settle()
    before, had = memory(dashboard), held(dashboard)
    open_and_leave(dashboard, place, 100)
    dashboard.settle()
    assert memory(dashboard) - before <= 3 * _MEGABYTE
    assert held(dashboard) == had


def test_ten_thousand_keys_leave_it_near_a_bare_program(start: Start) -> None:
    bare = start(sys.executable, "-m", "benchmarks.bare", PYTHONPATH=str(ROOT))
    bare.settle()
    dashboard = start()
    dashboard.wait_for("tokens · read")
    chance = random.Random(SEED)
    for number in range(10_000):
        dashboard.send(chance.choice(_KEYS if number % 3 else ["\x1b"]))
        if number % 10 == 0:
            dashboard.settle(quiet=0.02)
    dashboard.settle()
    assert memory(dashboard) - memory(bare) <= 25 * _MEGABYTE
