"""Two processes scan a big tree; the only difference is the time it takes."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from tests.leaks.projects import KNOWN, WEB, searched
from tui.leaks import helper, search
from tui.leaks.search import Search

_FILES = 40


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a tree for which the helper is started at once."""
    monkeypatch.setattr(helper, "ENOUGH", 0)
    monkeypatch.setattr(search, "_BATCH", 2)
    for at in range(_FILES):
        (tmp_path / f"{at:02}.env").write_text(f"T={WEB}")
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b")
    # Must not be mistaken for the program's own.
    (tmp_path / "tui").mkdir()
    (tmp_path / "tui" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the helpers that were started."""
    pids: list[int] = []
    start = helper.Helper._start

    def noted(self: helper.Helper) -> None:
        start(self)
        assert self._process is not None
        pids.append(self._process.pid)

    monkeypatch.setattr(helper.Helper, "_start", noted)
    return pids


def test_two_find_the_same_as_one(tree: Path, started: list[int]) -> None:
    finds, searched_ = searched(tree)
    assert sorted(Path(find.path).name for find in finds) == [
        f"{at:02}.env" for at in range(_FILES)
    ]
    assert searched_.tally.files == _FILES + 2
    assert searched_.tally.compressed == 1
    assert len(started) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_a_helper_that_dies_leaves_nothing_out(tree: Path, started: list[int]) -> None:
    finds = []
    for find in Search((str(tree),), KNOWN).finds():
        finds.append(find)
        if len(started) == 1:
            os.kill(started[0], signal.SIGKILL)
            started.append(0)
    assert len({find.path for find in finds}) == len(finds) == _FILES


def test_a_helper_that_can_not_be_started_leaves_nothing_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    finds, _ = searched(tree)
    assert len(finds) == _FILES


def test_a_helper_ends_with_the_search(tree: Path, started: list[int]) -> None:
    finds = Search((str(tree),), KNOWN).finds()
    next(find for find in finds if started)
    finds.close()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


class Pipes:
    """The standard input and output of a helper that runs in this process."""

    def __init__(self, given: bytes) -> None:
        self.buffer = io.BytesIO(given)


def framed(task: helper.HelperTask) -> bytes:
    octets = msgspec.msgpack.encode(task)
    return len(octets).to_bytes(8) + octets


def test_a_helper_answers_each_task_and_ends_with_its_input(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = (
        helper.HelperTask(KNOWN),
        helper.HelperTask(paths=(b"00.env", b"a.gz")),
        helper.HelperTask(paths=(b"nowhere", b"01.env")),
    )
    answers = Pipes(b"")
    monkeypatch.setattr(sys, "stdin", Pipes(b"".join(map(framed, tasks))))
    monkeypatch.setattr(sys, "stdout", answers)
    helper.main()
    answers.buffer.seek(0)
    first, second = (
        msgspec.msgpack.decode(helper._read(answers.buffer), type=helper.HelperResult)
        for _ in range(2)
    )
    assert [find.path for find in first.finds] == ["00.env"]
    assert (first.tally.files, first.tally.compressed) == (2, 1)
    assert [find.path for find in second.finds] == ["01.env"]
    assert answers.buffer.read() == b""
