"""Searching everything git has, wherever it keeps it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.leaks.projects import (
    DATE,
    KNOWN,
    STRANGER,
    WEB,
    WEB_TOKEN,
    Project,
    in_history,
    searched,
)
from tui.leaks.search import Search


def test_a_value_that_was_deleted_is_found_with_commit_and_date(
    project: Project,
) -> None:
    commit = project.commit(".env", f"A=1\nTOKEN={WEB}\n")
    project.commit(".env", "A=1\n")
    (find,) = in_history(project)
    assert find.token == WEB_TOKEN
    assert (find.where, find.path, find.line, find.column) == ("history", ".env", 2, 7)
    assert (find.commit, find.date) == (commit, DATE)
    assert find.repository == str(project.folder)
    assert find.object_id == project.git("rev-parse", f"{commit}:.env")


def test_the_oldest_commit_is_named_for_each_path(project: Project) -> None:
    first = project.commit("a", WEB)
    second = project.commit("b/c", WEB)
    project.commit("a", "x")
    project.commit("a", WEB)
    finds = {find.path: find.commit for find in in_history(project)}
    assert finds == {"a": first, "b/c": second}


def test_what_is_in_files_and_history_is_found_in_both(project: Project) -> None:
    project.commit(".env", WEB)
    finds, _ = searched(project.folder)
    assert [find.where for find in finds] == ["file", "history"]


def test_stashes_are_searched_also_their_untracked_files(project: Project) -> None:
    project.commit("tracked", "x")
    project.write("tracked", WEB)
    project.write("untracked", STRANGER)
    project.git("stash", "--include-untracked", "--quiet")
    project.commit("tracked", "y")
    found = {find.path: (find.where, find.token) for find in in_history(project)}
    assert found == {"tracked": ("stash", WEB_TOKEN), "untracked": ("stash", None)}


def test_a_stash_without_a_reflog_is_one(project: Project) -> None:
    project.commit("tracked", "x")
    project.write("tracked", WEB)
    project.git("stash", "--quiet")
    project.git("reflog", "expire", "--expire=now", "--all")
    assert [find.where for find in in_history(project)] == ["stash"]


def test_what_is_only_in_the_reflog_is_found(project: Project) -> None:
    project.commit("a", "x")
    commit = project.commit("secret", WEB)
    project.git("reset", "--quiet", "--hard", "HEAD~1")
    (find,) = in_history(project)
    assert (find.path, find.commit) == ("secret", commit)


def test_what_nothing_leads_to_is_found_with_its_commit(project: Project) -> None:
    project.commit("a", "x")
    commit = project.commit("secret", WEB)
    project.git("reset", "--quiet", "--hard", "HEAD~1")
    project.git("reflog", "expire", "--expire=all", "--all")
    (find,) = in_history(project)
    assert (find.where, find.path, find.commit) == ("unreachable", "secret", commit)


def test_a_content_without_a_commit_is_found_by_its_name(project: Project) -> None:
    project.commit("a", "x")
    name = project.git("hash-object", "-w", "--stdin", given=WEB.encode())
    (find,) = in_history(project)
    assert (find.where, find.path, find.object_id) == ("unreachable", "", name)


def test_what_is_staged_has_its_path(project: Project) -> None:
    project.write("a b\n", WEB)
    project.git("add", "--all")
    (find,) = in_history(project)
    assert (find.where, find.path, find.commit) == ("staged", "a b\n", "")


def test_texts_of_commits_and_tags_are_searched(project: Project) -> None:
    commit = project.commit("a", "x", f"Use {WEB}")
    project.git("tag", "-a", "v1", "-m", f"was {STRANGER}")
    finds = {find.token: find for find in in_history(project)}
    assert finds[WEB_TOKEN].commit == commit
    assert finds[WEB_TOKEN].date == DATE
    assert {find.where for find in finds.values()} == {"message"}
    assert finds[None].date == DATE


def test_what_only_a_merge_has_is_found(project: Project) -> None:
    project.commit("a", "x")
    project.git("switch", "--quiet", "-c", "side")
    project.commit("b", "x")
    project.git("switch", "--quiet", "main")
    project.commit("c", "x")
    project.git("merge", "--quiet", "--no-commit", "side")
    commit = project.commit("evil", WEB)
    (find,) = in_history(project)
    assert (find.path, find.commit) == ("evil", commit)


@pytest.mark.parametrize("is_packed", [False, True])
def test_names_of_any_bytes_are_told(project: Project, is_packed: bool) -> None:
    for name in (b"se\xf1or", b'"quo\\te"', "ü\t日本".encode()):
        project.commit(name, f"{WEB} in {name!r}")
    if is_packed:
        project.git("gc", "--quiet")
    found = {find.path for find in in_history(project)}
    assert found == {"se\\xf1or", '"quo\\te"', "ü\t日本"}


def test_a_repository_of_sha256_is_searched(tmp_path: Path) -> None:
    project = Project.created(tmp_path, "--object-format=sha256")
    commit = project.commit("a", WEB)
    (find,) = in_history(project)
    assert (find.path, find.commit, len(commit)) == ("a", commit, 64)


def test_a_bare_repository_is_searched_wherever_it_lies(project: Project) -> None:
    commit = project.commit("a", WEB)
    bare = project.folder.parent / "x" / "bare"
    project.git("clone", "--quiet", "--bare", str(project.folder), str(bare))
    for path in (bare, bare.parent):
        finds, search = searched(path)
        assert [(find.path, find.commit) for find in finds] == [("a", commit)]
        assert search.tally.unread == []


def test_a_working_tree_of_its_own_is_searched_once(project: Project) -> None:
    project.commit("a", WEB)
    beside = project.folder.parent / "beside"
    project.git("worktree", "add", "--quiet", "--detach", str(beside))
    finds, search = searched(project.folder, beside, files=False)
    assert len(finds) == search.tally.repositories == 1
    finds, _ = searched(beside, files=False)
    assert len(finds) == 1


def test_submodules_are_searched_even_if_only_their_history_is_left(
    project: Project,
) -> None:
    module = Project.created(project.folder.parent / "module")
    module.commit("a", WEB)
    project.commit("b", "x")
    words = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
    project.git(*words, str(module.folder), "sub")
    project.commit("b", "y")
    finds, search = searched(project.folder, files=False)
    assert [find.path for find in finds] == ["a"]
    assert search.tally.repositories == 2
    shutil.rmtree(project.folder / "sub")
    finds, search = searched(project.folder, files=False)
    assert [find.path for find in finds] == ["a"]
    assert search.tally.unread == []


def test_of_a_folder_in_a_repository_only_that_part_of_history_is_meant(
    project: Project,
) -> None:
    project.commit("src/a", WEB, f"text {STRANGER}")
    project.commit("other/a", STRANGER)
    finds, _ = searched(project.folder / "src", files=False)
    assert [find.path for find in finds] == ["src/a"]


def test_of_a_file_its_own_history_is_meant(project: Project) -> None:
    commit = project.commit("src/a", WEB)
    project.commit("src/ab/c", STRANGER)
    project.commit("src/a", "x")
    finds, _ = searched(project.folder / "src" / "a")
    assert [(find.path, find.commit) for find in finds] == [("src/a", commit)]


def test_several_parts_of_a_repository_can_be_meant(project: Project) -> None:
    for name in ("a/x", "b/x", "c/x"):
        project.commit(name, f"{WEB} {name}")
    finds, search = searched(
        project.folder / "a", project.folder / "b" / "x", files=False
    )
    assert {find.path for find in finds} == {"a/x", "b/x"}
    assert search.tally.repositories == 1
    finds, _ = searched(project.folder / "a", project.folder, files=False)
    assert len(finds) == 3


def test_progress_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.leaks.history._OFTEN", 1)
    project.commit("a", WEB)
    seen: list[tuple[int, int]] = []
    search = Search(
        (str(project.folder),),
        KNOWN,
        on_progress=lambda tally: seen.append((tally.files, tally.objects)),
    )
    assert [*search.finds()]
    assert seen[0] == (0, 0)
    assert seen[-1] == (search.tally.files, search.tally.objects)


def test_a_missing_or_damaged_content_is_said_and_the_rest_is_found(
    project: Project,
) -> None:
    lost = project.commit("lost", "a" * 100)
    commit = project.commit("a", WEB)
    name = project.git("rev-parse", f"{lost}:lost")
    file = project.folder / ".git" / "objects" / name[:2] / name[2:]
    file.chmod(0o600)
    file.write_bytes(b"nonsense")
    finds, search = searched(project.folder, files=False)
    assert [(find.path, find.commit) for find in finds] == [("a", commit)]
    assert name[:16] in search.tally.unread[0]


def test_a_missing_tree_hides_only_the_commits_that_need_it(project: Project) -> None:
    commits = [project.commit(f"f{at}", f"{WEB} {at}") for at in range(5)]
    tree = project.git("rev-parse", f"{commits[2]}^{{tree}}")
    (project.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    finds, search = searched(project.folder, files=False)
    located = {find.path: find.commit for find in finds if find.path}
    by_path = [commits[0], commits[1], "", "", commits[4]]
    assert located == {f"f{at}": commit for at, commit in enumerate(by_path)}
    assert len(finds) == 5
    assert search.tally.unread_count == 1


def test_a_shallow_clone_is_told(project: Project) -> None:
    project.commit("a", WEB)
    project.commit("a", "x")
    clone = project.folder.parent / "clone"
    source = f"file://{project.folder}"
    project.git("clone", "--quiet", "--depth=1", source, str(clone))
    finds, search = searched(clone, files=False)
    assert (finds, search.tally.unread) == ([], [])
    assert "shallow" in search.tally.notes[0]


def test_a_partial_clone_is_told_and_asks_no_host(project: Project) -> None:
    project.commit("a", WEB)
    project.commit("a", "x")
    project.git("config", "uploadpack.allowFilter", "true")
    clone = project.folder.parent / "clone"
    source = f"file://{project.folder}"
    project.git("clone", "--quiet", "--filter=tree:0", source, str(clone))
    project.folder.rename(project.folder.with_name("away"))
    finds, search = searched(clone, files=False)
    assert finds == []
    assert "partial" in search.tally.notes[0]


def test_a_folder_that_git_refuses_to_look_at_is_told(project: Project) -> None:
    project.commit("a", WEB)
    (project.folder / ".git" / "HEAD").write_text("nonsense")
    finds, search = searched(project.folder, files=False)
    assert finds == []
    assert search.tally.unread_count >= 1


def test_a_repository_of_someone_else_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.commit("a", WEB)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    finds, search = searched(project.folder, files=False)
    assert finds == []
    assert str(project.folder) in search.tally.unread[0]


def test_without_git_it_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.commit("a", WEB)
    monkeypatch.setenv("PATH", "")
    finds, search = searched(project.folder)
    assert [find.where for find in finds] == ["file"]
    assert "git isn't installed" in search.tally.unread[0]


def test_outside_of_repositories_nothing_is_missed(tmp_path: Path) -> None:
    finds, search = searched(tmp_path)
    assert (finds, search.tally.unread, search.tally.repositories) == ([], [], 0)


def test_a_repository_runs_no_program_of_its_own(project: Project) -> None:
    """Searching a stranger's repository doesn't run anything in it."""
    project.commit("a", WEB)
    project.write("b", WEB + "\n")
    project.git("add", "--all")
    ran = project.folder.parent / "ran"
    script = project.write(".git/run", f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    script.chmod(0o700)
    program = str(script)
    for name in (
        *("core.fsmonitor", "core.pager", "diff.external", "gpg.program"),
        *("core.sshCommand", "core.editor", "diff.x.textconv", "pager.log"),
    ):
        project.git("config", name, program)
    project.git("config", "log.showSignature", "true")
    project.write(".gitattributes", "* diff=x\n")
    finds = in_history(project)
    assert len(finds) == 2
    assert not ran.exists()


def test_what_a_hook_says_of_another_repository_does_not_count(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.commit("a", WEB)
    other = Project.created(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)
    assert len(in_history(project)) == 1


def test_a_search_that_is_stopped_blames_nobody(project: Project) -> None:
    for at in range(4):
        # More than a pipe can hold: git is still writing.
        project.commit(f"f{at}", os.urandom(2_000_000), f"text {at} {WEB}")
    search = Search((str(project.folder),), KNOWN, files=False)
    finds = search.finds()
    next(finds)
    search.stop()
    assert [*finds] == []
    assert search.tally.unread == []


def test_git_ends_when_a_search_is_left(project: Project) -> None:
    for at in range(3):
        project.commit(f"f{at}", "x", f"text {at} {WEB}")
    before = children()
    finds = Search((str(project.folder),), KNOWN, files=False).finds()
    assert next(finds).where == "message"
    assert children() > before
    finds.close()
    assert children() <= before


def children() -> set[int]:
    """Return this process's children, including those waiting to be reaped."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        if int(rest.split()[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found
