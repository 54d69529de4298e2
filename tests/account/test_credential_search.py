from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.clock import clock
from tui.account import credential_store
from tui.account.credential_search import connection_of
from tui.account.credential_store import keep
from tui.config.settings import Settings
from tui.connection.connection import Connection, ConnectionMissing
from tui.contentstack.credentials import parse_credential
from tui.contentstack.regions import find_region
from tui.secret import Secret
from tui.state.memory import Memory


def token(digit: int) -> str:
    return "blt" + str(digit) * 16


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "fake_keyring.FakeKeyring")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("FAKE_KEYRING", str(tmp_path / "keyring.json"))


def private(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def search(
    settings: Settings | None = None, /, *, piped: str | None = None, **environ: str
) -> Connection:
    return connection_of(
        settings or Settings(),
        {**os.environ, **environ},
        piped=None if piped is None else Secret(piped),
        clock=clock,
    )


def found_in(result: Connection) -> tuple[str, str]:
    assert result.credential is not None
    return result.source, result.credential.secret.reveal()


def csdx_store(**changes: object) -> None:
    store = {"authorisationType": "BASIC", "authtoken": token(7), **changes}
    folder = (
        Path(os.environ["XDG_CONFIG_HOME"]) / "@contentstack" / "cli-utilities-nodejs"
    )
    private(folder / "contentstack_cli.json", json.dumps(store), 0o644)


def test_the_first_place_that_answers_is_taken(tmp_path: Path) -> None:
    file = private(tmp_path / "token", token(1))
    handed_over = private(tmp_path / "handed" / "tokendeck", token(4), 0o440)
    environ = {
        "CONTENTSTACK_AUTHTOKEN": token(3),
        "CREDENTIALS_DIRECTORY": str(handed_over.parent),
    }
    name = "api.contentstack.io"
    keep("keyring", os.environ, name, parse_credential(token(5)))
    keep("file", os.environ, name, parse_credential(token(6)))
    csdx_store()
    Memory(os.environ).answer_about_csdx(True)

    by_file = Settings(auth_file=str(file), sources={"auth_file": "--auth-file"})
    assert found_in(search(by_file, **environ)) == ("--auth-file", token(1))
    by_command = Settings(auth_command=("echo", token(2)))
    assert found_in(search(by_command, **environ)) == ("auth_command echo", token(2))
    assert found_in(search(**environ)) == ("CONTENTSTACK_AUTHTOKEN", token(3))
    del environ["CONTENTSTACK_AUTHTOKEN"]
    assert found_in(search(**environ)) == ("$CREDENTIALS_DIRECTORY/tokendeck", token(4))
    assert found_in(search()) == ("the keyring", token(5))
    os.unlink(os.environ["FAKE_KEYRING"])
    assert found_in(search()) == ("the saved session", token(6))
    (Path(os.environ["XDG_STATE_HOME"]) / "tokendeck" / "credentials.json").unlink()
    assert found_in(search()) == ("csdx", token(7))


def test_where_nothing_is_found_each_place_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(credential_store, "find_spec", lambda _name: None)
    result = search(CONTENTSTACK_AUTHTOKEN="  ")
    assert result.credential is None
    assert result.looked_in == (
        "CONTENTSTACK_AUTHTOKEN: not set",
        "$CREDENTIALS_DIRECTORY/tokendeck: not set",
        "the keyring: The extra `keyring` isn't installed.",
        "the saved session: No session is saved for api.contentstack.io.",
        "csdx: Tokendeck hasn't asked you yet whether it may use it",
    )


def test_what_was_found_is_the_last_line_and_shows_no_value() -> None:
    result = search(CREDENTIALS_DIRECTORY="/nowhere", CONTENTSTACK_AUTHTOKEN=token(3))
    assert result.looked_in == ("CONTENTSTACK_AUTHTOKEN: found",)
    assert token(3) not in repr(result)


def test_a_pipe_is_what_was_read_from_it() -> None:
    settings = Settings(auth_file="-", sources={"auth_file": "--auth-file"})
    assert found_in(search(settings, piped=f"Bearer {token(1)}\n")) == (
        "--auth-file",
        token(1),
    )
    with pytest.raises(
        ConnectionMissing, match="--auth-file -: The credential is empty"
    ):
        search(settings, piped="")


def test_a_file_is_read_if_it_is_private(tmp_path: Path) -> None:
    path = private(tmp_path / "token", token(1) + "\n")
    settings = Settings(auth_file=str(path), sources={"auth_file": "--auth-file"})
    assert found_in(search(settings)) == ("--auth-file", token(1))
    path.chmod(0o644)
    with pytest.raises(ConnectionMissing, match=f"--auth-file: .*chmod 600 {path}"):
        search(settings)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConnectionMissing, match="--auth-file: this isn't text"):
        search(settings)


