"""A second process that scans half the files of a big tree.

It's started once there's enough to do, gets paths and returns findings. If it can't be
started, or dies, its files are scanned in this process.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import msgspec

from tui.leaks.files import finds_in
from tui.leaks.finds import Find, Tally
from tui.leaks.known import KnownTokens
from tui.leaks.matching import Matcher
from tui.leaks.scanning import Scanner
from tui.programs import NotFinished, ending_with_us, started

ENOUGH = 1000
"""How many files make a helper worth starting."""

_LENGTH = 8
_AT_ONCE = 2
"""How many batches it's given at a time, so that it never waits for the next."""

_MOST_BYTES = 16 * 1024
"""Bytes in a batch: everything it's given must fit into a pipe, to avoid a deadlock."""


class HelperTask(msgspec.Struct, frozen=True):
    """What the helper is given: first the known tokens, then paths."""

    known: KnownTokens | None = None
    paths: tuple[bytes, ...] = ()


class HelperResult(msgspec.Struct, frozen=True):
    """The outcome of a task."""

    finds: tuple[Find, ...]
    tally: Tally


class Helper:
    """The helper process, as seen by the process that gives it work."""

    def __init__(self, known: KnownTokens, tally: Tally) -> None:
        self._known = known
        self._tally = tally
        self._seen = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._is_of_use = os.name == "posix" and (os.cpu_count() or 1) > 1
        self._batches: deque[Sequence[bytes]] = deque()
        self._left = ExitStack()

    def takes(self, batch: Sequence[bytes]) -> bool:
        """Give it these files if it isn't busy, and return whether it took them."""
        self._seen += len(batch)
        if not self._is_of_use or self._seen < ENOUGH:
            return False
        if len(self._batches) == _AT_ONCE or sum(map(len, batch)) > _MOST_BYTES:
            return False
        try:
            if self._process is None:
                self._start()
            self._send(HelperTask(paths=tuple(batch)))
        except (OSError, NotFinished):
            self.stop()
            return False
        self._batches.append(batch)
        return True

    def results(self, *, wait: bool = False) -> Iterator[Find]:
        """Yield the findings of its finished batches; with `wait`, of all batches.

        Raises:
            HelperDied: with the files that still have to be scanned.
        """
        while self._batches and (wait or self._has_answered()):
            try:
                result = self._result()
            except (OSError, EOFError, msgspec.DecodeError):
                left = [path for batch in self._batches for path in batch]
                self._batches.clear()
                self.stop()
                raise HelperDied(left) from None
            self._batches.popleft()
            self._tally.add(result.tally)
            yield from result.finds

    def _has_answered(self) -> bool:
        return bool(select.select([self._answers()], [], [], 0)[0])

    def _result(self) -> HelperResult:
        return msgspec.msgpack.decode(_read(self._answers()), type=HelperResult)

    def _answers(self) -> IO[bytes]:
        assert self._process is not None  # noqa: S101 - it was given something
        assert self._process.stdout is not None  # noqa: S101 - asked for
        return self._process.stdout

    def stop(self) -> None:
        """Stop the process."""
        self._is_of_use = False
        with suppress(NotFinished):
            self._left.close()

    def _start(self) -> None:
        # Never import a module from the folder that is searched.
        words = (sys.executable, "-P", "-m", "tui.leaks.helper")
        folder = str(Path(__file__).parents[2])
        self._process = started(
            lambda: subprocess.Popen(  # noqa: S603 - these words are ours
                words,
                env={**os.environ, "PYTHONPATH": folder},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # `select` wouldn't see what a buffer has read ahead.
                bufsize=0,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        self._left.enter_context(self._process)
        self._left.enter_context(ending_with_us(self._process))
        self._left.callback(self._process.kill)
        self._send(HelperTask(self._known))

    def _send(self, task: HelperTask) -> None:
        assert self._process is not None  # noqa: S101 - started before
        assert self._process.stdin is not None  # noqa: S101 - asked for
        _write(self._process.stdin, msgspec.msgpack.encode(task))


class HelperDied(Exception):
    """The helper is gone, and these files weren't scanned."""

    def __init__(self, batch: Sequence[bytes]) -> None:
        super().__init__("the helper is gone")
        self.batch = batch


def _read(pipe: IO[bytes]) -> bytes:
    return _read_exactly(pipe, int.from_bytes(_read_exactly(pipe, _LENGTH)))


def _read_exactly(pipe: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(pipe: IO[bytes], octets: bytes) -> None:
    left = memoryview(len(octets).to_bytes(_LENGTH) + octets)
    while left:
        left = left[pipe.write(left) :]
    pipe.flush()


def main() -> None:
    """Scan what standard input asks for, until it ends."""
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    first = msgspec.msgpack.decode(_read(given), type=HelperTask)
    scanner = Scanner(Matcher(first.known or KnownTokens()))
    while True:
        try:
            task = msgspec.msgpack.decode(_read(given), type=HelperTask)
        except EOFError:
            return
        tally = Tally()
        finds = [find for path in task.paths for find in finds_in(path, scanner, tally)]
        _write(answers, msgspec.msgpack.encode(HelperResult(tuple(finds), tally)))


if __name__ == "__main__":
    main()
