from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.sandbox.served import Served, serving
from tui.cli.main import tokendeck
from tui.doctor import checks as checkup

NOBODY_LISTENS = ("--cma", "http://127.0.0.1:9", "--cda", "http://127.0.0.1:9")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


def doctor(*words: str, **environ: str) -> tuple[int, str]:
    result = CliRunner().invoke(tokendeck, [*words, "doctor"], env=environ)
    return result.exit_code, result.output


def examined(*words: str, **environ: str) -> dict[str, dict[str, str]]:
    """Return the last result for each subject."""
    result = CliRunner().invoke(tokendeck, [*words, "doctor", "--json"], env=environ)
    answer: dict[str, Any] = json.loads(result.output)
    assert answer["ok"] == (result.exit_code == 0)
    return {found["subject"]: found for found in answer["findings"]}


def hosts_of(served: Served) -> list[str]:
    return [
        word
        for name in ("cma", "cda", "preview")
        for word in (f"--{name}", served.info[name])
    ]


def test_the_demo_is_well() -> None:
    code, output = doctor("--demo")
    assert code == 0
    assert "Storefront" in output
    assert "your role: Admin" in output
    assert output.endswith("No problems found.\n")


def test_a_login_is_told_by_its_place_and_never_by_its_value(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "login"
    file.write_text(f"Bearer {served.user()['bearer']}\n")
    file.chmod(0o600)
    words = [*hosts_of(served), "--stack", served.api_key, "--auth-file", str(file)]
    found = examined(*words)
    assert found["Credential"]["words"] == "an OAuth token from --auth-file"
    assert found["User"]["words"] == "ana@example.com"
    assert found["Management API"]["words"].startswith(
        served.info["cma"].removeprefix("http://")
    )
    for secret in (served.user()["bearer"], served.api_key):
        assert secret not in str(found) + doctor(*words)[1]


def test_signed_out_is_no_failure_and_says_where_it_looked(served: Served) -> None:
    code, output = doctor(*hosts_of(served))
    assert code == 0
    assert "You aren't signed in." in output
    assert "CONTENTSTACK_AUTHTOKEN: not set" in output


@pytest.mark.parametrize(
    ("dress", "removed"),
    [
        ('"{}"', "quotes"),
        ("'{}'", "quotes"),
        ("CONTENTSTACK_AUTHTOKEN={}", "a name"),
        ("{}\r", "a carriage return"),
        ("\ufeff{}", "a byte order mark"),
        (" {}", "whitespace"),
    ],
)
def test_a_login_in_a_dress_works_and_says_so(
    served: Served, dress: str, removed: str
) -> None:
    value = dress.format(served.user()["authtoken"])
    found = examined(*hosts_of(served), CONTENTSTACK_AUTHTOKEN=value)
    assert found["User"]["words"] == "ana@example.com"
    assert found["Credential"]["verdict"] == "warn"
    said = f"Removed {removed} from around the value (CONTENTSTACK_AUTHTOKEN)."
    assert said in found["Credential"]["words"]
    assert served.user()["authtoken"] not in str(found)


@pytest.mark.parametrize(
    ("dress", "why"),
    [
        ("${{CONTENTSTACK_AUTHTOKEN}}", "is a variable"),
        ("<YOUR_AUTHTOKEN>", "is in angle brackets"),
        ("op://work/contentstack/authtoken", "is encrypted, or refers to a secret"),
        ('{{"authtoken":"{}"}}', "is JSON"),
        ("your-token-here", "is a placeholder"),
    ],
)
def test_what_is_no_login_is_not_sent(served: Served, dress: str, why: str) -> None:
    value = dress.format(served.user()["authtoken"])
    found = examined(*hosts_of(served), CONTENTSTACK_AUTHTOKEN=value)
    assert found["Credential"]["verdict"] == "fail"
    start = f"CONTENTSTACK_AUTHTOKEN: The credential {why}"
    assert found["Credential"]["words"].startswith(start)
    assert "User" not in found
    assert value not in str(found)


def test_an_api_key_in_quotes_is_found_and_told(served: Served) -> None:
    environ = {"CONTENTSTACK_AUTHTOKEN": served.user()["authtoken"]}
    key = f'"{served.api_key}"'
    found = examined(*hosts_of(served), CONTENTSTACK_API_KEY=key, **environ)
    assert found["Stack"]["words"].startswith("Storefront")
    said = "Removed quotes from around the value (the stack's API key)."
    assert said in found["Credential"]["words"]
    unset = "${CONTENTSTACK_API_KEY}"
    found = examined(*hosts_of(served), CONTENTSTACK_API_KEY=unset, **environ)
    assert "The stack's name is a variable" in found["Stack"]["words"]


def test_a_proxy_for_some_hosts_is_told_with_them() -> None:
    found = examined(
        "--region", "eu", HTTPS_PROXY="127.0.0.1:9", NO_PROXY="eu-api.*,[::1"
    )
    assert found["Proxy"]["verdict"] == "warn"
    said = "NO_PROXY: skipped, because Tokendeck can't read it: eu-api.*, [::1"
    assert found["Proxy"]["words"] == said
    output = doctor(
        "--cma",
        "https://a.invalid",
        "--cda",
        "https://b.invalid",
        ALL_PROXY="socks4://127.0.0.1:9",
        NO_PROXY="a.invalid",
    )[1]
    assert "a.invalid wasn't checked" not in output
    assert "b.invalid wasn't checked; see Proxy" in output
    assert "ok    Proxy           none for a.invalid" in output
    assert (
        "FAIL  Proxy           ALL_PROXY names a proxy that Tokendeck can't use"
        in output
    )


def test_a_login_that_is_over_says_so(served: Served) -> None:
    found = examined(*hosts_of(served), CONTENTSTACK_AUTHTOKEN="blt" + "0" * 16)
    assert found["User"]["verdict"] == "fail"
    assert found["User"]["cure"] == "Sign in again."


def test_a_file_that_may_not_be_read_is_named_with_its_cure(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "login"
    file.write_text("blt" + "7" * 16)
    file.chmod(0o644)
    login = examined(*hosts_of(served), "--auth-file", str(file))["Credential"]
    assert login["verdict"] == "fail"
    assert "chmod 600" in login["words"]
    assert "7777777" not in str(login)


def test_a_credential_that_is_piped_in_is_read(served: Served) -> None:
    result = CliRunner().invoke(
        tokendeck,
        [*hosts_of(served), "--auth-file", "-", "doctor"],
        input=served.user("Content Manager")["authtoken"],
    )
    assert "an authtoken from --auth-file" in result.output
    assert "chen@example.com" in result.output


def test_a_broken_configuration_is_named_and_the_rest_is_looked_at(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "home" / ".config" / "tokendeck"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("colour = 1\n")
    code, output = doctor("--demo")
    assert code == 1
    wrong = f"{folder / 'config.toml'}: colour: there is no such setting"
    assert f"FAIL  Configuration  {wrong}" in output
    assert "Terminal" in output


def test_a_variable_that_nothing_reads_is_named() -> None:
    assert (
        "TOKENDECK_REGOIN"
        in examined("--demo", TOKENDECK_REGOIN="eu")["Variable"]["words"]
    )


def test_a_host_that_nobody_listens_on_fails() -> None:
    found = examined(*NOBODY_LISTENS, CONTENTSTACK_AUTHTOKEN="blt" + "0" * 16)
    assert (
        found["Management API"]["verdict"] == found["Delivery API"]["verdict"] == "fail"
    )
    assert "HTTPS_PROXY" in found["Management API"]["cure"]
    assert found["Preview API"]["verdict"] == "warn"
    assert found["User"]["words"].startswith("not checked")


def test_a_proxy_is_named_without_its_password() -> None:
    found = examined("--region", "eu", HTTPS_PROXY="http://ana:hunter22@127.0.0.1:9")
    said = "Nothing is listening at the proxy 127.0.0.1:9 (HTTPS_PROXY)."
    assert (found["Proxy"]["verdict"], found["Proxy"]["words"]) == ("fail", said)
    assert found["Proxy"]["cure"].startswith("Check HTTPS_PROXY;")
    host = found["Management API"]
    assert host["verdict"] == "fail"
    assert (
        "Nothing is listening at the proxy 127.0.0.1:9 (HTTPS_PROXY)" in host["words"]
    )
    assert host["cure"].startswith("Check HTTPS_PROXY;")
    assert "hunter22" not in str(found)


@pytest.mark.parametrize(
    "proxy", ["http://ana:hunter22@[::1", "socks4://ana:hunter22@127.0.0.1:9"]
)
def test_a_proxy_that_cannot_be_used_fails_before_anything_is_asked(proxy: str) -> None:
    found = examined("--region", "eu", HTTPS_PROXY=proxy)
    assert found["Proxy"]["verdict"] == "fail"
    assert "wasn't checked; see Proxy" in found["Management API"]["words"]
    assert "hunter22" not in str(found)


def test_certificates_that_cannot_be_read_fail_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    found = examined("--region", "eu", SSL_CERT_FILE=str(tmp_path / "none.pem"))
    assert found["Certificates"]["verdict"] == "fail"
    assert "SSL_CERT_FILE" in found["Certificates"]["cure"]
    assert "wasn't checked; see Certificates" in found["Management API"]["words"]


def test_a_proxy_of_which_nothing_was_asked_is_not_said_to_work(tmp_path: Path) -> None:
    found = examined(
        "--region",
        "eu",
        SSL_CERT_FILE=str(tmp_path / "none.pem"),
        HTTPS_PROXY="127.0.0.1:9",
        CONTENTSTACK_AUTHTOKEN="blt" + "0" * 16,
    )
    assert found["Proxy"]["verdict"] == "warn"
    assert found["Proxy"]["words"] == "127.0.0.1:9 (HTTPS_PROXY) wasn't used"
    assert found["User"]["verdict"] == "warn"
    said = "not checked, because the management API wasn't called"
    assert found["User"]["words"] == said


def test_a_name_that_is_looked_up_for_ever_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered, gave_up = threading.Event(), threading.Event()

    def stuck(*_words: object, **_options: object) -> list[Any]:
        if not answered.wait(30):
            gave_up.set()
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    monkeypatch.setattr(checkup, "HOST_SECONDS", 0.1)
    try:
        found = examined("--region", "eu")
        assert not gave_up.is_set()
    finally:
        answered.set()
    assert (
        found["Management API"]["words"]
        == "No answer within 0.1 seconds (eu-api.contentstack.com)."
    )
