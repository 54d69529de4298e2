"""The commands for all stacks: due, inventory and drift."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path

import pexpect
import pytest
from icalendar import Calendar

from tests.cli.headless import Headless, headless, no_secret
from tests.cli.test_documents import check
from tests.cli.test_matrix import WEATHER
from tests.support.terminal import environment_with
from tui.cli.exit_codes import Exit
from tui.contentstack.transport import Transport
from tui.sandbox.fleet_seeds import fleet_seeds
from tui.sandbox.service import Sandbox


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting."""

    async def at_once(_seconds: float) -> None:
        return

    defaults = Transport.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "sleep", at_once)


@pytest.fixture
def fleet(shell: Headless) -> Headless:
    """The command line on a small fleet, seen by an Admin of most of it."""
    shell.sandbox = Sandbox.from_seed(fleet_seeds(18, 40)["na"])
    return shell


def test_due_lists_all_stacks_by_expiry(fleet: Headless) -> None:
    done = fleet("due", "--json")
    check("due", done.json)
    assert done.code == Exit.FOUND
    tokens = done.json["tokens"]
    assert len({token["stack"] for token in tokens}) > 2
    moments = [token["expires_on"] for token in tokens if token["expires_on"]]
    assert moments == sorted(moments)
    assert tokens[-1]["expires_on"] is None
    assert any(token["due"] for token in tokens)
    assert {row["reason"] for row in done.json["not_read"]}
    no_secret(fleet, [done.stdout, done.stderr])


def test_due_says_to_people_what_it_could_not_read(fleet: Headless) -> None:
    done = fleet("due")
    assert done.stdout.startswith("EXPIRES")
    assert "Couldn't read " in done.stderr
    assert "Owners and Admins only." in done.stderr
    # Progress is only shown to someone who's watching.
    assert "\r" not in done.stderr
    no_secret(fleet, [done.stdout, done.stderr])


def test_nothing_is_due_in_an_hour(shell: Headless) -> None:
    assert shell("due", "--within", "1h").code == Exit.DONE
    assert shell("due", "--within", "6d").code == Exit.FOUND


def test_due_in_every_form(fleet: Headless) -> None:
    count = len(fleet("due", "--json").json["tokens"])
    lines = fleet("due", "--jsonl").stdout.splitlines()
    assert len([*map(json.loads, lines)]) == count
    rows = [*csv.DictReader(io.StringIO(fleet("due", "--csv").stdout))]
    assert len(rows) == count
    assert rows[0]["stack"]
    assert fleet("due", "--markdown").stdout.startswith("| expires |")
    assert len(fleet("due", "--plain", "uid").stdout.splitlines()) == count
    calendar = Calendar.from_ical(fleet("due", "--ics").stdout)
    dated = [row for row in rows if row["state"] in ("due", "later")]
    assert len(calendar.walk("VEVENT")) == len(dated) > 0


@pytest.mark.parametrize(
    "words", [("--within", "soon"), ("--csv", "--json"), ("--rate", "10")], ids=" ".join
)
def test_due_asked_wrongly(shell: Headless, words: tuple[str, ...]) -> None:
    done = shell("due", *words)
    assert (done.code, done.stdout) == (Exit.USAGE, "")
    assert shell.requests == []


def test_an_inventory_is_the_same_each_time(fleet: Headless, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    done = fleet("inventory", "--out", str(one), "--json")
    check("inventory", done.json)
    assert done.json["stacks"] > 2
    fleet("inventory", "--out", str(two))
    assert one.read_bytes() == two.read_bytes()
    no_secret(fleet, [one.read_text(), done.stdout])


def test_drift_tells_what_changed(shell: Headless, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    shell("inventory", "--out", str(file))
    done = shell("drift", str(file))
    assert (done.code, done.stdout) == (Exit.DONE, "")
    assert "Nothing changed." in done.stderr
    check("drift", shell("drift", str(file), "--json").json)
    robot, *_ = shell.sandbox.stacks[0].management_tokens.values()
    before, robot.name = robot.name, "other"
    done = shell("drift", str(file), "--json")
    check("drift", done.json)
    assert done.code == Exit.FOUND
    (change,) = done.json["changes"]
    assert change["what"] == f"renamed from {before}"
    people = shell("drift", str(file))
    assert people.code == Exit.FOUND
    assert f"renamed from {before}" in people.stdout
    lines = shell("drift", str(file), "--jsonl").stdout.splitlines()
    assert [*map(json.loads, lines)] == [change]


@pytest.mark.parametrize("content", [None, b"", b"{}x", b'{"format": 9}', b"\xff"])
def test_drift_refuses_what_is_no_inventory(
    shell: Headless, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "tokens.json"
    if content is not None:
        file.write_bytes(content)
    assert shell("drift", str(file), "--json").error["code"] == Exit.FAILED
    assert shell.requests == []


def test_an_inventory_that_can_not_be_written(shell: Headless, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = shell("inventory", "--out", str(tmp_path / "file" / "x"), "--json")
    assert done.error["code"] == Exit.FAILED
    os.mkfifo(tmp_path / "pipe")
    requests = len(shell.requests)
    done = shell("inventory", "--out", str(tmp_path / "pipe"), "--json")
    assert done.error["code"] == Exit.FAILED
    assert len(shell.requests) == requests


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("name", ["inventory", "drift"])
def test_a_failure_has_the_documented_code_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, weather: str
) -> None:
    shell, file = headless(monkeypatch), tmp_path / "tokens.json"
    words = ["inventory", "--out", str(file)]
    if name == "drift":
        shell(*words)
        words = ["drift", str(file)]
    change, code = WEATHER[weather]
    change(shell)
    done = shell(*words, "--json")
    assert (done.code, done.error["code"]) == (code, code)
    assert name == "drift" or not file.exists()


def test_a_stack_that_fails_spoils_no_other(shell: Headless) -> None:
    count = len(shell("due", "--json").json["tokens"])
    shell.sandbox.fail("500", path="/v3/stacks/management_tokens", times=None)
    done = shell("due", "--json")
    assert 0 < len(done.json["tokens"]) < count
    assert done.json["not_read"]


def test_nothing_that_was_read_is_kept_on_disk(shell: Headless, tmp_path: Path) -> None:
    def files() -> set[Path]:
        return {path for path in tmp_path.rglob("*") if path.is_file()}

    before = files()
    shell("list", "--all-stacks")
    shell("due", "--csv")
    assert files() == before


def test_health_over_all_stacks(shell: Headless) -> None:
    done = shell("health", "--all-stacks", "--strict", "--json")
    check("health --all-stacks", done.json)
    assert done.code == Exit.FOUND
    warnings = done.json["warnings"]
    assert {each["stack"] for each in warnings} == {"Storefront", "Press"}
    kinds = [each["warning"]["kind"] for each in warnings]
    assert kinds == sorted(kinds, reverse=True)
    one = shell("health", "--all-stacks", "--management", "--jsonl").stdout
    assert len(one.splitlines()) == kinds.count("management")
    people = shell("health", "--all-stacks")
    assert people.code == Exit.DONE
    assert people.stdout.startswith("STACK")
    no_secret(shell, [done.stdout, people.stdout])


def test_whoever_watches_sees_how_far_the_reading_is(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("tokendeck"))
    environ = environment_with({"HOME": str(tmp_path), "TERM": "xterm"})
    words = ["--demo", "list", "--all-stacks", "--management"]
    child = pexpect.spawn(program, words, env=environ, encoding="utf-8")
    child.expect(r"\r\x1b\[K\d of 2 stacks")
    child.expect(r"\r\x1b\[KNAME|NAME")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == Exit.DONE