def test_settings_become_the_way_to_a_stack() -> None:
    settings = Settings(region=find_region("eu"), stack="Storefront", read_only=True)
    connection = search(settings, CONTENTSTACK_AUTHTOKEN=token(3))
    assert (connection.region.id, connection.stack, connection.read_only) == (
        "eu",
        "Storefront",
        True,
    )


def test_a_tilde_means_home() -> None:
    private(Path(os.environ["HOME"]) / "token", token(1))
    assert found_in(search(Settings(auth_file="~/token")))[1] == token(1)


@pytest.mark.parametrize(
    ("settings", "environ", "reason"),
    [
        (Settings(auth_file="/nowhere/token"), {}, "no file /nowhere/token"),
        (Settings(auth_file="/dev/zero"), {}, "isn't a regular file"),
        (Settings(auth_command=("false",)), {}, "auth_command false failed"),
        (
            Settings(),
            {"CONTENTSTACK_AUTHTOKEN": "cs" + "0" * 40},
            "CONTENTSTACK_AUTHTOKEN: .*can't manage tokens",
        ),
        (
            Settings(),
            {"CONTENTSTACK_AUTHTOKEN": "two words"},
            "CONTENTSTACK_AUTHTOKEN: The credential",
        ),
    ],
)
def test_a_place_that_was_named_and_fails_is_not_passed_over(
    settings: Settings, environ: dict[str, str], reason: str
) -> None:
    keep("file", os.environ, "api.contentstack.io", parse_credential(token(6)))
    with pytest.raises(ConnectionMissing, match=reason):
        search(settings, **environ)


def test_a_file_of_the_service_manager_is_looked_at_as_any_other(
    tmp_path: Path,
) -> None:
    path = private(tmp_path / "tokendeck", token(4), 0o444)
    with pytest.raises(ConnectionMissing, match="can be read or changed by others"):
        search(CREDENTIALS_DIRECTORY=str(tmp_path))
    path.unlink()
    assert search(CREDENTIALS_DIRECTORY=str(tmp_path)).credential is None


def test_a_kept_sign_in_is_good_in_its_own_region_and_profile_alone() -> None:
    keep("file", os.environ, "work@eu-api.contentstack.com", parse_credential(token(6)))
    eu = find_region("eu")
    assert search(Settings(region=eu, profile="work")).credential is not None
    for settings in (
        Settings(region=eu),
        Settings(region=eu, profile="home"),
        Settings(profile="work"),
    ):
        assert search(settings).credential is None


@pytest.mark.parametrize(
    ("answer", "reason"), [(None, "hasn't asked you yet"), (False, "not allowed")]
)
def test_csdx_is_left_alone_until_somebody_said_yes(
    answer: bool | None, reason: str
) -> None:
    csdx_store()
    if answer is not None:
        Memory(os.environ).answer_about_csdx(answer)
    assert reason in search().looked_in[-1]


def test_csdx_brings_its_region_where_none_was_chosen() -> None:
    eu = find_region("eu")
    csdx_store(region={"name": "EU", "cma": eu.cma, "cda": eu.cda, "uiHost": eu.app})
    Memory(os.environ).answer_about_csdx(True)
    assert search().region == eu
    chosen = {"region": "--region"}
    assert search(Settings(region=eu, sources=chosen)).source == "csdx"
    other = search(Settings(region=find_region("na"), sources=chosen))
    assert other.credential is None
    assert "AWS EU, not to AWS NA" in other.looked_in[-1]


def test_what_is_wrong_with_csdx_is_explained() -> None:
    Memory(os.environ).answer_about_csdx(True)
    assert "There is no file" in search().looked_in[-1]
    csdx_store(
        authorisationType="OAUTH",
        oauthAccessToken="x",
        oauthDateTime="2020-01-01T00:00:00Z",
    )
    assert "csdx auth:login --oauth" in search().looked_in[-1]
    csdx_store(authtoken=5)
    assert "isn't in a format" in search().looked_in[-1]


def test_the_program_is_not_asked_where_a_file_was_named(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    file = private(tmp_path / "token", token(1))
    command = (sys.executable, "-c", f"open({str(trap)!r}, 'w')")
    with pytest.raises(ConnectionMissing):
        search(Settings(auth_command=command))
    assert trap.exists()
    trap.unlink()
    assert search(Settings(auth_file=str(file))).credential is not None
    assert not trap.exists()
