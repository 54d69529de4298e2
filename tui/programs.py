"""Running a program for what it prints, or for what it does with what it is given."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import IO

_MOST_BYTES = 64 * 1024
_PAUSE = 0.05
_running: set[int] = set()
_over = threading.Event()
"""Set once this process ends: what a thread starts after that would outlive it."""


@dataclass(frozen=True, repr=False)
class ProgramResult:
    """How a program ended, and what it printed.

    That may be a secret, so it does not show itself.
    """

    status: int
    printed: bytes


class NotFinished(Exception):
    """The program took too long or printed without end, and has been killed."""


def run_quietly(
    words: Sequence[str],
    *,
    seconds: float,
    given: bytes = b"",
    environ: Mapping[str, str] | None = None,
) -> ProgramResult:
    """Run a program without shell or terminal.

    What it writes on standard error is not shown. When time is over, its process group
    ends with it: it may have started others, which hold the pipe open.

    Raises:
        OSError: if it can't be started.
        NotFinished: after `seconds`, or when it printed more than 64 KiB.
    """
    deadline = monotonic() + seconds
    process = subprocess.Popen(  # noqa: S603 - the words are the user's own or ours, and no shell reads them
        words,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    )
    with process, ending_with_us(process):
        give(process.stdin, given)
        printed = _read_to_end(process.stdout, deadline)
        try:
            status = process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            raise NotFinished from None
    return ProgramResult(status, printed)


@contextlib.contextmanager
def ending_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill a program, and all that it started, when what waits for it fails.

    `end_all` kills it too, also where it comes first. The program leads a process group
    of its own.

    Raises:
        NotFinished: if this process ends already.
    """
    _running.add(process.pid)
    try:
        _refuse_once_over()
        yield
    except BaseException:
        _kill(process.pid)
        raise
    finally:
        _running.discard(process.pid)


def _refuse_once_over() -> None:
    if _over.is_set():
        raise NotFinished


def end_all() -> None:
    """Kill what still runs, and what is started from now on: this process ends."""
    _over.set()
    for group in tuple(_running):
        _kill(group)


def end_all_on_signals() -> None:
    """Let a signal that ends this process end the programs that it waits for, too.

    They lead groups of their own, so no terminal and no shell would end them.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # One that is ignored, as nohup has it, stays ignored.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end_by)


def _end_by(number: int, _frame: FrameType | None) -> None:
    end_all()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(group, signal.SIGTERM)
        else:
            os.killpg(group, signal.SIGKILL)


@dataclass(frozen=True, repr=False)
class FeedResult:
    """How a program ended that was given something, and the last that it said.

    Attributes:
        status: None if it was still running when time was over, and has been killed.
        unread: how many of the given bytes it left unread, as far as the system tells.
        said: the end of what it wrote on standard output and standard error, which may
            hold a secret.
    """

    status: int | None
    unread: int
    said: bytes


def feed(
    words: Sequence[str],
    given: bytes,
    *,
    seconds: float,
    environ: Mapping[str, str] | None = None,
) -> FeedResult:
    """Run a program without shell or terminal, and give it something to read.

    It may write as much as it likes. It has ended when it exits, even if something that
    it started goes on in the background and holds its output open.

    Raises:
        OSError: if it can't be started.
        NotFinished: if this process ends.
    """
    deadline = monotonic() + seconds
    theirs, ours = os.pipe()
    with open(theirs, "rb", buffering=0) as unread, open(ours, "wb", buffering=0) as to:
        process = subprocess.Popen(  # noqa: S603 - the words are the user's own, and no shell reads them
            words,
            env=environ,
            stdin=unread,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
        with process, ending_with_us(process):
            give(to, given)
            said = _last_said(process, deadline)
            status = process.poll()
            if status is None:
                _kill(process.pid)
        return FeedResult(status, _waiting_in(unread), said)


def _last_said(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Read what a program writes until it exits or time is over; return the end."""
    said = b""
    pipe = process.stdout
    while pipe is not None and monotonic() < deadline:
        has_exited = process.poll() is not None
        ready, _, _ = select.select([pipe], [], [], 0.0 if has_exited else _PAUSE)
        part = os.read(pipe.fileno(), _MOST_BYTES) if ready else b""
        said = (said + part)[-_MOST_BYTES:]
        if has_exited and not part:
            break
        if ready and not part:
            # It has closed its output, and may still be at work.
            pipe = None
    if process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - monotonic()))
    return said


def _waiting_in(pipe: IO[bytes]) -> int:
    """Return how many bytes wait in a pipe; 0 where the system doesn't tell."""
    if sys.platform == "win32":
        return 0
    import array  # noqa: PLC0415 - as below
    import fcntl  # noqa: PLC0415 - not there on Windows
    import termios  # noqa: PLC0415

    waiting = array.array("i", [0])
    fcntl.ioctl(pipe.fileno(), termios.FIONREAD, waiting)
    return waiting[0]


def printed_by(
    words: Sequence[str], environ: Mapping[str, str], given: bytes = b""
) -> bytes | None:
    """Return what a program printed within two seconds; None if it failed."""
    try:
        outcome = run_quietly(words, seconds=2.0, given=given, environ=environ)
    except (OSError, ValueError, NotFinished):
        return None
    return outcome.printed if outcome.status == 0 else None


def give(pipe: IO[bytes] | None, given: bytes) -> None:
    """Write to a program and end its input.

    All of it fits into the pipe, so a program that does not read can't block us.
    """
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(given)


def _read_to_end(pipe: IO[bytes] | None, deadline: float) -> bytes:
    printed = b""
    while pipe is not None and len(printed) <= _MOST_BYTES:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - monotonic()))
        if not ready:
            break
        part = os.read(pipe.fileno(), _MOST_BYTES)
        if not part:
            return printed
        printed += part
    raise NotFinished
