"""A real command in a real pseudo-terminal, seen as its user sees it and as the wire carried it."""

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

from tests.support.environment import FIXED, strays

_POLL = 0.02

# pyte takes these for text: private CSI sequences (keyboard protocols) and device
# control strings.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;:]*[@-~]|\x1b[P_^][^\x1b]*\x1b\\")
# The start of a sequence whose end has not been read yet.
_CUT_OFF = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^][^\x1b]*\x1b?)?\Z")

_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"

_CLIPBOARD = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")

RESTORING: Mapping[str, bytes] = {
    "the normal screen": b"\x1b[?1049l",
    "the cursor": b"\x1b[?25h",
    "bracketed paste off": b"\x1b[?2004l",
    "how keys with alt are sent": b"\x1b[?1036l",
}
"""What a full-screen program has to send before it ends, by what it gives back to the user."""


class _Grid(pyte.Screen):
    """Pyte erases only cells that were written before.

    A terminal erases all, in its background.
    """

    def erase_in_display(self, how: int = 0, *args: object, **options: object) -> None:
        if how == 2:
            for y in range(self.lines):
                self.buffer[y].update(
                    dict.fromkeys(range(self.columns), self.cursor.attrs)
                )
        super().erase_in_display(how, *args, **options)


def _heed_hang_ups() -> None:
    """Under nohup, or a supervisor like it, a command would inherit that a hang-up is ignored."""
    signal(SIGHUP, SIG_DFL)


