"""Copying a secret, and saying no more of it than is known."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from tui.clipboard.local import copy_locally
from tui.secret import Secret

_BEL = "\x07"


class Grade(Enum):
    """How much is known of a copy."""

    VERIFIED = "read back and found the same"
    SENT = "sent to the terminal, which does not answer"
    FAILED = "known not to have arrived"


@dataclass(frozen=True)
class Outcome:
    """What came of a copy; `sentence` says it for the status line, without the value."""

    grade: Grade
    sentence: str


class Copier:
    """Copies by the local desktop's clipboard where there is one, else by OSC 52 through the terminal."""

    def __init__(self, environ: Mapping[str, str], write_to_terminal: Callable[[str], None]) -> None:
        self._environ = environ
        self._write = write_to_terminal

    async def copy(self, secret: Secret, what: str) -> Outcome:
        """Put exactly the secret's characters on the clipboard; `what` names it in the sentence."""
        if self._has_local_desktop() and await copy_locally(secret):
            return Outcome(Grade.VERIFIED, f"Copied {what}; read back and found the same.")
        payload = base64.b64encode(secret.reveal().encode()).decode("ascii")
        self._write(f"\x1b]52;c;{payload}{_BEL}")
        return Outcome(Grade.SENT, f"Sent {what} to your terminal (OSC 52){self._doubt()}; paste to check.")

    def routes(self) -> tuple[str, ...]:
        """What each way to a clipboard can do here, in the order in which they are tried."""
        local = "tried first, and read back" if self._has_local_desktop() else "no desktop here to paste on"
        return (f"native: {local}", f"osc52: asks your terminal, which does not answer{self._doubt()}")

    def _has_local_desktop(self) -> bool:
        """Over SSH a display is the server's, or a stale one forwarded: neither is where the user pastes."""
        if self._environ.get("SSH_CONNECTION") or self._environ.get("SSH_TTY"):
            return False
        if sys.platform in ("darwin", "win32"):
            return True
        return bool(self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY"))

    def _doubt(self) -> str:
        if self._environ.get("TMUX"):
            return ", which tmux passes on only with `set-clipboard on`"
        if self._environ.get("STY"):
            return ", which GNU screen does not pass on"
        return ""
