"""The sandbox in a process of its own, as a user starts it."""

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
    """A sandbox that accepts connections, and what its one line said."""

    process: subprocess.Popen[str]
    info: dict[str, Any]

    @property
    def api_key(self) -> str:
        """The API key of its first stack."""
        return str(self.info["stacks"][0]["api_key"])

    def user(self, role: str = "Admin") -> dict[str, Any]:
        """The first login with that role."""
        found: dict[str, Any] = next(
            user for user in self.info["users"] if user["role"] == role
        )
        return found

    def headers(self, role: str = "Admin") -> dict[str, str]:
        """What a request to its first stack carries."""
        return {"api_key": self.api_key, "authtoken": self.user(role)["authtoken"]}


def command(*options: str) -> list[str]:
    """The command that serves a sandbox."""
    return [sys.executable, "-m", "tui", "sandbox", *options]


@contextmanager
def serving(*options: str, env: Mapping[str, str] | None = None) -> Generator[Served]:
    """Serve a sandbox, and see to it that it ends as it should."""
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
    """End a sandbox by a signal.

    Its exit code, and what was still on stdout and stderr.
    """
    process.send_signal(how)
    try:
        output, errors = process.communicate(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, output, errors
