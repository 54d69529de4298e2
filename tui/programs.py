"""Running a program for what it prints: tmux, a password store, a vault, the keyring."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import IO

_MOST_BYTES = 64 * 1024
_running: set[int] = set()


@dataclass(frozen=True, repr=False)
class Outcome:
    """How a program ended, and what it printed: a secret, perhaps, so it does not show itself."""

    status: int
    printed: bytes


class NotFinished(Exception):
    """The program was still at it when its time was over, or printed without end; it has been killed."""


def run_quietly(
    words: Sequence[str], *, seconds: float, given: bytes = b"", environ: Mapping[str, str] | None = None
) -> Outcome:
    """Run a program without shell or terminal; what it writes on standard error is not shown.

    Its process group ends with it when time is over: it may have started others, which hold the pipe open.

    Raises:
        OSError: if it can't be started.
        NotFinished: after `seconds`, or when it printed more than 64 KiB.
    """
    deadline = monotonic() + seconds
    finished = False
    with subprocess.Popen(  # noqa: S603 - the words are the user's own or ours, and no shell reads them
        words,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    ) as process:
        _running.add(process.pid)
        try:
            give(process.stdin, given)
            printed = _read_to_end(process.stdout, deadline)
            outcome = Outcome(process.wait(max(0.0, deadline - monotonic())), printed)
            finished = True
        except subprocess.TimeoutExpired:
            raise NotFinished from None
        finally:
            _running.discard(process.pid)
            if not finished:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    return outcome


def end_all() -> None:
    """Kill what still runs: nobody will read what it prints."""
    for group in tuple(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def printed_by(words: Sequence[str], environ: Mapping[str, str], given: bytes = b"") -> bytes | None:
    """What a program printed within two seconds; None if it failed."""
    try:
        outcome = run_quietly(words, seconds=2.0, given=given, environ=environ)
    except (OSError, ValueError, NotFinished):
        return None
    return outcome.printed if outcome.status == 0 else None


def give(pipe: IO[bytes] | None, given: bytes) -> None:
    """Write to a program and end its input: all fits into the pipe, so one that does not read can't block."""
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
