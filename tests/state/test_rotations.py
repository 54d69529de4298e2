from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui.files.folders import state_folder
from tui.files.lock import Held
from tui.state.rotations import Rotation, RotationStore

ROTATION = Rotation(
    stack="blts",
    kind="delivery",
    old_uid="blt1",
    old_name="web",
    replacement_name="web-next",
)


def test_a_rotation_outlives_the_program_and_is_found_by_either_token() -> None:
    RotationStore(os.environ).keep(ROTATION)
    later = RotationStore(os.environ)
    assert later.unfinished("blts") == (ROTATION,)
    assert later.unfinished("another") == ()
    assert later.find("blts", "blt1") == ROTATION
    later.forget(ROTATION)
    assert RotationStore(os.environ).unfinished("blts") == ()


def test_its_file_is_private() -> None:
    RotationStore(os.environ).keep(ROTATION)
    (path,) = (state_folder(os.environ) / "rotations").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_program_had_half_replaced_is_no_rotation() -> None:
    store = RotationStore(os.environ)
    store.keep(ROTATION)
    folder = state_folder(os.environ) / "rotations"
    (path,) = folder.glob("*.json")
    (folder / ".a1b2c3.json").write_bytes(path.read_bytes())
    store.forget(ROTATION)
    assert RotationStore(os.environ).unfinished("blts") == ()


def test_the_demo_leaves_nothing_on_disk(tmp_path: Path) -> None:
    store = RotationStore()
    store.keep(ROTATION)
    assert store.find("blts", "blt1") == ROTATION
    with store.alone("blt1"):
        pass
    assert not (tmp_path / "home" / ".local").exists()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"stack": 1}', b"[]", b"\xff"])
def test_a_damaged_file_counts_as_none(damage: bytes) -> None:
    store = RotationStore(os.environ)
    store.keep(ROTATION)
    (path,) = (state_folder(os.environ) / "rotations").glob("*.json")
    path.write_bytes(damage)
    assert store.unfinished("blts") == ()


HOLD = """
import os, sys, time
from tui.state.rotations import RotationStore
with RotationStore(os.environ).alone("blt1"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_processes_notice_each_other_and_a_dead_one_holds_nothing() -> None:
    store = RotationStore(os.environ)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Held), store.alone("blt1"):
            raise AssertionError("two hold it")
        other.send_signal(signal.SIGKILL)
        other.wait()
        with store.alone("blt1"), pytest.raises(Held), store.alone("blt1"):
            raise AssertionError("two hold it")
