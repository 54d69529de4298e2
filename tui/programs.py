"""Runs programs for what they print, or for what they do with their input."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from types import FrameType
from typing import IO

_MOST_BYTES = 64 * 1024
_PAUSE = 0.05
_STARTED_BY = 1.0
"""Seconds after which a program that another thread starts is no longer waited for."""
_running: set[int] = set()
_starting: set[int] = set()
"""The threads that are starting a program, whose id isn't known yet."""
_over = threading.Event()
"""Set once this process is ending: programs started later would survive it."""


@dataclass(frozen=True, repr=False)
class ProgramResult:
    """How a program ended, and what it printed.

    The output may be a secret, so `repr` doesn't show it.
    """

    status: int
    printed: bytes


class NotFinished(Exception):
    """The program took too long or printed too much, and was killed."""


def run_quietly(
    words: Sequence[str],
    *,
    seconds: float,
    given: bytes = b"",
    environ: Mapping[str, str] | None = None,
) -> ProgramResult:
    """Run a program without shell or terminal.

    What it writes to standard error isn't shown. When time is up, its whole process
    group is killed: it may have started others, which keep the pipe open.

    Raises:
        OSError: if it can't be started.
        NotFinished: after `seconds`, or when it printed more than 64 KiB.
    """
    deadline = monotonic() + seconds
    process = started(
        lambda: subprocess.Popen(  # noqa: S603 - the words are the user's own or ours, and no shell reads them
            words,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
    )
    with process, ending_with_us(process):
        give(process.stdin, given)
        printed = _read_to_end(process.stdout, deadline)
        try:
            status = process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            raise NotFinished from None
    return ProgramResult(status, printed)


def started(start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Start a program such that `end_all` knows of it from its first moment.

    A signal that ends this process waits until the program's id is known. The program
    must lead its own process group. Continue with `ending_with_us`.

    Raises:
        OSError: if it can't be started.
        NotFinished: if this process is already ending.
    """
    with contextlib.ExitStack() as if_interrupted:
        with _signals_held():
            _starting.add(threading.get_ident())
            try:
                # Later than the line above: `end_all` sets it first, then looks there.
                _refuse_once_over()
                process = start()
                _running.add(process.pid)
                if_interrupted.callback(_kill, process.pid)
            finally:
                _starting.discard(threading.get_ident())
        if_interrupted.pop_all()
    return process


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back signals that end this process; all arrive in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in _ending_signals()
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for each in came:
            signal.raise_signal(each)


def _ending_signals() -> list[signal.Signals]:
    """Return the signals that would end this process, and aren't ignored."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    untouchable = (signal.SIG_IGN, None)
    return [each for each in numbers if signal.getsignal(each) not in untouchable]


@contextlib.contextmanager
def ending_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill a program, and all that it started, if the code waiting for it fails.

    `end_all` kills it too, even if that was called first. The program must lead its own
    process group.

    Raises:
        NotFinished: if this process is already ending.
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
    """Kill what is running or started from now on, because this process is ending."""
    _over.set()
    deadline = monotonic() + _STARTED_BY
    while _starting and monotonic() < deadline:
        sleep(_PAUSE)
    for group in tuple(_running):
        _kill(group)


def end_all_on_signals() -> None:
    """Make signals that end this process also end the programs that it waits for.

    They lead their own process groups, so no terminal or shell would end them.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that is ignored, as with nohup, stays ignored.
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
    """How a program that was given input ended, and the last thing it said.

    Attributes:
        status: None if it was still running when time was up, and was killed.
        unread: how many of the given bytes it left unread, if the system can say.
        said: the end of what it wrote to standard output and standard error, which may
            contain a secret.
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
    """Run a program without shell or terminal, and give it input.

    It may write as much as it likes. It has ended when it exits, even if something it
    started continues in the background and keeps its output open.

    Raises:
        OSError: if it can't be started.
        NotFinished: if this process is ending.
    """
    deadline = monotonic() + seconds
    theirs, ours = os.pipe()
    with open(theirs, "rb", buffering=0) as unread, open(ours, "wb", buffering=0) as to:
        process = started(
            lambda: subprocess.Popen(  # noqa: S603 - the words are the user's own, and no shell reads them
                words,
                env=environ,
                stdin=unread,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
            )
        )
        with process, ending_with_us(process):
            give(to, given)
            said = _last_said(process, deadline)
            status = process.poll()
            if status is None:
                _kill(process.pid)
        return FeedResult(status, _waiting_in(unread), said)


def _last_said(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Read what a program writes until it exits or time is up; return the last part."""
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
            # It has closed its output, but may still be working.
            pipe = None
    if process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - monotonic()))
    return said


def _waiting_in(pipe: IO[bytes]) -> int:
    """Return how many bytes are waiting in a pipe; 0 if the system can't say."""
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
    """Write to a program, and close its input.

    All of it fits into the pipe, so a program that doesn't read can't block us.
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
