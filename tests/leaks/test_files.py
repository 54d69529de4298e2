"""Searching files of any kind."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

from tests.leaks.projects import KNOWN, STRANGER, WEB, WEB_TOKEN, searched
from tui.leaks.search import Search


def test_a_find_has_all_but_the_value(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".env").write_text(f"X=1\nTOKEN={WEB}\n")
    (find,), search = searched(tmp_path)
    assert find.token == WEB_TOKEN
    assert (find.where, find.line, find.column, find.commit) == ("file", 2, 7, "")
    assert find.path == str(tmp_path / "a" / ".env")
    assert len(find.fingerprint) == 16
    assert WEB[2:12] not in repr(find)
    assert (search.tally.files, search.tally.octets) == (1, 37)


def test_a_path_may_be_a_file_and_a_link(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(WEB)
    (tmp_path / "link").symlink_to(file)
    for path in (file, tmp_path / "link"):
        (find,), _ = searched(path)
        assert find.path == str(file)


def test_links_are_not_followed_neither_in_circles_nor_out_of_the_tree(
    tmp_path: Path,
) -> None:
    outside = tmp_path / "outside"
    outside.write_text(WEB)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "circle").symlink_to(tree)
    (tree / "out").symlink_to(outside)
    (tree / "gone").symlink_to("nowhere")
    finds, search = searched(tree)
    assert finds == []
    assert (search.tally.links, search.tally.unread) == (3, [])


def test_a_name_that_is_no_utf8_is_written_with_escapes(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/se\xf1or.txt"
    with open(file, "w") as opened:
        opened.write(WEB)
    (find,), _ = searched(tmp_path)
    assert find.path.endswith("/se\\xf1or.txt")
    find.path.encode()


def test_what_is_no_file_is_passed_by(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        (tmp_path / "file").write_text(WEB)
        finds, search = searched(tmp_path)
    assert len(finds) == 1
    assert search.tally.unread == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(WEB)
    file.chmod(0)
    finds, search = searched(tmp_path)
    assert (finds, search.tally.unread_count) == ([], 1)
    assert str(file) in search.tally.unread[0]


def test_what_can_not_be_opened_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text(WEB)

    def refuse(_path: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tui.leaks.files.opened", refuse)
    finds, search = searched(tmp_path)
    assert finds == []
    assert search.tally.unread == [f"{tmp_path / 'file'}: Permission denied."]


@pytest.mark.parametrize("path", ["nowhere", "/dev/null"])
def test_a_path_that_can_not_be_searched_is_said(tmp_path: Path, path: str) -> None:
    _, search = searched(tmp_path / path)
    assert search.tally.unread_count == 1


def test_what_is_compressed_is_counted_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(WEB.encode()))
    finds, search = searched(tmp_path)
    assert finds == []
    assert search.tally.compressed == 1
    assert search.tally.compressed_paths == [str(tmp_path / "a.gz")]


def test_git_s_own_files_are_searched_but_not_its_objects(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    for folder in ("objects", "refs", "lfs/objects"):
        (git / folder).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main")
    (git / "config").write_text(f"url = https://x:{WEB}@example.com")
    (git / "objects" / "pack").write_text(WEB)
    (git / "lfs" / "objects" / "large").write_text(WEB)
    finds, _ = searched(tmp_path, history=False)
    assert {Path(find.path).name for find in finds} == {"config", "large"}


def test_only_what_is_known_may_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(f"{WEB}\n{STRANGER}\n")
    finds = [*Search((str(tmp_path),), KNOWN, only_known=True).finds()]
    assert [find.token for find in finds] == [WEB_TOKEN]
    finds = [*Search((str(tmp_path),), KNOWN).finds()]
    assert [find.token for find in finds] == [WEB_TOKEN, None]


def test_a_search_can_be_stopped_after_any_find(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(WEB)
    search = Search((str(tmp_path),), KNOWN)
    finds = search.finds()
    next(finds)
    search.stop()
    assert [*finds] == []
    assert search.tally.files == 1


def test_a_file_named_twice_is_found_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(WEB)
    finds, _ = searched(tmp_path, file, tmp_path)
    assert len(finds) == 1
