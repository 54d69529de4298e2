"""A keyring in a file, for PYTHON_KEYRING_BACKEND=fake_keyring.FakeKeyring."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FakeKeyring(KeyringBackend):
    """Keeps everything in $FAKE_KEYRING.

    With $FAKE_KEYRING_TROUBLE, it doesn't work.
    """

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        """Return the stored password."""
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store the password."""
        self._write({**self._kept(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Delete the password."""
        kept = self._kept()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError
        self._write(kept)

    def _kept(self) -> dict[str, str]:
        trouble = os.environ.get("FAKE_KEYRING_TROUBLE")
        if trouble == "error":
            raise RuntimeError("the session bus is gone")
        if trouble == "hang":
            time.sleep(600)
        path = Path(os.environ["FAKE_KEYRING"])
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _write(self, kept: dict[str, str]) -> None:
        if os.environ.get("FAKE_KEYRING_TROUBLE") != "forgets":
            Path(os.environ["FAKE_KEYRING"]).write_text(json.dumps(kept))
