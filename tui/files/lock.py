"""A lock between processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.files.folders import create_folder
from tui.files.refusal import FileRefused, refusing, shown

_PAUSE = 0.01
PATIENCE = 2.0
"""Seconds to wait for another Tokendeck that is writing the same file.

That takes milliseconds, unless it hangs.
"""


class Held(FileRefused):
    """Someone else holds the lock."""


@contextmanager
def locked(path: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock on `path`.

    The system releases it when a process dies. The file stays, which does no harm:
    what counts is who holds the lock.

    Raises:
        Held: if someone else has it for longer than `patience` seconds.
        FileRefused: if the folder can't be used.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - not before the first write

    with refusing(path):
        create_folder(path.parent)
        lock = FileLock(
            path,
            timeout=patience,
            mode=0o600,
            # A lock may be acquired in one thread and released in another.
            thread_local=False,
            poll_interval=_PAUSE,
            # A lock by the file's mere existence would survive a process that dies.
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
