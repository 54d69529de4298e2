"""Running a program for what it prints: a password store, a vault, the keyring."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import IO

from tui.account.credential_reading import CredentialRefused, credential_in, decoded
from tui.contentstack.credentials import Credential
from tui.display import visible

SECONDS = 10.0
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, repr=False)
class Outcome:
    """How a program ended, and what it printed: a secret, perhaps, so it does not show itself."""

    status: int
    printed: bytes


class NotFinished(Exception):
    """The program was still at it when its time was over, or printed without end; it has been killed."""


def credential_from_command(words: Sequence[str], *, seconds: float = SECONDS) -> Credential:
    """The credential that a program prints as its first line.

    Raises:
        CredentialRefused: naming the program, and nothing of its arguments or output.
    """
    where = f"auth_command {visible(words[0])}"
    try:
        outcome = run_quietly(words, seconds=seconds)
    except NotFinished:
        raise CredentialRefused(f"{where} was not done after {seconds:g} seconds, and was ended.") from None
    except (OSError, ValueError) as error:
        why = (
            error.strerror if isinstance(error, OSError) else "its words hold a character that none can have"
        )
        raise CredentialRefused(f"{where} can't be run: {why}.") from None
    if outcome.status:
        ending = f"exit code {outcome.status}" if outcome.status > 0 else f"signal {-outcome.status}"
        raise CredentialRefused(f"{where} failed with {ending}. Run it by hand to see what it says.")
    return credential_in(decoded(outcome.printed, where), where)


def run_quietly(words: Sequence[str], *, seconds: float, given: bytes = b"") -> Outcome:
    """Run a program without shell or terminal; what it writes on standard error is not shown.

    Its process group ends with it when time is over: it may have started others, which hold the pipe open.

    Raises:
        OSError: if it can't be started.
        NotFinished: after `seconds`, or when it printed more than 64 KiB.
    """
    deadline = monotonic() + seconds
    finished = False
    with subprocess.Popen(  # noqa: S603 - the words are the user's own, and no shell reads them
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    ) as process:
        try:
            _give(process.stdin, given)
            printed = _read_to_end(process.stdout, deadline)
            outcome = Outcome(process.wait(max(0.0, deadline - monotonic())), printed)
            finished = True
        except subprocess.TimeoutExpired:
            raise NotFinished from None
        finally:
            if not finished:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    return outcome


def _give(pipe: IO[bytes] | None, given: bytes) -> None:
    """All of it fits into the pipe, so a program that does not read can't make us wait."""
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):
            pipe.write(given)
        pipe.close()


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