class Terminal:
    """A command in a pseudo-terminal of `columns` by `lines` cells, until it ends or `close` is called.

    The environment is this process's, cleaned as for every test, with `env` on top; None removes a variable.
    Where it is `synchronized`, it says that it draws a frame as a whole, as most terminals of today do;
    `answers` are what it says to other questions.
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
        self._to_answer = {
            **(answers or {}),
            **({_ASKS_FOR_FRAMES: _HAS_FRAMES} if synchronized else {}),
        }
        self._received = bytearray()
        self._undrawn = b""
        self._ended = False
        self._grid = _Grid(columns, lines)
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
        """The command's process id."""
        assert self._child.pid is not None
        return self._child.pid

    @property
    def ended(self) -> bool:
        """Whether the command has let go of the terminal."""
        return self._ended

    @property
    def bytes_seen(self) -> bytes:
        """All that the command has sent so far, as it crossed the wire."""
        return bytes(self._received)

    @property
    def screen(self) -> list[str]:
        """The lines that the terminal shows, without the blanks at their ends."""
        return [line.rstrip() for line in self._grid.display]

    @property
    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.screen)

    @property
    def cells(self) -> list[list[Hashable]]:
        """What is seen of each cell.

        Of a blank, what it is drawn in only where that shows.
        """
        return [
            [_seen(self._grid.buffer[y][x]) for x in range(self._grid.columns)]
            for y in range(self._grid.lines)
        ]

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line, from 0."""
        return self._grid.cursor.x, self._grid.cursor.y

    @property
    def grid(self) -> pyte.Screen:
        """The cells, each with its colours and style."""
        return self._grid

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._grid.columns, self._grid.lines

    @property
    def clipboard(self) -> list[str]:
        """What the command put on the terminal's clipboard by OSC 52, in this order."""
        return [
            base64.b64decode(found).decode()
            for found in _CLIPBOARD.findall(self.bytes_seen)
        ]

    @property
    def not_restored(self) -> list[str]:
        """What the command owes to the terminal.

        Empty once it has left the screen as it found it.
        """
        return [
            what
            for what, sequence in RESTORING.items()
            if self._received.rfind(sequence)
            < self._received.rfind(_opposite(sequence))
        ]

    def send(self, keys: bytes | str) -> None:
        """Type: bytes go out as they are, text as UTF-8, all in one write."""
        self._child.send(keys if isinstance(keys, bytes) else keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window, as its user would by dragging a corner."""
        self._grid.resize(lines=lines, columns=columns)
        self._child.setwinsize(lines, columns)

    def wait_for(
        self, what: str | Callable[[Terminal], bool], timeout: float = 20
    ) -> None:
        """Read until the screen shows this text, or until this holds.

        Raises:
            AssertionError: after `timeout` seconds, or when the command ends before;
                with the screen.
        """
        holds = (
            (lambda terminal: what in terminal.text) if isinstance(what, str) else what
        )
        deadline = monotonic() + timeout
        while not holds(self):
            if self._ended:
                raise AssertionError(
                    f"The command ended before {_name(what)}. The screen:\n{self.text}"
                )
            if monotonic() > deadline:
                raise AssertionError(
                    f"Waited {timeout:g} s for {_name(what)}. The screen:\n{self.text}"
                )
            self._read(_POLL)

    def settle(self, quiet: float = 0.3, timeout: float = 20) -> None:
        """Read until nothing has come for `quiet` seconds.

        For counting bytes, where no text says "done".

        Raises:
            AssertionError: if the command never falls silent.
        """
        deadline = monotonic() + timeout
        while self._read(quiet):
            assert monotonic() < deadline, (
                f"The command was still sending after {timeout:g} s."
            )

    def wait_for_exit(self, timeout: float = 20) -> int:
        """Read until the command ends.

        Its exit status, or minus the signal that ended it.

        Raises:
            AssertionError: if it still runs after `timeout` seconds; with the screen as
                it is.
        """
        deadline = monotonic() + timeout
        while not self._ended or self._child.isalive():
            if monotonic() > deadline:
                raise AssertionError(
                    f"The command still ran after {timeout:g} s. The screen:\n{self.text}"
                )
            if self._ended:
                Event().wait(_POLL)
            else:
                self._read(_POLL)
        ended_by: int | None = self._child.signalstatus
        status: int | None = self._child.exitstatus
        assert ended_by is not None or status is not None, (
            "The command has ended without a status."
        )
        return -ended_by if ended_by is not None else status or 0

    def hang_up(self, timeout: float = 20) -> int:
        """Take the terminal away, as a dropped connection does.

        The exit status as from `wait_for_exit`.

        Raises:
            AssertionError: if it still runs after `timeout` seconds.
        """
        self._master.close()
        self._ended = True
        return self.wait_for_exit(timeout)

    def kill(self) -> None:
        """End the command at once, as if its machine had lost its power."""
        os.kill(self.pid, SIGKILL)

    def close(self) -> None:
        """End what still runs in the foreground, and give the pseudo-terminal back."""
        if not self._master.closed:
            # A shell's job is no child of ours, and would outlive the shell.
            group = os.tcgetpgrp(self._child.child_fd)
            if group > 1 and group != os.getpgrp():
                with suppress(ProcessLookupError):
                    os.killpg(group, SIGKILL)
        self._child.close(force=True)

    @property
    def _master(self) -> BufferedRWPair:
        """Our end of the pseudo-terminal."""
        master: BufferedRWPair = self._child.ptyproc.fileobj  # type: ignore[attr-defined]  # not in the stubs
        return master

    def _read(self, timeout: float) -> bool:
        """Whether anything came within `timeout` seconds."""
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
        for question in [asked for asked in self._to_answer if asked in self._received]:
            self.send(self._to_answer.pop(question))
        self._draw(came)
        return True

    def _draw(self, came: bytes) -> None:
        data = self._undrawn + came
        cut_off = _CUT_OFF.search(data)
        whole = data[: cut_off.start()] if cut_off else data
        self._undrawn = data[len(whole) :]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", whole))


def drawn(written: bytes, columns: int, lines: int) -> list[str]:
    """The lines that a terminal of this size shows after these bytes."""
    grid = _Grid(columns, lines)
    cut_off = _CUT_OFF.search(written)
    whole = written[: cut_off.start()] if cut_off else written
    pyte.ByteStream(grid).feed(_UNKNOWN_TO_PYTE.sub(b"", whole))
    return [line.rstrip() for line in grid.display]


def _seen(cell: pyte.screens.Char) -> Hashable:
    shows = cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough
    return tuple(cell) if shows else (" ", cell.bg)


def environment_with(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The environment of a program under test; None removes a variable."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in strays(os.environ)
    }
    wanted = {**inherited, **_homes(os.environ), **FIXED, **changes}
    return {name: value for name, value in wanted.items() if value is not None}


def _homes(environ: Mapping[str, str]) -> dict[str, str]:
    """The test's own folders, which the fixture set and which are no strays here."""
    return {name: value for name, value in environ.items() if name.startswith("XDG_")}


def _opposite(sequence: bytes) -> bytes:
    switch = {b"h": b"l", b"l": b"h"}
    return sequence[:-1] + switch[sequence[-1:]]


def _name(what: str | Callable[[Terminal], bool]) -> str:
    return (
        repr(what)
        if isinstance(what, str)
        else getattr(what, "__name__", "a condition")
    )
