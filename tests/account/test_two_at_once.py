"""Two Tokendecks, or one that is killed, working on the same files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.config.editing import remember, replace_unchanged
from tui.config.reading import read_config
from tui.files.folders import state_folder
from tui.files.json_files import change_json
from tui.files.lock import Held, locked
from tui.files.refusal import FileRefused
from tui.state.drafts import DraftStore
from tui.state.memory import read_state
from tui.state.rotations import RotationStore
from tui.workspace.plan import Plan

REMEMBER = """
import os, sys
from tui.state.memory import Memory
for number in range(int(sys.argv[2])):
    Memory(os.environ).remember_stack(sys.argv[1] + str(number % 5))
"""
KEEP = """
import os, sys
from tui.account.credential_store import keep
from tui.contentstack.credentials import Credential
from tui.secret import Secret
for number in range(int(sys.argv[2])):
    credential = Credential("authtoken", Secret("blt" + "0" * 16))
    keep("file", os.environ, sys.argv[1] + str(number % 5), credential)
"""
CONFIGURE = """
import os, sys
from tui.config.editing import remember
from tui.config.reading import config_file
for number in range(int(sys.argv[2])):
    remember(config_file(os.environ), sys.argv[1] + str(number % 5), "read_only", True)
"""
DRAFT = """
import os, sys
from tui.state.drafts import Draft, DraftStore
from tui.workspace.plan import Plan
store = DraftStore(Plan, os.environ)
drafts = store.open("blts")
for number in range(int(sys.argv[2])):
    name = sys.argv[1] + str(number % 5)
    drafts = drafts | {name: Draft(Plan(), Plan(name=name, description=str(number)))}
    for patience in range(50):
        store.keep("blts", drafts)
        if DraftStore(Plan, os.environ).open("blts").get(name) == drafts[name]:
            break
    else:
        sys.exit("lost")
"""
ROTATE = """
import os, sys
from tui.state.rotations import Rotation, RotationStore
store = RotationStore(os.environ)
names = {"old_name": "web", "replacement_name": "next"}
begun = {"stack": "blts", "kind": "delivery", **names}
for number in range(int(sys.argv[2])):
    name = sys.argv[1] + str(number % 5)
    done = Rotation(old_uid=name + "done", **begun)
    first = Rotation(old_uid=name, **begun)
    then = Rotation(old_uid=name, replacement_uid=name + "next", **begun)
    for step in (first, done, then):
        store.keep(step)
        assert step in store.unfinished("blts")
    store.forget(done)
"""
HOLD = """
import sys
from pathlib import Path
from tui.files.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
SCRIPTS = {
    "state": REMEMBER,
    "credentials": KEEP,
    "config": CONFIGURE,
    "drafts": DRAFT,
    "rotations": ROTATE,
}


def start(script: str, *words: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, words)]
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **options)  # type: ignore[call-overload]
    return process


def config_path() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "tokendeck" / "config.toml"


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.short(2)
def test_two_writers_lose_nothing_of_each_other(script: str) -> None:
    both = [start(script, name, 30) for name in ("one", "two")]
    assert [process.wait(60) for process in both] == [0, 0]
    expected = {name + str(number) for name in ("one", "two") for number in range(5)}
    if script is REMEMBER:
        found = set(read_state(os.environ).recent_stacks)
    elif script is KEEP:
        found = set(
            json.loads((state_folder(os.environ) / "credentials.json").read_text())
        )
    elif script is DRAFT:
        drafts = DraftStore(Plan, os.environ).open("blts")
        found = set(drafts)
        assert {drafts[name].after.description for name in found} == set(
            map(str, range(25, 30))
        )
    elif script is ROTATE:
        rotations = RotationStore(os.environ).unfinished("blts")
        found = {rotation.old_uid for rotation in rotations}
        assert {rotation.replacement_uid for rotation in rotations} == {
            f"{uid}next" for uid in found
        }
    else:
        found = set(read_config(config_path()).profiles)
    assert found == expected


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.short(2)
def test_a_writer_that_is_killed_leaves_whole_files_and_no_lock(script: str) -> None:
    for wait in (0.0, 0.01, 0.03):
        with start(script, "dead", 100_000, stderr=subprocess.DEVNULL) as process:
            folder = (
                config_path().parent
                if script is CONFIGURE
                else state_folder(os.environ)
            )
            while not list(folder.rglob("[!.]*.[jt]*")):
                assert process.poll() is None
            time.sleep(wait)  # each turn hits the write at a different moment
            process.send_signal(signal.SIGKILL)
        assert start(script, "live", 5).wait(30) == 0
        for path in state_folder(os.environ).rglob("[!.]*.json"):
            json.loads(path.read_text())
        read_config(config_path())


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    with start(HOLD, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_a_lock_is_held_by_one_and_by_nobody_who_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.lock"
    with held(path) as other:
        with pytest.raises(Held), locked(path):
            raise AssertionError("two hold it")
        other.send_signal(signal.SIGKILL)
        other.wait()
        with locked(path):
            pass
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_who_hangs_in_the_middle_is_waited_for_and_then_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.files.json_files.PATIENCE", 0.1)
    path = state_folder(os.environ) / "a.json"
    with (
        held(path.with_suffix(".lock")),
        pytest.raises(FileRefused, match="Another Tokendeck"),
    ):
        change_json(path, dict, lambda _nothing: {"a": 1})
    change_json(path, dict, lambda _nothing: {"a": 1})
    assert json.loads(path.read_text()) == {"a": 1}


def test_a_lock_is_no_way_to_another_file(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    (tmp_path / "a.lock").symlink_to(theirs)
    with pytest.raises(FileRefused, match="symbolic link"), locked(tmp_path / "a.lock"):
        raise AssertionError("it was followed")
    assert theirs.read_text() == "precious"


def test_an_editor_and_a_setting_lose_nothing_of_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.config.editing.PATIENCE", 0.1)
    path = config_path()
    remember(path, "work", "clear_after", 10)
    before = path.read_text()
    with held(path.with_name(f".{path.name}.lock")):
        # Another one has read, but not written yet.
        with pytest.raises(FileRefused, match="Another Tokendeck"):
            replace_unchanged(path, before, 'profile = "edited"\n')
        assert path.read_text() == before
    remember(path, "work", "clear_after", 20)
    with pytest.raises(FileRefused, match="changed by something else"):
        replace_unchanged(path, before, 'profile = "edited"\n')
    assert path.read_text() == before.replace("10", "20")


SET = """
import os, sys
from tui.config.editing import remember
from tui.config.reading import config_file
for number in range(int(sys.argv[2])):
    remember(config_file(os.environ), sys.argv[1], "clear_after", number)
"""
EDIT = """
import os, sys
from pathlib import Path
from tui.config.editing import replace_unchanged
from tui.config.reading import config_file, text_or_none
from tui.files.refusal import FileRefused
path, done = config_file(os.environ), 0
while done < int(sys.argv[2]):
    before = text_or_none(path) or ""
    try:
        replace_unchanged(path, before, before + f"# {sys.argv[1]}{done}\\n")
        done += 1
    except FileRefused:
        pass
"""


def test_edits_and_settings_of_two_programs_all_arrive() -> None:
    remember(config_path(), "one", "clear_after", 99)
    both = [start(SET, "one", 40), start(EDIT, "note", 20)]
    assert [process.wait(60) for process in both] == [0, 0]
    text = config_path().read_text()
    assert [line for line in text.splitlines() if line.startswith("# note")] == [
        f"# note{number}" for number in range(20)
    ]
    assert "clear_after = 39" in text
