from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.headless import Headless, no_secret
from tui.cli.exit_codes import Exit
from tui.cli.main import tokendeck
from tui.cli.table import ALIASES, SHELL_COMMANDS
from tui.commands import COMMANDS


def test_list_prints_a_row_for_each_token_and_no_value(shell: Headless) -> None:
    done = shell("list")
    head, *rows = done.stdout.splitlines()
    assert head.split()[:4] == ["NAME", "ENVIRONMENT", "PREVIEW", "TOKEN"]
    assert len(rows) == len(shell.sandbox.stacks[0].delivery_tokens)
    assert "\x1b" not in done.stdout
    no_secret(shell, [done.stdout, shell("list", "--json").stdout])


def test_list_reads_no_more_than_the_list_it_prints(shell: Headless) -> None:
    shell("list")
    lists = [path for _, path in shell.requests if path != "/v3/stacks"]
    assert set(lists) == {"/v3/stacks/delivery_tokens"}


def test_the_shapes_hold_the_same_tokens(shell: Headless) -> None:
    names = [row["name"] for row in shell("list", "--json").json["tokens"]]
    lines = shell("list", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["name"] for line in lines] == names
    assert shell("list", "--plain", "name").stdout.splitlines() == names
    prints = shell("list", "--plain", "value.fingerprint").stdout.splitlines()
    assert all(len(line) == 6 for line in prints)


def test_an_unknown_field_is_usage_and_names_the_fields(shell: Headless) -> None:
    done = shell("list", "--plain", "nmae")
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert "environments" in done.stderr


def test_a_token_is_found_by_uid_name_last_four_and_fingerprint(
    shell: Headless,
) -> None:
    token = shell.tokens()["web-production"]
    ways = (
        token["uid"],
        token["name"],
        token["value"]["masked"][-4:],
        token["preview"]["masked"][-4:],
        token["value"]["fingerprint"],
        token["value"]["fingerprint"].upper(),
    )
    for way in ways:
        assert shell("show", way, "--json").json["uid"] == token["uid"]


def test_several_matches_are_listed_and_nothing_is_done(shell: Headless) -> None:
    stack = shell.sandbox.stacks[0]
    first, *_ = stack.delivery_tokens.values()
    robot, *_ = stack.management_tokens.values()
    robot.name = first.name
    done = shell("show", first.name, "--json")
    assert done.code == Exit.NOT_FOUND
    found = {match["uid"] for match in done.error["matches"]}
    assert found == {first.uid, robot.uid}
    shown = shell("show", first.name, "--management", "--json")
    assert shown.json["uid"] == robot.uid


def test_who_may_not_see_management_tokens_still_finds_the_others(
    shell: Headless,
) -> None:
    shell.role = "Developer"
    assert shell("show", "web-production").code == Exit.DONE
    missing = shell("show", "ci-deploy")
    assert missing.code == Exit.NOT_FOUND
    assert "aren't allowed to read management tokens" in missing.stderr
    assert shell("list", "--management", "--json").error["code"] == Exit.REFUSED


def test_a_row_that_is_not_understood_is_told(shell: Headless) -> None:
    shell.sandbox.add_row("delivery_tokens", {"uid": "blt0", "name": None})
    document = shell("list", "--json").json
    assert [row["uid"] for row in document["not_understood"]] == ["blt0"]
    assert "Tokendeck doesn't understand blt0" in shell("list").stderr
    assert "doesn't understand" in shell("show", "blt0").stderr


def test_names_from_outside_can_not_steer_a_terminal(shell: Headless) -> None:
    token, *_ = shell.sandbox.stacks[0].delivery_tokens.values()
    token.name = "web\x1b]52;c;aGk=\x07\nx"
    for words in (["list"], ["list", "--plain", "name"], ["show", token.uid]):
        assert "\x1b" not in shell(*words).stdout
    assert shell("show", token.uid, "--json").json["name"] == token.name


def test_every_command_that_needs_no_screen_has_a_twin_of_its_id() -> None:
    headless = {item.id for item in COMMANDS if not item.needs_screen}
    twins = {each for entry in SHELL_COMMANDS.values() for each in entry.ids}
    assert headless == twins


@pytest.mark.parametrize("name", [*SHELL_COMMANDS, *ALIASES])
def test_a_command_is_called_as_its_table_says(name: str) -> None:
    entry = SHELL_COMMANDS[ALIASES.get(name, name)]
    command = entry.load()
    assert command.name == ALIASES.get(name, name)
    assert command.help
    assert tokendeck.get_command(None, name) is command  # type: ignore[arg-type]


def test_list_loads_no_textual_and_nothing_that_it_has_no_use_for() -> None:
    code = (
        "import sys, json\n"
        "from tui.cli.main import tokendeck\n"
        "try: tokendeck(['--demo', 'list', '--json'], prog_name='tokendeck')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stderr))
    late = {
        "textual",
        "rich",
        "anyio",
        "httpx._main",
        "tomlkit",
        "keyring",
        "cryptography",
    }
    late |= {"pyperclip", "uvicorn", "tui.commands", "tui.clipboard.copier"}
    late |= {"tui.screens", "tui.widgets", "tui.terminal"}
    assert late & loaded == set()
    assert json.loads(done.stdout)["tokens"]


def test_an_option_that_comes_first_is_told_so(shell: Headless) -> None:
    done = shell("list", "--stack", "Press")
    assert done.code == Exit.USAGE
    assert "Put it before the command: tokendeck --stack … list." in done.stderr
    assert "Put it before" not in shell("list", "--stac").stderr


@pytest.mark.parametrize(
    "words",
    [
        ("show", ""),
        ("show", " "),
        ("export", "", "--reveal"),
        ("verify", ""),
        ("rotate", "", "--until", "verified"),
        ("delete", "kiosk-berlin", "", "--yes"),
        ("edit", "", "--description", "x"),
        ("preview", "create", ""),
    ],
    ids=" ".join,
)
def test_an_empty_name_is_a_usage_error(
    shell: Headless, words: tuple[str, ...]
) -> None:
    done = shell(*words)
    assert (done.code, shell.writes) == (Exit.USAGE, [])
    assert "The token's name is empty" in done.stderr


def test_several_environments_of_one_token_are_refused_without_talk_of_a_screen(
    shell: Headless,
) -> None:
    done = shell("edit", "web-staging", "--env", "qa", "--env", "staging")
    assert (done.code, shell.writes) == (Exit.USAGE, [])
    assert "A delivery token serves one environment" in done.stderr
    assert "marked" not in done.stderr
    assert "create one token each" not in shell("edit", "--help").stdout
    assert "create one token each" in " ".join(shell("create", "--help").stdout.split())
