"""A second process that scans files, for the other half of a big tree.

It is started once there is enough to do, gets paths and returns finds. Where it can't
be started, or dies, its files are scanned here.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
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
from tui.programs import NotFinished, ending_with_us

ENOUGH = 4000
"""Files after which a helper is worth its start."""

_LENGTH = 8


class HelperTask(msgspec.Struct, frozen=True):
    """What the helper is given: the tokens that are known at first, then paths."""

    known: KnownTokens | None = None
    paths: tuple[bytes, ...] = ()


class HelperResult(msgspec.Struct, frozen=True):
    """What came of a task."""

    finds: tuple[Find, ...]
    tally: Tally


class Helper:
    """The process, as the one who gives it work sees it."""

    def __init__(self, known: KnownTokens, tally: Tally) -> None:
        self._known = known
        self._tally = tally
        self._seen = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._is_of_use = os.name == "posix" and (os.cpu_count() or 1) > 1
        self._batch: Sequence[bytes] = ()
        self._left = ExitStack()

    def takes(self, batch: Sequence[bytes]) -> bool:
        """Give it these files, if it has nothing to do."""
        self._seen += len(batch)
        if self._batch or not self._is_of_use or self._seen < ENOUGH:
            return False
        try:
            if self._process is None:
                self._start()
            self._send(HelperTask(paths=tuple(batch)))
        except (OSError, NotFinished):
            self.stop()
            return False
        self._batch = batch
        return True

    def results(self, *, wait: bool = False) -> Iterator[Find]:
        """Yield what it found, once it is done with a batch; None of it waits.

        Raises:
            HelperDied: with the files that somebody else must scan.
        """
        if not self._batch or self._process is None:
            return
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for when it was started
        if not wait and not select.select([pipe], [], [], 0)[0]:
            return
        try:
            result = msgspec.msgpack.decode(_read(pipe), type=HelperResult)
        except (OSError, EOFError, msgspec.DecodeError):
            batch, self._batch = self._batch, ()
            self.stop()
            raise HelperDied(batch) from None
        self._batch = ()
        self._tally.add(result.tally)
        yield from result.finds

    def stop(self) -> None:
        """End it."""
        self._is_of_use = False
        with suppress(NotFinished):
            self._left.close()

    def _start(self) -> None:
        # Never a module of the folder that is searched.
        words = (sys.executable, "-P", "-m", "tui.leaks.helper")
        folder = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(  # noqa: S603 - these words are ours
            words,
            env={**os.environ, "PYTHONPATH": folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
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
    """The helper is gone, and these files were not scanned."""

    def __init__(self, batch: Sequence[bytes]) -> None:
        super().__init__("the helper is gone")
        self.batch = batch


def _read(pipe: IO[bytes]) -> bytes:
    length = pipe.read(_LENGTH)
    if len(length) < _LENGTH:
        raise EOFError
    return pipe.read(int.from_bytes(length))


def _write(pipe: IO[bytes], octets: bytes) -> None:
    pipe.write(len(octets).to_bytes(_LENGTH) + octets)
    pipe.flush()


def main() -> None:
    """Scan what standard input asks for, to its end."""
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
