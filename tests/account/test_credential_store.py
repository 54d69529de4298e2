from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tui.account import credential_store
from tui.account.credential_reading import CredentialAbsent, CredentialRefused
from tui.account.credential_store import (
    CredentialPlace,
    forget,
    keep,
    keep_sign_in,
    kept,
    name_of,
)
from tui.contentstack.credentials import Credential, parse_credential
from tui.contentstack.regions import REGIONS, custom_region, find_region
from tui.files.refusal import FileRefused, Refused

NAME = "work@eu-api.contentstack.com"
AUTHTOKEN = parse_credential("blt" + "2" * 16)
BEARER = parse_credential("Bearer abc.def")
PLACES: tuple[CredentialPlace, ...] = ("file", "keyring")


def credentials_file() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "tokendeck" / "credentials.json"


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "fake_keyring.FakeKeyring")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("FAKE_KEYRING", str(tmp_path / "keyring.json"))


def test_profiles_and_regions_are_kept_apart() -> None:
    eu = find_region("eu")
    local = custom_region(cma="http://127.0.0.1:8000")
    names = {
        name_of(eu, None),
        name_of(eu, "work"),
        name_of(find_region("na"), "work"),
        name_of(local, None),
    }
    assert names == {
        "eu-api.contentstack.com",
        NAME,
        "work@api.contentstack.io",
        "127.0.0.1:8000",
    }


@pytest.mark.short(2)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("credential", [AUTHTOKEN, BEARER], ids=["authtoken", "bearer"])
def test_what_is_kept_comes_back_until_it_is_forgotten(
    place: CredentialPlace, credential: Credential
) -> None:
    with pytest.raises(CredentialAbsent):
        kept(place, os.environ, NAME)
    forget(place, os.environ, NAME)
    keep(place, os.environ, "other", BEARER)
    keep(place, os.environ, NAME, credential)
    assert kept(place, os.environ, NAME) == credential
    forget(place, os.environ, NAME)
    with pytest.raises(CredentialAbsent):
        kept(place, os.environ, NAME)
    assert kept(place, os.environ, "other") == BEARER


def test_the_file_is_the_users_alone() -> None:
    keep("file", os.environ, NAME, AUTHTOKEN)
    assert stat.S_IMODE(credentials_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials_file().parent.stat().st_mode) == 0o700
    credentials_file().chmod(0o640)
    with pytest.raises(FileRefused, match="chmod 600"):
        kept("file", os.environ, NAME)


def test_looking_writes_nothing() -> None:
    for place in PLACES:
        with pytest.raises(CredentialAbsent):
            kept(place, os.environ, NAME)
        forget(place, os.environ, NAME)
    assert not credentials_file().parent.exists()
    assert not Path(os.environ["FAKE_KEYRING"]).exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"\xff"])
def test_a_damaged_file_is_said_and_not_written_over(content: bytes) -> None:
    keep("file", os.environ, NAME, AUTHTOKEN)
    credentials_file().write_bytes(content)
    with pytest.raises(FileRefused, match="damaged; delete it"):
        kept("file", os.environ, NAME)
    with pytest.raises(FileRefused, match="damaged"):
        keep("file", os.environ, NAME, AUTHTOKEN)
    assert credentials_file().read_bytes() == content


def test_a_token_that_was_put_there_by_hand_is_checked_as_any_other() -> None:
    keep("file", os.environ, NAME, parse_credential("cs" + "0" * 40))
    with pytest.raises(CredentialRefused, match="can't manage tokens"):
        kept("file", os.environ, NAME)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("error", "failed here"),
        ("hang", "didn't answer"),
        ("forgets", "no working backend"),
    ],
)
def test_a_keyring_that_does_not_work_is_no_obstacle(
    trouble: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FAKE_KEYRING_TROUBLE", trouble)
    monkeypatch.setattr(credential_store, "_KEYRING_SECONDS", 2.0)
    with pytest.raises(CredentialAbsent, match=reason):
        keep("keyring", os.environ, NAME, AUTHTOKEN)
    assert capfd.readouterr() == ("", "")


def test_a_server_without_a_keyring_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with pytest.raises(CredentialAbsent, match="no working backend"):
        kept("keyring", os.environ, NAME)


def test_without_the_extra_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_store, "find_spec", lambda _name: None)
    monkeypatch.delattr(credential_store, "run_quietly")
    with pytest.raises(CredentialAbsent, match="extra `keyring` isn't installed"):
        kept("keyring", os.environ, NAME)


def test_nothing_in_the_users_folder_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    for name in ("keyring.py", "json.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(trap)!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    keep("keyring", os.environ, NAME, AUTHTOKEN)
    assert kept("keyring", os.environ, NAME) == AUTHTOKEN
    assert not trap.exists()


def test_without_a_home_nothing_is_kept_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pwd

    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(CredentialAbsent, match="HOME"):
        kept("file", {}, NAME)


def test_a_sign_in_is_kept_where_only_its_owner_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(credential_store, "keyring_installed", lambda: False)
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    assert keep_sign_in(environ, "work", REGIONS[0], AUTHTOKEN) == "file"
    assert kept("file", environ, name_of(REGIONS[0], "work")) == AUTHTOKEN
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_a_sign_in_that_cannot_be_kept_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(credential_store, "keyring_installed", lambda: False)
    with pytest.raises(Refused):
        keep_sign_in({"XDG_STATE_HOME": "/proc/nowhere"}, None, REGIONS[0], AUTHTOKEN)
