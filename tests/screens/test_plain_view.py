"""A revealed value is wiped automatically, since nobody can after a lost connection."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from tui.clipboard.situation import Situation
from tui.screens import plain_view
from tui.secret import Secret

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no such terminals"
)


def test_a_value_that_nobody_wipes_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    outer, inner = os.openpty()
    with os.fdopen(inner, "w", closefd=False) as drawn, os.fdopen(inner, "r") as typed:
        monkeypatch.setattr(sys, "__stdin__", typed)
        monkeypatch.setattr(sys, "__stderr__", drawn)
        monkeypatch.setattr(plain_view, "_SHOWN_SECONDS", 0.3)
        key = plain_view.show_until_key(
            "The token web",
            Secret("cs0"),
            more=False,
            here=Situation(),
            leave=threading.Event(),
        )
        shown = ""
        # A pseudo-terminal returns what it was sent in pieces.
        while "\x1b[J\x1b[3J" not in shown:
            shown += os.read(outer, 65536).decode()
    os.close(outer)
    assert key == ""
    assert shown.index("cs0") < shown.index("\x1b[J\x1b[3J")
