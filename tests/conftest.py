"""Setup for every test: a clean environment, its own home, a fixed clock."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.clock import NOW
from tests.support.environment import FIXED, TRACED, strays
from tests.support.idle import wait_for_idle_loops
from tests.support.stylesheets import share_parsed_rules

_LONGEST_NAME = 60

share_parsed_rules()
wait_for_idle_loops()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long or binary values by parameter and length.

    Their content may differ between the processes of one run.
    """
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > _LONGEST_NAME):
        return f"{argname}_of_{len(val)}"
    return None


@pytest.fixture(autouse=True)
def clean_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Keep the machine's settings out of a test, and a test out of the user's files."""
    for name in strays(os.environ):
        monkeypatch.delenv(name)
    if request.node.get_closest_marker("long"):
        # The short form already covers these processes; tracing doubles their time.
        monkeypatch.delenv(TRACED, raising=False)
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
    }.items():
        monkeypatch.setenv(name, str(home / folder))


@pytest.fixture
def now() -> datetime:
    """Return the time at which every test takes place."""
    return NOW


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many faults the client and the whole program met."""
    met = {"tests/contentstack": 0, "tests/screens": 0}
    for report in terminalreporter.getreports("passed"):
        folder = report.nodeid.rpartition("/")[0]
        if folder not in met:
            continue
        for name, value in report.user_properties:
            if name == "faults met":
                met[folder] += int(str(value))
    if any(met.values()):
        client, program = met.values()
        terminalreporter.write_line(
            f"Faults met: {client} by the client, {program} by the whole program."
        )
