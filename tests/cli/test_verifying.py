from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.cli.headless import Headless, no_secret
from tests.cli.test_creating import values_of
from tui.cli.exit_codes import Exit
from tui.cli.main import tokendeck
from tui.contentstack.transport import Transport


def test_a_token_that_works_is_proved_on_each_host(shell: Headless) -> None:
    document = shell("verify", "web-production", "--json").json
    assert document["works"] is True
    assert [check["kind"] for check in document["checks"]] == ["delivery", "preview"]


def test_a_token_that_does_not_work_is_exit_code_8(shell: Headless) -> None:
    done = shell("verify", "kiosk-berlin", "--json")
    assert (done.code, done.json["works"]) == (Exit.NOT_VERIFIED, False)


def test_a_host_that_does_not_answer_says_nothing_of_a_token(shell: Headless) -> None:
    shell.sandbox.fail("500", api="delivery", times=None)
    shell.sandbox.fail("500", api="preview", times=None)
    assert shell("verify", "web-production").code == Exit.NETWORK


def test_all_tokens_of_a_kind_can_be_verified(shell: Headless) -> None:
    done = shell("verify", "--all", "--jsonl")
    assert done.code == Exit.NOT_VERIFIED
    assert len(done.stdout.splitlines()) > len(shell.tokens())


def test_a_management_token_is_verified_by_its_value_from_a_pipe(
    shell: Headless,
) -> None:
    assert shell("verify", "ci-deploy").code == Exit.USAGE
    value, _ = values_of(shell, "ci-deploy")
    words = ("verify", "ci-deploy", "--value-stdin")
    done = shell(*words, typed=f"{value}\n")
    assert done.code == Exit.DONE
    no_secret(shell, [done.stdout, done.stderr])
    assert shell(*words, typed="cs" + "1" * 24).code == Exit.NOT_VERIFIED
    assert shell(*words, typed="").code == Exit.USAGE


@pytest.mark.parametrize(
    ("dressed", "removed"),
    [
        ('"{}"', "quotes"),
        ("'{}'\n", "quotes"),
        ("NAME={}\n", "a name"),
        ("export NAME='{}'", "a name"),
        ("\ufeff{}\r\n", "a byte order mark"),
        ("Bearer {}", ""),
    ],
)
def test_what_stands_around_a_piped_value_comes_off(
    shell: Headless, dressed: str, removed: str
) -> None:
    value, _ = values_of(shell, "ci-deploy")
    words = ("verify", "ci-deploy", "--value-stdin")
    done = shell(*words, typed=dressed.format(value))
    assert done.code == Exit.DONE, done.stderr
    assert removed in done.stderr
    no_secret(shell, [done.stdout, done.stderr])


@pytest.mark.parametrize("piped", ["<{}>", "op://vault/{}", '{{"a": "{}"}}', "$CS{}"])
def test_what_can_be_no_value_is_refused_unsent(shell: Headless, piped: str) -> None:
    value, _ = values_of(shell, "ci-deploy")
    shell.requests.clear()
    words = ("verify", "ci-deploy", "--value-stdin")
    done = shell(*words, typed=piped.format(value))
    assert (done.code, shell.requests) == (Exit.USAGE, [])
    no_secret(shell, [done.stdout, done.stderr])


def test_another_value_than_the_known_one_is_said_to_be_that(shell: Headless) -> None:
    words = ("verify", "kiosk-berlin", "--value-stdin")
    shell.requests.clear()
    done = shell(*words, typed="cs" + "1" * 24)
    assert done.code == Exit.NOT_VERIFIED
    assert "This isn't the value of kiosk-berlin" in done.stderr
    assert not any("content_types" in path for _, path in shell.requests)
    value, _ = values_of(shell, "web-staging")
    done = shell(*words, typed=value)
    assert "This is the value of web-staging, not of kiosk-berlin" in done.stderr


def test_what_is_to_be_verified_has_to_be_said(shell: Headless) -> None:
    for words in ((), ("web-production", "--all"), ("--all", "--value-stdin")):
        assert shell("verify", *words).code == Exit.USAGE
    assert shell.requests == []


def test_health_is_exit_code_9_only_if_asked_for(shell: Headless) -> None:
    assert shell("health").code == Exit.DONE
    strict = shell("health", "--strict", "--json")
    assert strict.code == Exit.FOUND
    names = {warning["name"] for warning in strict.json["warnings"]}
    assert "kiosk-berlin" in names
    assert shell("hints", "--strict").code == Exit.FOUND


def test_coverage_maps_each_cell_and_only_gaps_if_asked(shell: Headless) -> None:
    document = shell("coverage", "--json").json
    gaps = shell("coverage", "--gaps", "--json").json
    assert len(gaps["cells"]) == gaps["gaps"] == document["gaps"]
    assert all(not cell["tokens"] for cell in gaps["cells"])
    assert len(document["cells"]) > len(gaps["cells"])


def test_whoami_stacks_environments_branches(shell: Headless) -> None:
    who = shell("whoami", "--json").json
    assert (who["email"], who["roles"]) == ("ana@example.com", ["Admin"])
    assert shell("stacks", "--plain", "name").stdout.split() == ["Press", "Storefront"]
    assert "production" in shell("environments", "--plain", "name").stdout.split()
    lanes = shell("branches", "--json").json["branches"]
    assert {"kind": "alias", "name": "release", "target": "release_7"} in lanes


def test_a_kind_without_a_token_has_nothing_to_verify(shell: Headless) -> None:
    shell.sandbox.stacks[0].delivery_tokens.clear()
    done = shell("verify", "--all", "--json")
    assert done.error["code"] == Exit.NOT_FOUND
    assert done.error["what"] == "There is no delivery token."


def test_a_list_that_can_not_be_read_is_not_called_empty(shell: Headless) -> None:
    shell.sandbox.fail("500", path="/v3/stacks/delivery_tokens", times=None)
    done = shell("verify", "--all", "--json")
    assert done.error["code"] == Exit.NETWORK


@pytest.mark.parametrize(
    ("fault", "code"), [("429", Exit.CONFLICT), ("500", Exit.NETWORK)]
)
def test_what_may_pass_is_told_from_a_token_that_does_not_work(
    shell: Headless, monkeypatch: pytest.MonkeyPatch, fault: str, code: Exit
) -> None:
    async def at_once(_seconds: float) -> None:
        """Retry without waiting."""

    defaults = Transport.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "sleep", at_once)
    shell.sandbox.fail(fault, api="delivery", times=None)
    shell.sandbox.fail(fault, api="preview", times=None)
    assert shell("verify", "web-production").code == code


@pytest.mark.parametrize("piped", [b"\xff\xfe\xfd", b"\xc3("])
def test_what_is_no_text_is_no_value(shell: Headless, piped: bytes) -> None:
    words = ["--demo", "verify", "ci-deploy", "--value-stdin"]
    done = CliRunner().invoke(tokendeck, words, input=piped)
    assert done.exit_code == Exit.USAGE
    assert "standard input has no value" in done.stderr
