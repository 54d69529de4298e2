"""Values that the user wants in a file, for a terminal that gives no other way to take them along."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.private_files import replace_own_file, state_folder
from tui.secret import Secret


@dataclass
class ValueFiles:
    """Writes values to files of mode 0600, and deletes them when the program ends."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _paths: set[Path] = field(default_factory=set)

    def write(self, secret: Secret) -> str:
        """Write exactly the value, or `FileRefused`.

        The command that fetches it from another machine.
        """
        path = self._folder() / f"value-{secret.fingerprint}"
        # Noted before it is there: cut off in between, it would stay.
        self._paths.add(path)
        replace_own_file(path, secret.reveal().encode())
        return f"scp {shlex.quote(f'{getpass.getuser()}@{self._host()}:{path}')} ."

    def delete(self) -> None:
        """Delete them all."""
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink()

    def _folder(self) -> Path:
        """In memory where the system has such a place, which it empties by itself."""
        runtime = self.environ.get("XDG_RUNTIME_DIR", "")
        if os.path.isabs(runtime):
            return Path(runtime) / "tokendeck"
        return state_folder(self.environ) / "values"

    def _host(self) -> str:
        """This machine as the other end of the connection knows it."""
        address, *_ = (
            *self.environ.get("SSH_CONNECTION", "").split(" ")[2:3],
            platform.node(),
        )
        return f"[{address}]" if ":" in address else address
