"""The local desktop's clipboard, through pyperclip in separate processes.

pyperclip mistakes a failed xclip for success, can wait forever on a dead display, and
lets its tools write over the screen. So it gets two seconds and no output, and we only
believe it if it reads back what it was given.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.clipboard.turns import Turn
from tui.programs import NotFinished, ending_with_us, give, started
from tui.secret import Secret

_SECONDS = 2.0
_LOOKS = 10


@dataclass
class LocalClipboard:
    """The desktop's clipboard; its methods block.

    Attributes:
        tool: pyperclip's name for the program to use.
        environ: That program's environment.
    """

    tool: str
    environ: Mapping[str, str] = field(repr=False)
    _helper: subprocess.Popen[bytes] | None = None
    _print: bytes = b""
    _mark: str = ""

    def copy(self, secret: Secret) -> bool:
        """Copy the value; return whether the same value was read back."""
        self.keep()
        value = secret.reveal().encode()
        self._print = _print(value)
        # First, so that no older clear comes in between.
        older = self._turn.now()
        self._mark = self._turn.take()
        copied = self._ends_well("copy", given=value)
        if not copied and self._mark:
            self._turn.put(older)
        return copied

    def clear_later(self, seconds: int) -> None:
        """Clear it after `seconds`, even if we've exited, unless it has a newer copy.

        A newer copy, even from another process, is cleared separately or not at all.
        """
        mark = (str(self._turn.path), self._mark) if self._mark else ()
        self._helper = self._start("clear", str(seconds), *mark, given=self._print)

    def clear(self) -> bool:
        """Clear it now; return False if something else is there."""
        self.keep()
        return self._ends_well("clear", "0", given=self._print)

    def keep(self) -> None:
        """Cancel the scheduled clear."""
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
            self._helper = None

    @property
    def _turn(self) -> Turn:
        return Turn.on(self.tool, self.environ)

    def _start(self, *words: str, given: bytes) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own words, and no shell
            [sys.executable, "-P", "-m", __name__, self.tool, *words],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        give(process.stdin, given)
        return process

    def _ends_well(self, *words: str, given: bytes) -> bool:
        try:
            process = started(lambda: self._start(*words, given=given))
        except NotFinished:
            return False
        try:
            # Its tool may hang too, and would hold the value forever.
            with ending_with_us(process):
                return process.wait(_SECONDS) == 0
        except (subprocess.TimeoutExpired, NotFinished):
            process.wait()
            return False


def _print(value: bytes) -> bytes:
    """Return a fingerprint for the helper, which isn't given the value itself."""
    # It loads OpenSSL's hashes, which the first frame doesn't need.
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(value).digest()


def _main(
    tool: str, what: str, seconds: str = "0", note: str = "", mark: str = ""
) -> int:
    """Copy or clear in the helper process; return 0 if that was done."""
    import pyperclip  # noqa: PLC0415 - loaded only in the processes that copy and clear

    _end_when_over(int(seconds))
    pyperclip.set_clipboard(tool)
    given = sys.stdin.buffer.read()
    if what == "copy":
        pyperclip.copy(given.decode())
        # xsel goes into the background before it owns the clipboard.
        for _ in range(_LOOKS):
            if pyperclip.paste().encode() == given:
                return 0
            time.sleep(_SECONDS / 4 / _LOOKS)
        return 1
    time.sleep(int(seconds))
    if note and Turn(Path(note)).now() != mark:
        return 1
    if _print(pyperclip.paste().encode()) != given:
        return 1
    pyperclip.copy("")
    return 0


def _end_when_over(seconds: int) -> None:
    """Exit even if the tool hangs and no one waits for us any more."""
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(0, signal.SIGKILL))
        signal.alarm(seconds + int(2 * _SECONDS))


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
