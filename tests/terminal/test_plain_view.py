"""A revealed value, and keys that are pressed before the terminal is free."""

from __future__ import annotations

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal

_SHOWN = "any other key clears it"


@pytest.mark.parametrize("keys", ["f", "ff", "f" * 20, "f\rf", "f\x0c\x0c", "fY", "fc"])
def test_whatever_is_pressed_with_it_the_dashboard_comes_back(
    dashboard: Terminal, keys: str
) -> None:
    dashboard.send(keys)
    dashboard.wait_for(_SHOWN)
    dashboard.settle()
    dashboard.send("x")
    dashboard.wait_for(lambda terminal: _SHOWN not in terminal.text)
    dashboard.wait_for("Storefront")
    dashboard.settle()
    seen = len(dashboard.bytes_seen)
    dashboard.send("\x0c")
    dashboard.wait_for(lambda terminal: b"Storefront" in terminal.bytes_seen[seen:])
    dashboard.send("\x03")
    assert dashboard.wait_for_exit(timeout=6) == 0
    assert dashboard.not_restored == []


def test_a_copy_made_meanwhile_arrives_once_the_dashboard_is_back(
    dashboard: Terminal,
) -> None:
    dashboard.send("fc")
    dashboard.wait_for(_SHOWN)
    dashboard.settle()
    dashboard.send("x")
    dashboard.wait_for(lambda terminal: bool(terminal.clipboard))
