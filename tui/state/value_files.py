"""Values in files, written on request if there's no clipboard to copy to."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.files.folders import state_folder
from tui.files.replacing import replace_own_file
from tui.secret import Secret


@dataclass
class ValueFiles:
    """Writes values to files of mode 0600, and deletes them when the program ends."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _paths: set[Path] = field(default_factory=set)

    def write(self, secret: Secret) -> str:
        """Write exactly the value.

        Returns:
            The command that fetches it from another machine.

        Raises:
            FileRefused: if it can't be written.
        """
        path = self._folder() / f"value-{secret.fingerprint}"
        # Noted before it's written: after an interruption in between, it would stay.
        self._paths.add(path)
        replace_own_file(path, secret.reveal().encode())
        return f"scp {shlex.quote(f'{getpass.getuser()}@{self._host()}:{path}')} ."

    def delete(self) -> None:
        """Delete them all."""
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink()

    def _folder(self) -> Path:
        """Return a folder in memory, if the system has one that it empties itself."""
        runtime = self.environ.get("XDG_RUNTIME_DIR", "")
        if os.path.isabs(runtime):
            return Path(runtime) / "tokendeck"
        return state_folder(self.environ) / "values"

    def _host(self) -> str:
        """Return this machine's address as the other end of SSH knows it."""
        connection = self.environ.get("SSH_CONNECTION", "").split(" ")
        address = connection[2] if len(connection) > 2 else platform.node()
        return f"[{address}]" if ":" in address else address
