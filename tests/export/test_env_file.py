from __future__ import annotations

import contextlib
import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.export.sources import DELIVERY, format_of, source
from tui.export import env_file as target
from tui.export.env_file import plan_file
from tui.export.source import Unfit
from tui.files.refusal import FileRefused
from tui.secret import Secret

ENV = format_of("env")
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
        ("", "Type a file name"),
        ("folder", "is a folder"),
        ("link", "is a symbolic link"),
        ("dangling", "is a symbolic link"),
        ("missing/.env", "There is no folder"),
        ("pipe", "isn't a regular file"),
        ("read-only", "isn't writable"),
        ("utf-16", "is in UTF-16. Save it as UTF-8 first"),
        ("utf-16-be", "is in UTF-16"),
        ("no-mark", "contains NUL bytes"),
        ("huge", "larger than 1 MiB"),
        ("nul\0", "unusable path"),
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
    (tmp_path / "utf-16").write_bytes("A=1\n".encode("utf-16"))
    (tmp_path / "utf-16-be").write_bytes(b"\xfe\xff\x00A")
    (tmp_path / "no-mark").write_bytes("A=1\n".encode("utf-16-le"))
    (tmp_path / "huge").write_bytes(b"A=1\n" * 300_000)
    with pytest.raises(FileRefused, match=words):
        plan_file(name, ENV, source())


def test_a_folder_that_takes_no_file_is_said_in_a_sentence() -> None:
    plan = plan_file("/proc/.env", ENV, source())
    with pytest.raises(FileRefused, match=r"/proc/\.env: "):
        plan.write()


def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A:\n")
    with pytest.raises(Unfit, match=r"\.env: Programs read line 1 differently"):
        plan_file(str(path), ENV, source())
    with pytest.raises(Unfit, match=r"\.env: It isn't JSON"):
        plan_file(str(path), format_of("json"), source())


def test_a_byte_order_mark_stays_and_the_first_key_is_a_key(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(
        b"\xef\xbb\xbfCONTENTSTACK_DELIVERY_TOKEN=cs999999999999999999999999\r\n"
        b"OTHER=1\r\n"
    )
    plan = plan_file(str(path), ENV, source())
    before = {change.key: change.before for change in plan.changes}
    assert before["CONTENTSTACK_DELIVERY_TOKEN"] == Secret("cs" + "9" * 24)
    plan.write()
    content = path.read_bytes()
    start = f"CONTENTSTACK_DELIVERY_TOKEN={TOKEN}\r\nOTHER=1\r\n".encode()
    assert content.startswith(b"\xef\xbb\xbf" + start)
    assert b"cs9999" not in content
    assert plan.leftovers == ()


def test_a_json_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "contentstack.json"
    path.write_bytes(b'\xef\xbb\xbf{"api_key": "old"}')
    plan_file(str(path), format_of("json"), source()).write()
    assert path.read_bytes().startswith(b'\xef\xbb\xbf{"api_key": "blt0123')


def test_bytes_that_are_no_utf8_stay_in_a_file_of_lines(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"# \xe9t\xe9\nA=\xff\xfe\nCONTENTSTACK_BRANCH=\xe9t\xe9\n")
    plan_file(str(path), ENV, source()).write()
    assert path.read_bytes().startswith(
        b"# \xe9t\xe9\nA=\xff\xfe\nCONTENTSTACK_BRANCH=main\n"
    )
    (tmp_path / "a.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(FileRefused, match="isn't UTF-8 text"):
        plan_file(str(tmp_path / "a.json"), format_of("json"), source())


def test_lines_that_still_hold_an_old_token_are_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "CONTENTSTACK_DELIVERY_TOKEN=cs0000000000old1\n"
        "# it was cs0000000000old1 before\n"
        "VITE_TOKEN=cs0000000000old1\n"
        "#CONTENTSTACK_PREVIEW_TOKEN=cs00112233445566\n"
        "# CONTENTSTACK_DELIVERY_TOKEN=your_token\n"
        "# CONTENTSTACK_API_KEY=blt0011223344556677\n"
    )
    plan = plan_file(str(path), ENV, source())
    assert plan.leftovers == (
        (2, "CONTENTSTACK_DELIVERY_TOKEN"),
        (3, "CONTENTSTACK_DELIVERY_TOKEN"),
        (4, "CONTENTSTACK_PREVIEW_TOKEN"),
    )
    plan.write()
    assert "# it was cs0000000000old1 before\n" in path.read_text()


@pytest.mark.parametrize(
    ("name", "text", "kind", "format_id"),
    [
        (".env", "CONTENTSTACK_API_KEY=op://web/stack/key\n", "1Password", "env"),
        (".env", 'CONTENTSTACK_API_KEY="encrypted:BO1v"\n', "dotenvx", "env"),
        (
            ".env",
            "CONTENTSTACK_API_KEY=${KEY}\nCONTENTSTACK_API_KEY=1\n",
            "vari",
            "env",
        ),
        ("a.json", '{"api_key": "vault:secret/a#b"}', "Vault", "json"),
        ("a.json", '{"api_key": {"$ref": "x"}}', "structured", "json"),
    ],
)
def test_plain_text_replaces_a_reference_only_by_agreement(
    tmp_path: Path, name: str, text: str, kind: str, format_id: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    plan = plan_file(str(path), format_of(format_id), source())
    (change,) = plan.replaced_references
    assert change.reference is not None
    assert kind in change.reference.kind
    with pytest.raises(FileRefused, match=f"has references .*{change.key}"):
        plan.write()
    assert path.read_text() == text
    plan.write(over_references=True)
    assert "blt0123456789abcdef" in path.read_text()


def test_a_file_of_ciphers_is_told_from_others(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("OTHER=encrypted:BO1v\n")
    plan = plan_file(str(path), ENV, source())
    assert plan.sealed
    assert plan.replaced_references == ()
    path.write_text("OTHER=https://example.com\nCONTENTSTACK_API_KEY=${A}\n")
    assert not plan_file(str(path), ENV, source()).sealed


def test_a_curl_command_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "contentstack.sh"
    plan_file(str(path), format_of("curl"), source()).write()
    assert path.read_text() == format_of("curl").text(source())
    with pytest.raises(FileRefused, match="only go into a new file"):
        plan_file(str(path), format_of("curl"), source())


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
