"""A tmux buffer under a name of our own, so that we only delete ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.programs import printed_by
from tui.secret import Secret


@dataclass
class TmuxBuffer:
    """Puts values into tmux, one after another. Its methods block."""

    environ: Mapping[str, str] = field(repr=False)
    name: str = ""

    def copy(self, secret: Secret, *, send_on: bool) -> bool:
        """Put the value into a buffer; return whether the same value was read back.

        Args:
            secret: The value.
            send_on: Whether tmux should send it on to its terminal.
        """
        self.clear()
        self.name = f"tokendeck-{os.urandom(4).hex()}"
        value = secret.reveal().encode()
        on = ("-w",) if send_on else ()
        if self._tmux("load-buffer", *on, "-b", self.name, "-", given=value) is None:
            return False
        return self._tmux("show-buffer", "-b", self.name) == value

    def clear_later(self, seconds: int) -> None:
        """Have tmux delete the buffer after `seconds`, even if we've exited by then."""
        gone = f"sleep {seconds}; tmux delete-buffer -b {self.name} 2>/dev/null || :"
        self._tmux("run-shell", "-b", gone)

    def clear(self) -> bool:
        """Delete the buffer; return False if there is none."""
        name, self.name = self.name, ""
        return bool(name) and self._tmux("delete-buffer", "-b", name) is not None

    def forget_history(self) -> None:
        """Clear this pane's scrollback."""
        pane = self.environ.get("TMUX_PANE")
        self._tmux("clear-history", *(("-t", pane) if pane else ()))

    def _tmux(self, *words: str, given: bytes = b"") -> bytes | None:
        return printed_by(("tmux", *words), self.environ, given)
