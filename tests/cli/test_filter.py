"""`tokendeck list` with `--filter`, and over all stacks."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cli.headless import Done, Headless, headless, no_secret
from tests.cli.test_documents import check
from tests.cli.test_matrix import WEATHER
from tui.cli.exit_codes import Exit
from tui.cli.main import tokendeck
from tui.config.reading import config_file
from tui.config.settings import Settings
from tui.connection.connection import Connection
from tui.connection.demo import connection_to
from tui.contentstack.transport import Transport
from tui.paths import docs_folder
from tui.query.fields import FIELDS


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting."""

    async def at_once(_seconds: float) -> None:
        return

    defaults = Transport.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "sleep", at_once)


def test_a_filter_leaves_the_tokens_that_fit(shell: Headless) -> None:
    everything = shell("list", "--json").json["tokens"]
    done = shell("list", "--filter", "env:production", "--json")
    check("list", done.json)
    names = {token["name"] for token in done.json["tokens"]}
    fitting = {it["name"] for it in everything if "production" in it["environments"]}
    assert names == fitting != set()
    other = shell("list", "--filter", "!env:production", "--json").json["tokens"]
    assert len(names) + len(other) == len(everything)


@pytest.mark.parametrize("query", ["evn:qa", "expires:soon", "OR", 'env:"qa'])
def test_a_query_that_is_wrong_is_told_before_anything_is_sent(
    shell: Headless, query: str
) -> None:
    for more in ((), ("--all-stacks",)):
        done = shell("list", *more, "--filter", query)
        assert (done.code, done.stdout) == (Exit.USAGE, "")
        assert "--filter, at character" in done.stderr
    assert shell.requests == []


def test_all_stacks_in_each_shape(shell: Headless) -> None:
    done = shell("list", "--all-stacks", "--json")
    check("list --all-stacks", done.json)
    tokens = done.json["tokens"]
    assert len({row["stack"] for row in tokens}) > 1
    assert {row["token"]["kind"] for row in tokens} == {"delivery", "management"}
    lines = shell("list", "--all-stacks", "--jsonl").stdout.splitlines()
    streamed = [json.loads(line)["token"]["uid"] for line in lines]
    assert sorted(streamed) == sorted(row["token"]["uid"] for row in tokens)
    people = shell("list", "--all-stacks")
    assert people.stdout.startswith("STACK")
    assert len(people.stdout.splitlines()) == len(tokens) + 1
    no_secret(shell, [done.stdout, people.stdout, *lines])


@pytest.mark.parametrize("query", ["access:write", "by:ana", "web", "stack:press"])
def test_all_stacks_filtered_stream_what_the_document_holds(
    shell: Headless, query: str
) -> None:
    words = ("list", "--all-stacks", "--filter", query)
    rows = shell(*words, "--json").json["tokens"]
    lines = shell(*words, "--jsonl").stdout.splitlines()
    assert len(lines) == len(rows) > 0
    only = shell(*words, "--delivery", "--json").json["tokens"]
    assert {row["token"]["kind"] for row in only} <= {"delivery"}


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("shape", ["--json", "--jsonl"])
def test_a_failure_over_all_stacks_has_the_documented_code(
    monkeypatch: pytest.MonkeyPatch, weather: str, shape: str
) -> None:
    shell = headless(monkeypatch)
    change, code = WEATHER[weather]
    change(shell)
    done = shell("list", "--all-stacks", shape)
    assert (done.code, done.error["code"]) == (code, code)


def test_a_signal_ends_a_reading_of_all_stacks(shell: Headless) -> None:
    app = shell.sandbox.management

    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/delivery_tokens"):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(1)
        await app(scope, receive, send)

    shell.sandbox.management = interrupted
    done = shell("list", "--all-stacks", "--json")
    assert done.error["code"] == Exit.FAILED


def test_the_page_explains_every_field() -> None:
    page = (docs_folder() / "all-stacks.md").read_text("utf-8")
    table = page.partition("| field |")[2].partition("\n\n")[0]
    explained = set(re.findall(r"`([a-z]+):`", table))
    assert explained == {*FIELDS}


def test_the_queries_of_the_page_work(shell: Headless) -> None:
    page = (docs_folder() / "all-stacks.md").read_text("utf-8")
    lines = re.findall(r"^\$ tokendeck (list .+)$", page, re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        done = shell(*shlex.split(line))
        assert (done.code, done.stderr) == (Exit.DONE, "")
        assert done.stdout


VIEWS = """
[views]
risky = "access:write expires:never OR expires:expired"

[profiles.default]
region = "na"
"""


@pytest.fixture
def configured() -> None:
    """Write a configuration with a view."""
    file = config_file(os.environ)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(VIEWS)
    file.chmod(0o600)


@pytest.mark.usefixtures("configured")
def test_a_view_is_a_filter_by_name(shell: Headless) -> None:
    query = "access:write expires:never OR expires:expired"
    for more in (("--management",), ("--all-stacks",)):
        by_name = shell("list", *more, "--view", "risky", "--json").json["tokens"]
        assert (
            by_name == shell("list", *more, "--filter", query, "--json").json["tokens"]
        )
        assert by_name


@pytest.mark.usefixtures("configured")
def test_an_unknown_view_is_named_with_those_there_are(shell: Headless) -> None:
    done = shell("list", "--view", "rsky")
    assert done.code == Exit.USAGE
    assert "Your views: risky." in done.stderr
    assert shell("list", "--view", "risky", "--filter", "a").code == Exit.USAGE
    assert shell.requests == []


@pytest.mark.usefixtures("configured")
def test_what_is_due_is_filtered_too(shell: Headless) -> None:
    everything = shell("due", "--json").json["tokens"]
    press = shell("due", "--filter", "stack:press", "--json")
    check("due", press.json)
    assert {token["stack"] for token in press.json["tokens"]} == {"Press"}
    risky = shell("due", "--view", "risky", "--json").json["tokens"]
    assert 0 < len(risky) < len(everything)
    # What doesn't match doesn't count: nothing else makes it exit with 9.
    assert shell("due", "--filter", "kind:delivery").code == Exit.DONE


def test_several_profiles_are_read_into_one_list(
    shell: Headless, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config_file(os.environ)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[profiles.one]\nregion = "na"\n[profiles.two]\nregion = "eu"\n')
    file.chmod(0o600)
    connect = connection_to(shell.sandbox)

    def connection_of(settings: Settings, _environ: object) -> Connection:
        if settings.profile == "two":
            return replace(connect, credential=None)
        return connect

    monkeypatch.setattr("tui.cli.run.connection_of", connection_of)
    monkeypatch.setattr("tui.account.credential_search.connection_of", connection_of)

    def invoke(*words: str) -> Done:
        result = CliRunner().invoke(tokendeck, words)
        return Done(result.exit_code, result.stdout, result.stderr)

    done = invoke("--profile", "one,two", "list", "--all-stacks", "--json")
    assert done.code == Exit.DONE
    assert {row["stack"] for row in done.json["tokens"]} == {"Storefront", "Press"}
    (missing,) = done.json["not_read"]
    assert (missing["profile"], missing["reason"]) == ("two", "You aren't signed in")
    people = invoke("--profile", "one,two", "list", "--all-stacks")
    assert "Couldn't read two: You aren't signed in." in people.stderr
    done = invoke("--profile", "one,three", "due")
    assert done.code == Exit.USAGE
    assert "no profile three" in done.stderr
