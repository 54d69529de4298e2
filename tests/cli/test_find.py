"""`tokendeck find`, from the stack's tokens to the output."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.headless import Headless, no_secret
from tests.cli.test_creating import values_of
from tests.cli.test_documents import check
from tests.leaks.projects import STRANGER, Project
from tui.cli.exit_codes import Exit
from tui.cli.find_options import FindOptions
from tui.cli.finding import Finding
from tui.cli.leak_reading import StackChoice
from tui.cli.output import Output
from tui.cli.run import CommandRun
from tui.leaks.finds import OnProgress, Tally
from tui.leaks.fingerprints import fingerprints_path
from tui.leaks.scanning import ReadInto, Scanner, Spot
from tui.state.memory import Memory
from tui.state.rotations import RotationStore
from tui.workspace.workspace import Workspace

RECOGNIZED = "To recognize new ones from now on: `tokendeck find --keep-fingerprints`."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project.created(tmp_path / "project")
    monkeypatch.chdir(project.folder)
    return project


def test_values_are_found_by_the_names_of_their_tokens(
    shell: Headless, project: Project
) -> None:
    value, preview = values_of(shell, "web-production")
    commit = project.commit("old.env", f"TOKEN={value}\n")
    project.commit("old.env", "")
    project.write("src/app.js", f"\nconst preview = '{preview}', other = '{STRANGER}'")
    done = shell("find")
    assert done.code == Exit.FOUND
    _, in_file, in_history, unknown = done.stdout.splitlines()
    assert in_file.startswith("web-production (preview)  src/app.js:2:18")
    assert in_history.startswith("web-production ")
    for words in ("old.env:1:7", commit[:12], "2026-01-02"):
        assert words in in_history
    assert unknown.startswith("(no known token)")
    assert "Found 2 places with values of your tokens" in done.stderr
    assert "management tokens, so they count as unknown" in done.stderr
    no_secret(shell, [done.stdout, done.stderr])
    assert STRANGER not in done.stdout


@pytest.mark.parametrize("shape", ["--json", "--jsonl", "--sarif"])
def test_what_programs_get_has_no_value(
    shell: Headless, project: Project, shape: str
) -> None:
    value, _ = values_of(shell, "web-production")
    project.commit("a.env", f"TOKEN={value} {STRANGER}")
    done = shell("find", shape)
    assert done.code == Exit.FOUND
    no_secret(shell, [done.stdout, done.stderr])
    assert STRANGER not in done.stdout


def test_the_document_of_finds_fits_the_schema(
    shell: Headless, project: Project
) -> None:
    value, _ = values_of(shell, "web-production")
    project.commit("a.env", f"TOKEN={value} {STRANGER} authtoken=blt77aa00bb11cc22dd")
    document = shell("find", "--json").json
    check("find", document)
    kinds = [(x["token"] or {}).get("name") for x in document["finds"]]
    assert kinds.count("web-production") == 2
    forms = [find["form"] for find in document["finds"] if not find["token"]]
    assert sorted(forms) == ["authtoken"] * 2 + ["token"] * 2
    assert document["finds"][0]["token"]["stack"]
    assert document["known"] > 5


def test_nothing_found_is_said_with_what_was_searched(
    shell: Headless, project: Project
) -> None:
    project.commit("a", "x")
    done = shell("find")
    assert done.code == Exit.DONE
    assert len(done.stdout.splitlines()) == 1
    assert "Nothing found: " in done.stderr
    assert "of history" in done.stderr


def test_what_could_not_be_read_is_not_called_clean(
    shell: Headless, project: Project
) -> None:
    done = shell("find", str(project.folder / "nowhere"))
    assert done.code == Exit.FAILED
    assert "Nothing found in what could be read" in done.stderr
    assert "nowhere doesn't exist" in done.stderr


def test_parts_can_be_skipped(shell: Headless, project: Project) -> None:
    project.commit("a", STRANGER)
    for words, where in (
        (("--no-history",), ["file"]),
        (("--no-files",), ["history"]),
        ((), ["file", "history"]),
        (("--known",), []),
    ):
        finds = shell("find", *words, "--json").json["finds"]
        assert [find["where"] for find in finds] == where


def test_without_management_tokens_it_says_so(
    shell: Headless, project: Project
) -> None:
    shell.role = "Developer"
    said = "hides the values of management tokens"
    told = shell("find").stderr
    assert said in told
    assert RECOGNIZED in told


async def test_how_new_management_tokens_are_recognized_is_said_until_it_is_so(
    shell: Headless, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for keeps in (True, False):
        run = CommandRun(
            Workspace(shell.connect), Output(), Memory(os.environ), RotationStore()
        )
        options = FindOptions((str(project.folder),), no_history=True)
        work = Finding(options, keeps=keeps, choice=StackChoice(None))
        assert await work(run) == Exit.DONE
        await run.workspace.close()
        told = capsys.readouterr().err
        assert "hides the values of 4 management tokens" in told
        assert RECOGNIZED not in told


def test_values_of_all_stacks_can_be_looked_for(
    shell: Headless, project: Project
) -> None:
    stack = shell.sandbox.stacks[1]
    record, *_ = stack.delivery_tokens.values()
    project.write("a", record.value)
    (find,) = shell("find", "--no-history", "--json").json["finds"]
    assert find["token"] is None
    done = shell("find", "--no-history", "--all-stacks", "--json")
    (find,) = done.json["finds"]
    assert find["token"]["name"] == record.name
    assert find["token"]["stack"] == stack.name
    no_secret(shell, [done.stdout, done.stderr])


def test_a_baseline_accepts_a_value_at_its_path_only(
    shell: Headless, project: Project
) -> None:
    project.write("a.test", STRANGER)
    words = ("find", "--no-history")
    assert shell(*words, "--write-baseline", "b.json").code == Exit.DONE
    text = Path("b.json").read_text()
    assert STRANGER not in text
    done = shell(*words, "--baseline", "b.json")
    assert done.code == Exit.DONE
    assert "Accepted by the baseline: 1 finding" in done.stderr
    project.write("a.test", f"\n\n{STRANGER}")
    assert shell(*words, "--baseline", "b.json").code == Exit.DONE
    project.write("b.test", STRANGER)
    done = shell(*words, "--baseline", "b.json", "--json")
    assert done.code == Exit.FOUND
    assert [find["path"] for find in done.json["finds"]] == ["b.test"]
    assert done.json["accepted"] == 1
    absolute = (*words, str(project.folder), "--baseline", "b.json", "--json")
    assert shell(*absolute).json["accepted"] == 1
    both = ("--baseline", "b.json", "--write-baseline", "b.json")
    assert shell(*words, *both).code == Exit.DONE
    assert shell(*words, "--baseline", "b.json").code == Exit.DONE


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": 2, "accepted": []}', '{"accepted": 1}', "["]
)
def test_a_file_that_is_no_baseline_is_refused_before_any_search(
    shell: Headless, project: Project, text: str
) -> None:
    Path("b.json").write_text(text)
    done = shell("find", "--baseline", "b.json", "--json")
    assert done.error["code"] == Exit.FAILED
    assert shell.requests == []
    assert shell("find", "--baseline", "nowhere").code == Exit.FAILED


def test_options_that_make_no_sense_together_are_refused(shell: Headless) -> None:
    for words in (
        ("--sarif", "--json"),
        ("--staged", "a"),
        ("--staged", "--keep-fingerprints"),
        ("--offline", "--keep-fingerprints"),
        ("--keep-fingerprints",),
    ):
        assert shell("find", *words).code == Exit.USAGE, words


async def test_fingerprints_are_kept_on_request_and_name_tokens_offline(
    shell: Headless, project: Project
) -> None:
    value, _ = values_of(shell, "web-production")
    project.write("a.env", f"T={value}")
    project.git("add", "--all")
    (find,) = shell("find", "--staged", "--json").json["finds"]
    assert find["token"] is None
    assert "No saved fingerprints" in shell("find", "--offline").stderr
    run = CommandRun(
        Workspace(shell.connect), Output("json"), Memory(os.environ), RotationStore()
    )
    options = FindOptions((str(project.folder),), no_history=True)
    assert (
        await Finding(options, keeps=True, choice=StackChoice(None))(run) == Exit.FOUND
    )
    await run.workspace.close()
    no_secret(shell, [fingerprints_path(os.environ).read_text()])
    shell.requests.clear()
    for words in (("--staged",), ("--offline", "--no-history")):
        done = shell("find", *words, "--json")
        assert done.code == Exit.FOUND
        (find,) = done.json["finds"]
        assert find["token"]["name"] == "web-production"
    assert shell.requests == []
    fingerprints_path(os.environ).write_text("nonsense")
    assert "damaged" in shell("find", "--staged").stderr


def test_what_is_staged_is_searched_without_asking_anyone(
    shell: Headless, project: Project
) -> None:
    project.commit("old", STRANGER)
    project.write("old", f"{STRANGER}\nmore\n")
    project.write("new", f"x\n{STRANGER}\n")
    assert shell("find", "--staged").code == Exit.DONE
    project.git("add", "--all")
    project.write("new", "only in the file")
    done = shell("find", "--staged", "--json")
    assert done.code == Exit.FOUND
    # What the previous commit already has isn't introduced by this one.
    assert [(x["path"], x["line"]) for x in done.json["finds"]] == [("new", 2)]
    assert shell.requests == []


def test_the_first_commit_can_be_checked_too(shell: Headless, project: Project) -> None:
    project.write("a b\n\\xff", STRANGER)
    project.git("add", "--all")
    assert shell("find", "--staged").code == Exit.FOUND


def test_outside_of_a_repository_nothing_can_be_staged(
    shell: Headless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell("find", "--staged")
    assert done.code == Exit.FAILED
    assert "git can't say what is staged" in done.stderr


def test_a_hook_keeps_a_value_out_of_a_commit(project: Project) -> None:
    """Run by git itself, and with the index of `git commit PATH`."""
    program = Path(sys.executable).with_name("tokendeck")
    hook = project.write(
        ".git/hooks/pre-commit", f"#!/bin/sh\nexec {program} find --staged\n"
    )
    hook.chmod(0o700)
    project.write("clean", "x")
    project.write("dirty", STRANGER)
    project.git("add", "--all")
    with pytest.raises(AssertionError, match=r"dirty:1:1"):
        project.git("commit", "-m", "both")
    project.git("commit", "-m", "one", "clean")
    with pytest.raises(AssertionError, match=r"dirty:1:1"):
        project.git("commit", "-m", "other", "dirty")


def test_sarif_has_a_rule_place_and_fingerprint_for_each_find(
    shell: Headless, project: Project
) -> None:
    value, _ = values_of(shell, "web-production")
    project.write("src/ü b.env", f"\n T={value}\n")
    project.write("binary", b"\0\0\n" + STRANGER.encode())
    log = json.loads(shell("find", "--no-history", "--sarif").stdout)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    known, other = run["results"]
    assert (known["ruleId"], known["level"]) == ("known-token", "error")
    assert (other["ruleId"], other["level"]) == ("token-form", "warning")
    place = known["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "src/%C3%BC%20b.env"
    assert place["region"] == {"startLine": 2, "startColumn": 4}
    assert other["locations"][0]["physicalLocation"]["region"] == {"byteOffset": 3}
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[x["ruleIndex"]]["id"] == x["ruleId"] for x in run["results"])
    assert run["invocations"] == [{"executionSuccessful": True}]


def interrupted(
    monkeypatch: pytest.MonkeyPatch, number: int, *, when: str, times: int = 1
) -> None:
    """Send a signal once a search has reached a part of its work."""

    def progress() -> OnProgress:
        def tell(tally: Tally) -> None:
            if tally.rest.startswith(when) and tally.files + tally.objects > 100:
                for _ in range(times):
                    os.kill(os.getpid(), number)

        return tell

    monkeypatch.setattr("tui.cli.find_progress.progress", progress)


@pytest.mark.short(2)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_a_stopped_search_prints_what_it_found(
    shell: Headless,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    times: int,
    number: int,
) -> None:
    for at in range(300):
        project.write(f"{at:03}", STRANGER)
    interrupted(monkeypatch, number, when="the rest of the files", times=times)
    done = shell("find", *words)
    assert done.code == Exit.STOPPED
    assert "Found 128 places" in done.stderr
    assert "Not searched: the rest of the files and history." in done.stderr
    assert len(done.stdout.splitlines()) == 129
    document = shell("find", *words, "--json").json
    check("find", document)
    assert len(document["finds"]) == 128
    assert document["searched"]["stopped"]
    assert document["searched"]["rest"] == "the rest of the files and history"
    done = shell("find", *words, "--jsonl")
    assert len([*map(json.loads, done.stdout.splitlines())]) == 128
    assert "Not searched: the rest of" in json.loads(done.stderr)["notice"]
    done = shell("find", *words, "--sarif")
    assert "Not searched: the rest of" in done.stderr
    (run,) = done.json["runs"]
    assert len(run["results"]) == 128
    assert run["invocations"] == [{"executionSuccessful": False}]
    done = shell("find", *words, "--write-baseline", "b.json")
    assert done.code == Exit.STOPPED
    assert "wasn't written" in done.stderr
    assert not Path("b.json").exists()


def test_what_a_stopped_history_had_is_printed_without_a_guess(
    shell: Headless, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.leaks.history._OFTEN", 1)
    for at in range(120):
        project.commit("a", f"{STRANGER} {at}")
    interrupted(monkeypatch, signal.SIGINT, when="the rest of the history")
    done = shell("find", "--no-files", "--json")
    assert done.code == Exit.STOPPED
    finds = done.json["finds"]
    assert finds
    assert {find["where"] for find in finds} == {"history"}
    assert done.json["searched"]["rest"].startswith("the rest of the history of ")
    interrupted(monkeypatch, signal.SIGINT, when="the rest of the history")
    assert "The search was stopped." in shell("find", "--no-files").stderr


def test_a_stopped_hook_stops_the_commit(
    shell: Headless, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        project.write(f"{at}", STRANGER)
    project.git("add", "--all")

    def scan(scanner: Scanner, read: ReadInto) -> list[Spot]:
        os.kill(os.getpid(), signal.SIGINT)
        return scanned(scanner, read)

    scanned = Scanner.scan
    monkeypatch.setattr(Scanner, "scan", scan)
    done = shell("find", "--staged", "--json")
    assert done.code == Exit.STOPPED
    assert [find["path"] for find in done.json["finds"]] == ["0"]
    assert done.json["searched"]["rest"] == "the rest of what is staged"
