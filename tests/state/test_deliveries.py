"""Where tokens were delivered, across several runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tui.files.refusal import FileRefused
from tui.state.deliveries import DeliveryStore


@pytest.fixture(params=["on disk", "in memory"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, str] | None:
    if request.param == "in memory":
        return None
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_a_target_is_noted_once_and_forgotten(
    environ: Mapping[str, str] | None,
) -> None:
    store = DeliveryStore(environ)
    assert store.targets_of("blt1") == ()
    store.add("blt1", ["web", "ci"])
    store.add("blt1", ["ci", "kiosk"])
    assert store.targets_of("blt1") == ("web", "ci", "kiosk")
    assert store.targets_of("blt2") == ()
    store.forget("blt1")
    store.forget("blt2")
    assert store.targets_of("blt1") == ()
    assert store.forgotten("blt1") == ("web", "ci", "kiosk")
    assert store.forgotten("blt2") == ()


def test_another_run_knows_it(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    DeliveryStore(environ).add("blt1", ["web"])
    assert DeliveryStore(environ).targets_of("blt1") == ("web",)
    (file,) = tmp_path.rglob("blt1.json")
    file.write_text("nonsense")
    os.chmod(file, 0o600)
    assert DeliveryStore(environ).targets_of("blt1") == ()


@pytest.mark.parametrize("uid", ["", "../blt1", "a/b", "x" * 81, "blt1\n"])
def test_what_is_no_uid_is_no_path(tmp_path: Path, uid: str) -> None:
    store = DeliveryStore({"XDG_STATE_HOME": str(tmp_path)})
    with pytest.raises(FileRefused):
        store.add(uid, ["web"])
    assert store.targets_of(uid) == ()
    store.forget(uid)
    assert [*tmp_path.rglob("*.json")] == []
