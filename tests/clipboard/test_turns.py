"""The record of the newest copy, which cancels all older clears."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.clipboard.turns import Turn


def test_the_newest_copy_has_the_turn(tmp_path: Path) -> None:
    environ = {"DISPLAY": ":7", "XDG_RUNTIME_DIR": str(tmp_path)}
    older = Turn.on("xclip", environ).take()
    newer = Turn.on("xsel", environ | {"DISPLAY": ":7.0"}).take()
    assert older
    assert newer
    assert Turn.on("xclip", environ).now() == newer != older


def test_each_display_has_a_turn_of_its_own(tmp_path: Path) -> None:
    environ = {
        "XDG_RUNTIME_DIR": str(tmp_path),
        "WAYLAND_DISPLAY": "wayland-0",
        "DISPLAY": ":7",
    }
    paths = {
        Turn.on("xclip", environ).path,
        Turn.on("xclip", environ | {"DISPLAY": ":8"}).path,
        Turn.on("wl-clipboard", environ).path,
        Turn.on("pbcopy", environ).path,
    }
    assert len(paths) == 4


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions are Unix's")
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "tokendeck").mkdir()
    (tmp_path / "tokendeck").chmod(0o777)
    turn = Turn.on("xclip", {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert turn.take() == ""
    assert turn.now() == ""


def test_where_no_note_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "tokendeck").write_text("a file")
    assert Turn.on("xclip", {"XDG_RUNTIME_DIR": str(tmp_path)}).take() == ""
