"""A lock between processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.files.folders import create_folder
from tui.files.refusal import FileRefused, refusing, shown

_PAUSE = 0.01
PATIENCE = 2.0
"""Seconds to wait for another Tokendeck that writes the same file.

It takes milliseconds, unless it hangs.
"""


class Held(FileRefused):
    """Someone else holds the lock."""


@contextmanager
def locked(path: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock that `path` stands for.

    The system takes it away from a process that has died. The file stays, which does
    no harm: what counts is who holds it.

    Raises:
        Held: if someone else has it for longer than `patience` seconds.
        FileRefused: if the folder won't do.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - not before the first write

    with refusing(path):
        create_folder(path.parent)
        lock = FileLock(
            path,
            timeout=patience,
            mode=0o600,
            # A lock may be taken in one thread and given back in another.
            thread_local=False,
            poll_interval=_PAUSE,
            # The mere existence of a file would outlive a process that dies.
            fallback_to_soft=False,
        )
        try:
            lock.acquire()
        except Timeout:
            raise Held(f"Another Tokendeck is using {shown(path)}.") from None
    try:
        yield
    finally:
        lock.release()
