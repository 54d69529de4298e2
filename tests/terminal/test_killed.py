"""The real command is killed while it waits for an answer; the next start continues."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.served import ROOT, Served, serving
from tests.support.terminal import Terminal
from tests.terminal.conftest import TOKENDECK, Start
from tests.terminal.test_unfinished import signed_in

pytestmark = pytest.mark.terminal

_NO_TRACE = "there's no trace of it"
OLD, NEW = "partner-feed", "partner-feed-next"
_FAULT = """
[[faults]]
fault = "%s"
method = "POST"
path = "*tokens*"
times = 1
"""


@pytest.fixture
def slow(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A sandbox whose first create misbehaves as the test says."""
    seed = tmp_path / "seed.toml"
    demo = (ROOT / "tui/sandbox/demo.toml").read_text()
    seed.write_text(demo + _FAULT % request.param)
    with serving("--seed", str(seed)) as running:
        yield running


def names(served: Served, kind: str = "delivery") -> list[str]:
    url = f"{served.info['cma']}/v3/stacks/{kind}_tokens"
    asked = urllib.request.Request(url, headers=served.headers())
    with urllib.request.urlopen(asked) as answer:
        body: dict[str, Any] = json.load(answer)
    return sorted(token["name"] for token in body["tokens"])


def kill_once(terminal: Terminal, holds: Callable[[], bool]) -> None:
    """Kill the command as soon as this is true, as if its machine had lost power."""
    terminal.wait_for(lambda _: holds())
    terminal.kill()
    assert terminal.wait_for_exit() == -9


def rotate(terminal: Terminal, row: str, shown: int) -> None:
    """Press R on the row of this name; `shown` is how many names hold it."""
    terminal.send("/")
    terminal.send(row)
    terminal.wait_for(f"{shown} of 1")
    terminal.send("\r")
    terminal.send("R")


@pytest.mark.parametrize(
    ("slow", "carried_out"),
    [
        ("delay=3,close-before", False),
        ("delay=0.3,close-after", True),
        ("delay=0", True),
    ],
    indirect=["slow"],
)
@pytest.mark.parametrize("row", [OLD, NEW])
def test_a_rotation_goes_on_from_either_row(
    start: Start, slow: Served, carried_out: bool, row: str
) -> None:
    before = names(slow)
    terminal = start(TOKENDECK, **signed_in(slow))
    terminal.wait_for("tokens · read")
    rotate(terminal, OLD, 1)
    terminal.wait_for("1 Create the replacement")
    terminal.send("\r")
    if carried_out:
        kill_once(terminal, lambda: NEW in names(slow))
    else:
        kill_once(terminal, lambda: f"Creating {NEW}" in terminal.text)
    folder = Path(os.environ["XDG_STATE_HOME"])
    assert len([*folder.rglob("rotations/[!.]*.json")]) == 1

    assert names(slow) == sorted([*before, *[NEW][:carried_out]])
    again = start(TOKENDECK, **signed_in(slow))
    again.wait_for(f"the rotation of {OLD} (R continues)")
    name = row if carried_out else OLD
    rotate(again, name, 2 if name == OLD and carried_out else 1)
    again.wait_for(f"Rotate {OLD}")
    again.wait_for("[x] 1" if carried_out else "[>] 1")
    assert f"{NEW}-next" not in again.text
    again.send("\r")
    done = "[x] 2" if carried_out else "[x] 1"
    # A request that was killed before it left leaves the fault to this one.
    again.wait_for(lambda terminal: done in terminal.text or _NO_TRACE in terminal.text)
    if _NO_TRACE in again.text:
        again.send("\r")
    again.wait_for(done)
    assert names(slow) == sorted([*before, NEW])


@pytest.mark.long
@pytest.mark.parametrize("slow", ["delay=0.3,close-after"], indirect=True)
def test_a_management_token_that_may_be_there_is_named(
    start: Start, slow: Served
) -> None:
    terminal = start(TOKENDECK, **signed_in(slow))
    terminal.wait_for("tokens · read")
    steps = (
        ("\x1bo", "ci-deploy"),
        ("n", "Name (required"),
        ("weekly\r", "[x] main"),
        ("\r", "Read and write"),
        ("\r", "Generate Token"),
    )
    for key, then in steps:
        terminal.send(key)
        terminal.wait_for(then)
    terminal.send("\r")
    kill_once(terminal, lambda: "weekly" in names(slow, "management"))
    again = start(TOKENDECK, **signed_in(slow))
    again.wait_for("a new management token weekly")
    again.wait_for("which exists now")
