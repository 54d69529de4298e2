"""Nothing that a test started may outlive it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.processes import descendants, end_with_descendants

_RECORDER = """
import os, signal, subprocess, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
inner = subprocess.Popen(["sleep", "300"], start_new_session=True)
print(inner.pid, flush=True)
inner.wait()
"""
_TERMINAL = f"""
import subprocess, sys
recorder = [sys.executable, "-c", {_RECORDER!r}]
subprocess.run(recorder, start_new_session=True)
"""


def test_what_blocks_hang_ups_in_a_session_of_its_own_ends_too() -> None:
    terminal = subprocess.Popen(
        [sys.executable, "-c", _TERMINAL], stdout=subprocess.PIPE
    )
    assert terminal.stdout is not None
    with terminal.stdout as told:
        innermost = int(told.readline())
        below = descendants(terminal.pid)
        assert len(below) == 2
        assert below[-1] == innermost
        end_with_descendants(terminal)
    assert [pid for pid in below if Path("/proc", str(pid)).exists()] == []
