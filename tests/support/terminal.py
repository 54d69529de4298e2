"""A real command in a real pseudo-terminal, as its user sees it and as bytes."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from io import BufferedRWPair
from pathlib import Path
from signal import SIG_DFL, SIGHUP, SIGKILL, signal
from threading import Event
from time import monotonic
from types import TracebackType

import pexpect
import pyte

from tests.support.emulator import seen_of
from tests.support.environment import FIXED, strays

_POLL = 0.02

# pyte mistakes these for text: private CSI sequences (keyboard protocols) and device
# control strings.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;:]*[@-~]|\x1b[P_^][^\x1b]*\x1b\\")
# The start of a sequence whose end hasn't been read yet.
_CUT_OFF = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^][^\x1b]*\x1b?)?\Z")

_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"

_CLIPBOARD = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")

RESTORING: Mapping[str, bytes] = {
    "the normal screen": b"\x1b[?1049l",
    "the cursor": b"\x1b[?25h",
    "bracketed paste off": b"\x1b[?2004l",
    "how keys with alt are sent": b"\x1b[?1036l",
}
"""What a full-screen program sends before it ends, by what that restores."""


class _Grid(pyte.Screen):
    """Erases all cells in the background colour, as a terminal does.

    pyte itself erases only what was written before.
    """

    def erase_in_display(self, how: int = 0, *args: object, **options: object) -> None:
        if how == 2:
            blanks = dict.fromkeys(range(self.columns), self.cursor.attrs)
            for y in range(self.lines):
                self.buffer[y].update(blanks)
        super().erase_in_display(how, *args, **options)


def _heed_hang_ups() -> None:
    """End on a hang-up, even if the tests run under nohup, which ignores it."""
    signal(SIGHUP, SIG_DFL)


class Terminal:
    """A command in a pseudo-terminal, until it ends or `close` is called.

    Args:
        command: the program and its arguments.
        columns: how wide the terminal is.
        lines: how high it is.
        env: changes to this process's environment, cleaned as for every test; None
            removes a variable.
        cwd: where the command runs.
        synchronized: whether the terminal says that it draws whole frames, as most
            modern ones do.
        answers: what it replies to other queries.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        lines: int = 24,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        synchronized: bool = False,
        answers: Mapping[bytes, bytes] | None = None,
    ) -> None:
        self._to_answer = dict(answers or {})
        if synchronized:
            self._to_answer[_ASKS_FOR_FRAMES] = _HAS_FRAMES
        self._received = bytearray()
        self._undrawn = b""
        self._ended = False
        self._draws = True
        self._grid = _Grid(columns, lines)
        self._composed: list[str] | None = None
        self._stream = pyte.ByteStream(self._grid)
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=environment_with(env or {}),
            cwd=cwd,
            dimensions=(lines, columns),
            preexec_fn=_heed_hang_ups,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Return the command's process id."""
        assert self._child.pid is not None
        return self._child.pid

    @property
    def ended(self) -> bool:
        """Whether the command has released the terminal."""
        return self._ended

    @property
    def bytes_seen(self) -> bytes:
        """Return everything the command has sent so far, byte for byte."""
        return bytes(self._received)

    @property
    def screen(self) -> list[str]:
        """Return the lines that the terminal shows, without blanks at their ends."""
        if self._composed is None:
            # Composing them takes milliseconds, and a wait looks every few.
            self._composed = [line.rstrip() for line in self._grid.display]
        return self._composed.copy()

    @property
    def text(self) -> str:
        """Return the screen as one string."""
        return "\n".join(self.screen)

    @property
    def cells(self) -> list[list[Hashable]]:
        """Return what can be seen of each cell."""
        columns = range(self._grid.columns)
        rows = (self._grid.buffer[y] for y in range(self._grid.lines))
        return [[seen_of(row[x]) for x in columns] for row in rows]

    @property
    def cursor(self) -> tuple[int, int]:
        """Return the cursor's column and line, from 0."""
        return self._grid.cursor.x, self._grid.cursor.y

    @property
    def grid(self) -> pyte.Screen:
        """Return the cells, each with its colours and style."""
        return self._grid

    @property
    def size(self) -> tuple[int, int]:
        """Return columns and lines."""
        return self._grid.columns, self._grid.lines

    @property
    def clipboard(self) -> list[str]:
        """Return what the command has put on the clipboard by OSC 52, in order."""
        copied = _CLIPBOARD.findall(self.bytes_seen)
        return [base64.b64decode(each).decode() for each in copied]

    @property
    def not_restored(self) -> list[str]:
        """Return what the command hasn't restored."""
        return [what for what, sequence in RESTORING.items() if self._owes(sequence)]

    def _owes(self, sequence: bytes) -> bool:
        """Whether a sequence's opposite was sent, and not the sequence after it."""
        changed = self._received.rfind(_opposite(sequence))
        return self._received.rfind(sequence) < changed

    def send(self, keys: bytes | str) -> None:
        """Type: bytes go out as they are, text as UTF-8, all in one write."""
        self._child.send(keys if isinstance(keys, bytes) else keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Resize the window, as a user does by dragging a corner."""
        self._grid.resize(lines=lines, columns=columns)
        self._composed = None
        self._child.setwinsize(lines, columns)

    def wait_for(
        self, what: str | Callable[[Terminal], bool], timeout: float = 20
    ) -> None:
        """Read until the screen shows this text, or until this is true.

        Raises:
            AssertionError: after `timeout` seconds, or if the command ends first; with
                the screen.
        """
        deadline = monotonic() + timeout
        while not self._shows(what):
            if self._ended:
                raise self._failure(f"The command ended before {_name(what)}.")
            if monotonic() > deadline:
                raise self._failure(f"Waited {timeout:g} s for {_name(what)}.")
            self._read(_POLL)

    def _shows(self, what: str | Callable[[Terminal], bool]) -> bool:
        return what in self.text if isinstance(what, str) else what(self)

    def _failure(self, problem: str) -> AssertionError:
        return AssertionError(f"{problem} The screen:\n{self.text}")

    def settle(self, quiet: float = 0.3, timeout: float = 20) -> None:
        """Read until nothing has come for `quiet` seconds, if no text says "done".

        Raises:
            AssertionError: if the command never falls silent.
        """
        deadline = monotonic() + timeout
        still_sending = f"The command was still sending after {timeout:g} s."
        while self._read(quiet):
            assert monotonic() < deadline, still_sending

    def wait_for_exit(self, timeout: float = 20) -> int:
        """Read until the command ends.

        Returns:
            Its exit status, or minus the signal that ended it.

        Raises:
            AssertionError: if it still runs after `timeout` seconds; with the screen.
        """
        deadline = monotonic() + timeout
        while not self._ended or self._child.isalive():
            if monotonic() > deadline:
                raise self._failure(f"The command still ran after {timeout:g} s.")
            if self._ended:
                Event().wait(_POLL)
            else:
                self._read(_POLL)
        if self._child.signalstatus is not None:
            return -int(self._child.signalstatus)
        assert self._child.exitstatus is not None, "It has ended without a status."
        return int(self._child.exitstatus)

    def hang_up(self, timeout: float = 20) -> int:
        """Close the terminal, as a dropped connection does, and wait for the exit.

        Returns and raises what `wait_for_exit` does.
        """
        self._master.close()
        self._ended = True
        return self.wait_for_exit(timeout)

    def fill_the_line(self, timeout: float = 20) -> None:
        """Have the command draw more than the line holds, and read none of it.

        Raises:
            AssertionError: if the line takes everything for `timeout` seconds.
        """
        deadline = monotonic() + timeout
        while not self._waits_to_write():
            assert monotonic() < deadline, "The line took everything."
            self.send(b"\x0c")
            Event().wait(_POLL)

    def _waits_to_write(self) -> bool:
        """Whether one of the command's threads sleeps until the line takes more."""
        for thread in Path("/proc", str(self.pid), "task").iterdir():
            # It may have ended meanwhile.
            with suppress(OSError):
                if (thread / "wchan").read_text() == "wait_woken":
                    return True
        return False

    def stop_drawing(self) -> None:
        """From now on only keep the bytes, as they're no longer whole sequences."""
        self._draws = False

    def kill(self) -> None:
        """End the command at once, as if its machine had lost power."""
        os.kill(self.pid, SIGKILL)

    def close(self) -> None:
        """End what still runs in the foreground, and release the pseudo-terminal."""
        if not self._master.closed:
            # A shell's job isn't our child, and would outlive the shell.
            group = os.tcgetpgrp(self._child.child_fd)
            if group > 1 and group != os.getpgrp():
                with suppress(ProcessLookupError):
                    os.killpg(group, SIGKILL)
        self._child.close(force=True)

    @property
    def _master(self) -> BufferedRWPair:
        """Return our end of the pseudo-terminal."""
        # The stubs don't have it.
        master: BufferedRWPair = self._child.ptyproc.fileobj  # type: ignore[attr-defined]
        return master

    def _read(self, timeout: float) -> bool:
        """Read what comes within `timeout` seconds; return whether anything did."""
        if self._ended:
            return False
        try:
            came = self._child.read_nonblocking(size=65536, timeout=timeout)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self._ended = True
            return False
        self._received += came
        for question in tuple(self._to_answer):
            if question in self._received:
                self.send(self._to_answer.pop(question))
        if self._draws:
            self._draw(came)
        return True

    def _draw(self, came: bytes) -> None:
        data = self._undrawn + came
        whole = _without_cut_off(data)
        self._undrawn = data[len(whole) :]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", whole))
        self._composed = None


def drawn(written: bytes, columns: int, lines: int) -> list[str]:
    """Return the lines that a terminal of this size shows after these bytes."""
    grid = _Grid(columns, lines)
    known = _UNKNOWN_TO_PYTE.sub(b"", _without_cut_off(written))
    pyte.ByteStream(grid).feed(known)
    return [line.rstrip() for line in grid.display]


def _without_cut_off(data: bytes) -> bytes:
    """Drop an incomplete sequence at the end."""
    cut_off = _CUT_OFF.search(data)
    return data[: cut_off.start()] if cut_off else data


def environment_with(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return the environment of a program under test; None removes a variable."""
    stray = set(strays(os.environ))
    inherited = {name: value for name, value in os.environ.items() if name not in stray}
    wanted = {**inherited, **_homes(os.environ), **FIXED, **changes}
    return {name: value for name, value in wanted.items() if value is not None}


def _homes(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the test's own folders, which the fixture set: they aren't strays."""
    return {name: value for name, value in environ.items() if name.startswith("XDG_")}


def _opposite(sequence: bytes) -> bytes:
    switch = {b"h": b"l", b"l": b"h"}
    return sequence[:-1] + switch[sequence[-1:]]


def _name(what: str | Callable[[Terminal], bool]) -> str:
    if isinstance(what, str):
        return repr(what)
    return getattr(what, "__name__", "a condition")
