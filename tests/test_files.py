from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tui.config.editing import copy_of
from tui.files.checked import (
    FOREIGN,
    HANDED_OVER,
    PRIVATE,
    STEERING,
    Rule,
    read_checked,
)
from tui.files.folders import config_folder, create_folder, state_folder, try_folder
from tui.files.json_files import read_json
from tui.files.lock import Held, locked
from tui.files.refusal import FileAbsent, FileRefused
from tui.files.replacing import replace_file, replace_own_file


def write(path: Path, mode: int, content: bytes = b"content") -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("rule", "mode", "read"),
    [
        (PRIVATE, 0o600, True),
        (PRIVATE, 0o400, True),
        (PRIVATE, 0o640, False),
        (PRIVATE, 0o604, False),
        (PRIVATE, 0o610, False),
        (HANDED_OVER, 0o440, True),
        (HANDED_OVER, 0o444, False),
        (HANDED_OVER, 0o460, False),
        (STEERING, 0o644, True),
        (STEERING, 0o664, False),
        (STEERING, 0o646, False),
        (FOREIGN, 0o664, True),
        (FOREIGN, 0o666, False),
    ],
)
def test_a_file_is_read_only_as_open_as_its_rule_allows(
    tmp_path: Path, rule: Rule, mode: int, read: bool
) -> None:
    path = write(tmp_path / "file", mode)
    if read:
        assert read_checked(path, rule) == b"content"
        return
    with pytest.raises(FileRefused) as refusal:
        read_checked(path, rule)
    assert f"chmod {rule.cure} {path}" in str(refusal.value)


def test_the_line_to_type_is_one_that_a_shell_understands(tmp_path: Path) -> None:
    path = write(tmp_path / "two words", 0o644)
    with pytest.raises(FileRefused, match=r"chmod 600 '.*two words'"):
        read_checked(path, PRIVATE)


def test_following_the_advice_helps(tmp_path: Path) -> None:
    path = write(tmp_path / "file", 0o666)
    for rule in (PRIVATE, HANDED_OVER, STEERING, FOREIGN):
        path.chmod(0o666)
        with pytest.raises(FileRefused) as refusal:
            read_checked(path, rule)
        assert os.system(str(refusal.value).partition("Run: ")[2]) == 0
        assert read_checked(path, rule) == b"content"


def test_somebody_elses_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "file", 0o600)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(FileRefused, match="someone else"):
        read_checked(path, PRIVATE)


def test_a_link_is_followed_only_where_that_is_harmless(tmp_path: Path) -> None:
    target = write(tmp_path / "target", 0o600)
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(FileRefused, match="symbolic link"):
        read_checked(link, PRIVATE)
    assert read_checked(link, STEERING) == b"content"


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(FileRefused, match="isn't a regular file"):
            read_checked(path, STEERING)


@pytest.mark.parametrize("name", ["", "nul\0byte", "x" * 300, "a/b"])
def test_a_path_that_can_not_be_is_refused_in_a_sentence(
    tmp_path: Path, name: str
) -> None:
    for path in (tmp_path / name, Path("\x1b[31m")):
        with pytest.raises(FileRefused) as refusal:
            read_checked(path, PRIVATE)
        assert "\x1b" not in str(refusal.value)


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileAbsent):
        read_checked(tmp_path / "none", PRIVATE)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="1 MiB"):
        read_checked(write(tmp_path / "file", 0o600, b"x" * (1024 * 1024 + 1)), PRIVATE)


def test_replacing_makes_folders_and_a_file_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file.toml"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_replacing_keeps_a_link_and_changes_what_it_points_to(tmp_path: Path) -> None:
    target = write(tmp_path / "dotfiles.toml", 0o644)
    link = tmp_path / "config.toml"
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_replacement_that_fails_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "file", 0o600)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"content"
    assert {item.name for item in tmp_path.iterdir()} == {"file", "home"}


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    (os.mkfifo if kind == "pipe" else os.mkdir)(path)
    with pytest.raises(FileRefused, match="isn't a regular file"):
        replace_file(path, b"new")
    assert path.is_fifo() == (kind == "pipe")


def test_a_folder_of_the_programs_own_is_shut(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o755)
    replace_own_file(folder / "state.json", b"{}")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_where_a_folder_should_be_is_said(tmp_path: Path) -> None:
    write(tmp_path / "own", 0o600)
    for replace in (replace_file, replace_own_file):
        with pytest.raises(FileRefused):
            replace(tmp_path / "own" / "state.json", b"{}")


def test_the_environment_says_where_the_folders_are() -> None:
    environ = {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}
    assert config_folder(environ) == Path("/c/tokendeck")
    assert state_folder(environ) == Path("/s/tokendeck")


@pytest.mark.parametrize("value", ["", "relative/path", "~/x"])
def test_a_folder_that_is_not_absolute_is_ignored(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert config_folder({"XDG_CONFIG_HOME": value}) == config_folder({})
    if sys.platform == "linux":
        assert config_folder({}) == Path(os.environ["HOME"]) / ".config" / "tokendeck"


def test_without_any_home_a_sentence_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pwd

    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for folder in (config_folder, state_folder):
        with pytest.raises(FileRefused, match="HOME"):
            folder({})


@pytest.mark.parametrize("content", [b'["\xff"]', b'["\\ud800"]', b"{", b"[" * 100_000])
def test_a_file_of_no_valid_text_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "state.json", 0o600, content)
    with pytest.raises(FileRefused, match="is damaged"):
        read_json(path, list[str], [])


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_each_folder_that_is_created_is_for_the_user_only(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        for number, keep in enumerate((keep_own, keep_locked, keep_tried, keep_copy)):
            keep(tmp_path / f"home-{number}" / ".local" / "state" / "tokendeck")
    finally:
        os.umask(before)
    found = (
        path for home in tmp_path.glob("home-*") for path in (home, *home.rglob("*"))
    )
    created = [path for path in found if path.is_dir()]
    assert len(created) == 16
    assert {stat.S_IMODE(path.stat().st_mode) for path in created} == {0o700}


def keep_own(folder: Path) -> None:
    replace_own_file(folder / "state.json", b"{}")


def keep_locked(folder: Path) -> None:
    with locked(folder / "state.lock"):
        pass


def keep_tried(folder: Path) -> None:
    try_folder(folder)


def keep_copy(folder: Path) -> None:
    copy_of(folder / "config.toml", "")


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    create_folder(tmp_path / "new")
    create_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_lock_is_held_once_within_one_program_too(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with locked(path):
        for patience in (0.0, 0.05):
            with pytest.raises(Held), locked(path, patience=patience):
                raise AssertionError("two hold it")
    with locked(path):
        pass


def test_a_lock_taken_in_one_thread_is_given_back_in_another(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with ThreadPoolExecutor(1) as pool, ExitStack() as outer:
        holding = ExitStack()
        pool.submit(holding.enter_context, locked(path)).result()
        with pytest.raises(Held):
            outer.enter_context(locked(path))
        holding.close()
        outer.enter_context(locked(path))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_lock_is_for_the_user_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with locked(tmp_path / "a.lock"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.lock").stat().st_mode) == 0o600
