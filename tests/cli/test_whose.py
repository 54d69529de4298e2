"""`tokendeck whose`: from a value to its token."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from tests.cli.headless import Done, Headless, no_secret
from tests.cli.test_config import put
from tests.cli.test_creating import values_of
from tests.cli.test_documents import check
from tests.fleet.worlds import WatchedRegion, region_of
from tests.leaks.projects import STRANGER
from tests.support.terminal import environment_with
from tui.cli.exit_codes import Exit
from tui.cli.main import tokendeck
from tui.config.settings import Settings
from tui.connection.connection import Connection
from tui.sandbox.fleet_seeds import fleet_seeds


def asked(shell: Headless, text: str, *words: str) -> Done:
    done = shell("whose", *words, typed=text)
    no_secret(shell, [done.stdout, done.stderr])
    return done


def test_a_delivery_token_is_named_with_stack_scope_and_age(shell: Headless) -> None:
    value, _ = values_of(shell, "web-production")
    done = asked(shell, f"TOKEN='{value}'\n")
    assert done.code == Exit.DONE
    facts = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert facts["Token"] == "web-production (delivery token)"
    assert facts["Stack"].startswith("Storefront")
    assert facts["Organization"] == "Acme"
    assert facts["Environment"] == "production"
    assert "ago" in facts["Created"]
    assert facts["Status"].startswith("live")
    assert "Removed from around the value: quotes, a name." in done.stderr
    for command in ("verify", "rotate", "delete"):
        assert f" {command} " in done.stderr


def test_a_preview_token_is_told_from_its_delivery_token(shell: Headless) -> None:
    _, preview = values_of(shell, "web-production")
    done = asked(shell, str(preview), "--json")
    check("whose", done.json)
    (found,) = done.json["values"]
    assert (found["kind"], found["token"]["name"]) == ("preview", "web-production")
    assert "preview delete" in " ".join(found["next"])


def test_a_token_of_any_stack_is_named_if_all_are_read(shell: Headless) -> None:
    stack = shell.sandbox.stacks[1]
    record, *_ = stack.delivery_tokens.values()
    assert asked(shell, record.value).code == Exit.NOT_FOUND
    done = asked(shell, record.value, "--all-stacks", "--json")
    check("whose", done.json)
    (found,) = done.json["values"]
    assert (found["stack"], found["token"]["name"]) == (stack.name, record.name)
    assert found["organization"]
    assert stack.api_key in found["next"][0]


def test_of_several_stacks_it_is_said_which_could_not_be_read(
    shell: Headless,
) -> None:
    done = asked(shell, STRANGER, "--all-stacks")
    assert "It's in none of the 2 stacks." in done.stderr
    record, *_ = shell.sandbox.stacks[1].delivery_tokens.values()
    record.name = 7  # type: ignore[assignment]
    done = asked(shell, STRANGER, "--all-stacks")
    first, second = shell.sandbox.stacks
    assert f"isn't among the tokens of {first.name} that could be read" in done.stderr
    assert f"1 stack couldn't be read in full ({second.name})" in done.stderr


def test_a_management_token_of_another_stack_is_proved_there(shell: Headless) -> None:
    stack = next(x for x in shell.sandbox.stacks[1:] if x.management_tokens)
    record, *_ = stack.management_tokens.values()
    done = asked(shell, record.value, "--all-stacks", "--prove")
    assert done.code == Exit.DONE
    assert "management token" in done.stderr
    assert stack.name in done.stderr


def test_each_value_of_a_file_is_answered(shell: Headless) -> None:
    value, preview = values_of(shell, "web-production")
    key = shell.sandbox.stacks[0].api_key
    text = f"API_KEY={key}\nTOKEN={value}\nPREVIEW_TOKEN={preview}\nX_TOKEN={STRANGER}"
    done = asked(shell, text)
    assert done.code == Exit.NOT_FOUND
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["API_KEY", "TOKEN", "PREVIEW_TOKEN", "X_TOKEN"]
    assert "isn't a secret" in done.stderr
    assert STRANGER not in done.stdout + done.stderr


def test_a_value_that_nobody_shows_is_said_with_what_a_proof_would_send(
    shell: Headless,
) -> None:
    value, _ = values_of(shell, "ci-deploy")
    done = asked(shell, value)
    assert done.code == Exit.NOT_FOUND
    assert "isn't among the tokens of Storefront" in done.stderr
    assert "--prove sends 1 request" in done.stderr
    assert "content_types" not in str(shell.requests)
    assert ("GET", "/v3/environments") not in shell.requests


def test_a_proof_is_announced_and_names_what_it_can(shell: Headless) -> None:
    value, _ = values_of(shell, "ci-deploy")
    done = asked(shell, value, "--prove")
    assert done.code == Exit.DONE
    first, *_ = done.stderr.splitlines()
    assert first.startswith("Sending the value to ")
    assert ("GET", "/v3/environments") in shell.requests
    assert "one of these: " in done.stderr
    assert "ci-deploy" in done.stderr
    document = asked(shell, value, "--prove", "--json").json
    check("whose", document)
    assert len(document["values"][0]["candidates"]) > 1
    stack = shell.sandbox.stacks[0]
    for uid, record in [*stack.management_tokens.items()]:
        if record.name != "ci-deploy":
            del stack.management_tokens[uid]
    done = asked(shell, value, "--prove")
    assert "This is the management token ci-deploy of Storefront." in done.stderr


@pytest.mark.parametrize("shape", [["--json"], ["--jsonl"], ["--plain", "status"], []])
def test_a_proof_is_announced_to_programs_too(
    shell: Headless, shape: list[str]
) -> None:
    value, _ = values_of(shell, "ci-deploy")
    done = asked(shell, value, "--prove", *shape)
    first, *_ = done.stderr.splitlines()
    if "json" in "".join(shape):
        first = json.loads(first)["notice"]
    assert first.startswith("Sending the value to ")
    assert "1 request" in first


@pytest.mark.parametrize("shape", [["--json"], []])
def test_nothing_is_announced_where_nothing_is_sent(
    shell: Headless, shape: list[str]
) -> None:
    value, _ = values_of(shell, "web-production")
    assert "Sending" not in asked(shell, value, "--prove", *shape).stderr
    assert "Sending" not in asked(shell, STRANGER, *shape).stderr


def test_a_proof_that_fails_says_so(shell: Headless) -> None:
    done = asked(shell, STRANGER, "--prove")
    assert done.code == Exit.NOT_FOUND
    assert "doesn't accept it" in done.stderr
    assert "--prove" not in done.stderr


def test_a_uid_is_never_sent(shell: Headless) -> None:
    before = len(shell.requests)
    done = asked(shell, "blt0011223344556677", "--prove")
    assert done.code == Exit.NOT_FOUND
    assert "looks like a uid" in done.stderr
    assert ("GET", "/v3/environments") not in shell.requests[before:]


def test_your_own_authtoken_and_the_uid_of_a_token_are_known(shell: Headless) -> None:
    credential = shell.connect().credential
    assert credential is not None
    own = credential.secret.reveal()
    assert "your own authtoken" in asked(shell, own).stderr
    token, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    assert f"uid of the token {token.name}" in asked(shell, token.uid).stderr


def test_a_list_that_was_cut_is_never_called_none(
    shell: Headless, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    monkeypatch.setattr(record, "name", 7)
    done = asked(shell, STRANGER)
    assert "couldn't be read in full (Storefront)" in done.stderr
    assert "none" not in done.stderr.lower()


@pytest.mark.parametrize(
    "words", [(STRANGER,), ("--", STRANGER), (f"--{STRANGER}",), (f"-{STRANGER}",)]
)
def test_a_value_among_the_words_is_refused_and_not_repeated(
    shell: Headless, words: tuple[str, ...]
) -> None:
    done = shell("whose", *words, typed=STRANGER)
    assert done.code == Exit.USAGE
    assert STRANGER not in done.stdout + done.stderr
    assert "history" in done.stderr
    assert shell.requests == []


@pytest.mark.parametrize("text", ["", "{}", "<your token>", "a b c", "$TOKEN"])
def test_what_is_no_value_is_said_before_anything_is_sent(
    shell: Headless, text: str
) -> None:
    done = shell("whose", "--json", typed=text)
    assert done.error["code"] == Exit.USAGE
    assert "Nothing was sent" in done.error["next"]
    assert shell.requests == []


def test_more_than_a_file_of_settings_is_refused(shell: Headless) -> None:
    done = shell("whose", typed="x" * 1_100_000)
    assert done.code == Exit.USAGE
    assert "tokendeck find" in done.stderr


def test_on_a_terminal_the_value_is_not_shown(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("tokendeck"))
    environ = environment_with({"HOME": str(tmp_path), "TERM": "xterm"})
    child = pexpect.spawn(program, ["--demo", "whose"], env=environ, encoding="utf-8")
    child.expect("not shown")
    child.sendline(STRANGER)
    child.expect("isn't among the tokens of Storefront")
    child.expect(pexpect.EOF)
    assert isinstance(child.before, str)
    assert STRANGER not in child.before


def test_json_is_one_document(shell: Headless) -> None:
    value, _ = values_of(shell, "web-production")
    done = asked(shell, value, "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["values"][0]["status"].startswith("live")


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> dict[str, WatchedRegion]:
    """Set up two profiles, signed in to two regions, and watch their requests."""
    worlds = {}
    for name, profile in (("na", "work"), ("eu", "client")):
        region = region_of(fleet_seeds(2, 4)[name], name, rate_limit=None)
        region.latency = 0
        worlds[profile] = region

    def connect(settings: Settings, _environ: Mapping[str, str]) -> Connection:
        return worlds[settings.profile or ""].connect()()

    for place in ("tui.cli.run", "tui.account.credential_search"):
        monkeypatch.setattr(f"{place}.connection_of", connect)
    monkeypatch.setattr("tui.cli.run.guard_output", lambda _log: None)
    monkeypatch.setattr("tui.cli.run.forbid_dumps", lambda: None)
    put("[profiles.work]\nregion = 'na'\n[profiles.client]\nregion = 'eu'\n")
    return worlds


@pytest.mark.parametrize("asked_at", ["work", "client"])
def test_each_stack_is_asked_by_the_profile_that_sees_it(
    worlds: dict[str, WatchedRegion], asked_at: str
) -> None:
    stacks = worlds[asked_at].sandbox.stacks
    value = next(
        record.value for x in stacks for record in x.management_tokens.values()
    )
    words = ["--profile", "work,client", "whose", "--all-stacks", "--prove"]
    result = CliRunner().invoke(tokendeck, words, input=value)
    assert result.exit_code == Exit.DONE, result.stderr
    first, *_ = result.stderr.splitlines()
    for region in worlds.values():
        sent = {asked.api_key for asked in region.of("/environments")}
        assert sent <= {stack.api_key for stack in region.sandbox.stacks}
        assert f"cma.{region.name}.invalid (" in first
    assert worlds[asked_at].of("/environments")
    assert "management token" in result.stderr
