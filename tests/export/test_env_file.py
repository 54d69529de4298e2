from __future__ import annotations

import contextlib
import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.export.sources import DELIVERY, form, source
from tui.export import env_file as target
from tui.export.env_file import plan_file
from tui.export.source import Unfit
from tui.files import FileRefused
from tui.secret import Secret

ENV = form("env")
TOKEN = DELIVERY.value.reveal()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    old = os.umask(0)
    try:
        plan_file(str(path), ENV, source()).write()
    finally:
        os.umask(old)
    assert path.read_text() == ENV.text(source())
    assert mode_of(path) == 0o600
    assert [item.name for item in tmp_path.glob(".*")] == [".env"]


def test_an_existing_file_keeps_its_mode_and_all_but_these_keys(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(
        b"# mine\r\nPORT=80\r\nCONTENTSTACK_DELIVERY_TOKEN='csold' # ours\r\n"
    )
    path.chmod(0o640)
    plan = plan_file(str(path), ENV, source(preview=False))
    changes = {change.key: (change.before, change.after) for change in plan.changes}
    assert changes["CONTENTSTACK_DELIVERY_TOKEN"] == (Secret("csold"), Secret(TOKEN))
    assert changes["CONTENTSTACK_ENVIRONMENT"] == (None, "production")
    assert TOKEN not in repr(plan)
    plan.write()
    content = path.read_bytes().decode()
    assert content.startswith(
        f"# mine\r\nPORT=80\r\nCONTENTSTACK_DELIVERY_TOKEN={TOKEN} # ours\r\n"
    )
    assert content.count("\n") == content.count("\r\n")
    assert mode_of(path) == 0o640
    assert plan_file(str(path), ENV, source(preview=False)).idle


def test_a_file_that_changed_since_it_was_shown_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    plan = plan_file(str(path), ENV, source())
    path.write_text("A=1\n")
    with pytest.raises(FileRefused, match="changed in the meantime"):
        plan.write()
    assert path.read_text() == "A=1\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Name the file"),
        ("folder", "is a folder"),
        ("link", "is a symbolic link"),
        ("dangling", "is a symbolic link"),
        ("missing/.env", "There is no folder"),
        ("pipe", "not a regular file"),
        ("read-only", "is not writable"),
        ("latin", "not text in UTF-8"),
        ("nul\0", "no path that can be used"),
        ("~nobody-of-this-name/.env", "home directory"),
    ],
)
def test_what_is_no_file_to_write_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "read-only").write_text("A=1\n")
    (tmp_path / "read-only").chmod(0o400)
    (tmp_path / "latin").write_bytes(b"A=\xe9\n")
    with pytest.raises(FileRefused, match=words):
        plan_file(name, ENV, source())


def test_a_folder_that_takes_no_file_is_said_in_a_sentence() -> None:
    plan = plan_file("/proc/.env", ENV, source())
    with pytest.raises(FileRefused, match=r"/proc/\.env: "):
        plan.write()


def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A='open\n")
    with pytest.raises(Unfit, match=r"\.env: Line 1 opens a quote"):
        plan_file(str(path), ENV, source())
    with pytest.raises(Unfit, match=r"\.env: It is not JSON"):
        plan_file(str(path), form("json"), source())


def test_a_curl_command_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "contentstack.sh"
    plan_file(str(path), form("curl"), source()).write()
    assert path.read_text() == form("curl").text(source())
    with pytest.raises(FileRefused, match="new file only"):
        plan_file(str(path), form("curl"), source())


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_a_file_that_git_would_take_is_told_from_one_that_it_ignores(
    repository: Path,
) -> None:
    assert plan_file(str(repository / ".env"), ENV, source()).exposed
    (repository / ".gitignore").write_text(".env*\n!.env.example\n")
    assert not plan_file(str(repository / ".env"), ENV, source()).exposed
    assert plan_file(str(repository / ".env.example"), ENV, source()).exposed


def test_outside_a_work_tree_and_without_git_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not plan_file(str(tmp_path / ".env"), ENV, source()).exposed
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setenv("PATH", "")
    assert not plan_file(str(tmp_path / ".env"), ENV, source()).exposed


def test_a_git_that_hangs_is_not_waited_for(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = repository / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o700)
    monkeypatch.setenv("PATH", f"{repository}:{os.environ['PATH']}")
    monkeypatch.setattr(target, "_GIT_SECONDS", 0.1)
    assert not plan_file(str(repository / ".env"), ENV, source()).exposed


@given(
    text=st.text()
    | st.text(min_size=200).map(lambda name: name * 20)
    | st.sampled_from(["\0", "a/" * 3_000, "~x/y"])
)
@example(text="x" * 10_000)
def test_whatever_is_typed_is_a_file_or_is_refused(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.getbasetemp())
        with contextlib.suppress(FileRefused):
            plan_file(text, ENV, source())


def test_a_name_that_is_too_long_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"^That name is too long for a file"):
        plan_file(str(tmp_path / ("x" * 10_000)), ENV, source())
