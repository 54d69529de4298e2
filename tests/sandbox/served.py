"""The sandbox in its own process, as a user starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running sandbox, and the line that it printed."""

    process: subprocess.Popen[str]
    info: dict[str, Any]

    @property
    def api_key(self) -> str:
        """Return the API key of its first stack."""
        return str(self.info["stacks"][0]["api_key"])

    def user(self, role: str = "Admin") -> dict[str, Any]:
        """Return the first login with that role."""
        found: dict[str, Any] = next(
            user for user in self.info["users"] if user["role"] == role
        )
        return found

    def headers(self, role: str = "Admin") -> dict[str, str]:
        """Return the headers of a request to its first stack."""
        return {"api_key": self.api_key, "authtoken": self.user(role)["authtoken"]}


def command(*options: str) -> list[str]:
    """Return the command that serves a sandbox."""
    return [sys.executable, "-m", "tui", "sandbox", *options]


@contextmanager
def serving(*options: str, env: Mapping[str, str] | None = None) -> Generator[Served]:
    """Serve a sandbox, and check that it ends as it should."""
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }
    pipes |= {"cwd": ROOT, "env": env}
    with subprocess.Popen(
        command("--json", "--port", "0", *options), **pipes
    ) as process:
        watchdog = threading.Timer(_PATIENCE_SECONDS, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            watchdog.cancel()
            assert line.endswith("\n"), process.communicate()
            yield Served(process, json.loads(line))
        finally:
            watchdog.cancel()
            if process.poll() is None:
                ended(process)


def ended(
    process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM
) -> tuple[int, str, str]:
    """End a sandbox with a signal.

    Return its exit code, and the rest of stdout and stderr.
    """
    process.send_signal(how)
    try:
        output, errors = process.communicate(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, output, errors
