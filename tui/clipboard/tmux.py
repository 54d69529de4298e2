"""A buffer of tmux, of our own name and so ours alone to delete."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.secret import Secret

_SECONDS = 2.0


@dataclass
class TmuxBuffer:
    """Puts values into tmux, one after the other. Its methods block."""

    environ: Mapping[str, str] = field(repr=False)
    name: str = ""

    def copy(self, secret: Secret, *, send_on: bool) -> bool:
        """Whether the value lies in a buffer and was read back the same; `send_on` to the terminal too."""
        self.clear()
        self.name, value = f"tokendeck-{os.urandom(4).hex()}", secret.reveal().encode()
        on = ("-w",) if send_on else ()
        loaded = self._tmux("load-buffer", *on, "-b", self.name, "-", given=value)
        return loaded is not None and self._tmux("show-buffer", "-b", self.name) == value

    def clear_later(self, seconds: int) -> None:
        """Have tmux delete the buffer after a time, whether this program has ended by then or not."""
        gone = f"sleep {seconds}; tmux delete-buffer -b {self.name} 2>/dev/null || :"
        self._tmux("run-shell", "-b", gone)

    def clear(self) -> bool:
        """Delete the buffer; False if there is none."""
        name, self.name = self.name, ""
        return bool(name) and self._tmux("delete-buffer", "-b", name) is not None

    def forget_history(self) -> None:
        """Empty what can be scrolled back to in this pane."""
        self._tmux(
            "clear-history", *(("-t", self.environ["TMUX_PANE"]) if "TMUX_PANE" in self.environ else ())
        )

    def _tmux(self, *words: str, given: bytes = b"") -> bytes | None:
        """What tmux printed; None if it failed."""
        try:
            done = subprocess.run(  # noqa: S603 - our own words, and no shell
                ("tmux", *words),  # noqa: S607 - the tmux that the user runs in
                env=self.environ,
                input=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout if done.returncode == 0 else None
