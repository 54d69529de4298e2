"""Every command, printing to a full disk, a closed stream or a closed pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.test_matrix import ALL as STACK_COMMANDS
from tests.cli.test_matrix import WRITES
from tests.support.terminal import environment_with
from tui.cli.main import tokendeck

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(
    not FULL.exists(), reason="a full disk is there on Linux alone"
)

# What needs an editor or an answer prints nothing before that; these have tests of
# their own.
_APART: dict[tuple[str, ...], str] = {
    ("config", "edit"): "no editor",
    ("config", "set"): "a name",
    ("whose",): "a value",
}
_OPTIONS: dict[tuple[str, ...], tuple[str, ...]] = {("sandbox",): ("--port", "0")}
_OVER_ALL_STACKS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("inventory",): ("--out", ".cache/inventory.json"),
    ("drift",): ("tests/cli/no_stacks.json",),
}
_ON_THE_STACK = {tuple(name.split()): words for name, words in STACK_COMMANDS.items()}
_ON_THE_STACK |= _OVER_ALL_STACKS


def commands(
    group: click.Group, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, including future ones."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*words, name))
        else:
            yield (*words, name)


def _demo(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("--demo",) if words in _ON_THE_STACK else ()


def _options(words: tuple[str, ...]) -> tuple[str, ...]:
    return _ON_THE_STACK.get(words, _OPTIONS.get(words, ()))


ALL = [words for words in commands(tokendeck) if words not in _APART]
CASES = [
    *((*_demo(words), *words, *_options(words)) for words in ALL),
    *((*words, "--help") for words in commands(tokendeck)),
    ("--help",),
    ("--version",),
    ("--profile", "work", "config", "set", "clear_after", "30"),
    ("doctor", "--json"),
]


def run(words: tuple[str, ...], output: str) -> subprocess.CompletedProcess[str]:
    shell = {
        "full": '"$@" > /dev/full',
        "closed": '"$@" >&-',
        "all full": '"$@" > /dev/full 2> /dev/full',
        "all closed": '"$@" >&- 2>&-',
        "gone early": 'exec 3> >(true); wait $!; "$@" >&3',
        "gone": '"$@" | true; exit ${PIPESTATUS[0]}',
    }[output]
    command = ["bash", "-c", shell, "tokendeck", sys.executable, "-m", "tui", *words]
    return subprocess.run(
        command,
        env=environment_with({"TMPDIR": os.environ.get("TMPDIR", "/tmp")}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", CASES, ids=" ".join)
@pytest.mark.short(8)
def test_a_full_output_is_said_in_a_sentence(words: tuple[str, ...]) -> None:
    done = run(words, "full")
    # What a command has already done is reported first.
    told, last = done.stderr.splitlines()[:-1], done.stderr.splitlines()[-1]
    assert "Couldn't write the output: No space left on device." in last
    assert not told or words[-1] not in ("--help", "--json")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    "words", [("config", "show"), ("doctor",), ("sandbox", "--port", "0")], ids=" ".join
)
def test_a_closed_output_is_said_in_a_sentence(words: tuple[str, ...]) -> None:
    done = run(words, "closed")
    assert done.stderr == "Couldn't write the output: standard output is closed.\n"
    assert done.returncode == 1


@pytest.mark.parametrize("output", ["gone", "all full", "all closed"])
@pytest.mark.parametrize(
    "words", [("config", "show"), ("doctor",), ("--help",)], ids=" ".join
)
@pytest.mark.short(3)
def test_where_nobody_listens_the_exit_code_tells(
    words: tuple[str, ...], output: str
) -> None:
    done = run(words, output)
    assert done.stderr == ""
    # A pipe may have taken everything before its reader was gone.
    assert done.returncode == 1 or (output == "gone" and done.returncode == 0)


@pytest.mark.parametrize("output", ["all full", "all closed"])
def test_a_refusal_that_nobody_hears_keeps_its_exit_code(output: str) -> None:
    assert run(("--region", "mars"), output).returncode == 2


def test_programs_are_told_of_a_full_output_in_json() -> None:
    done = run(("--demo", "list", "--json"), "full")
    error = json.loads(done.stderr)
    assert (done.returncode, error["code"]) == (1, 1)
    assert "No space left" in error["what"]


_ROTATION = ("rotate", "web-staging", "--until", "verified")


@pytest.mark.short(1)
@pytest.mark.parametrize("output", ["full", "closed"])
@pytest.mark.parametrize("name", WRITES)
@pytest.mark.short(3)
def test_what_was_done_is_told_where_the_output_can_not(name: str, output: str) -> None:
    words = _ROTATION if name == "rotate" else (*name.split(), *WRITES[name])
    done = run(("--demo", *words, "--json"), output)
    error = json.loads(done.stderr)
    assert done.returncode == 1
    assert "Couldn't write the output" in error["what"]
    assert [each["uid"] in error["what"] for each in error["carried_out"]] == [True]
    people = run(("--demo", *words), output)
    assert f"Before that: {error['carried_out'][0]['verb']} the" in people.stderr


@pytest.mark.parametrize("output", ["full", "closed"])
def test_a_value_is_not_asked_for_where_it_would_be_lost(output: str) -> None:
    done = run(("--demo", "create", "m", "--management", "--reveal"), output)
    assert done.returncode == 1
    assert "Nothing was sent" in done.stderr


def test_a_value_that_got_lost_is_said_to_be() -> None:
    done = run(("--demo", "create", "m", "--management", "--reveal"), "gone early")
    assert done.returncode == 1
    assert "created the management token m (" in done.stderr
    assert "The value of m is lost" in done.stderr


def test_a_value_that_a_file_has_is_not_called_lost(tmp_path: Path) -> None:
    words = ("--demo", "create", "m", "--management", "--reveal")
    path = tmp_path / "value"
    done = run((*words, "--out", str(path)), "gone early")
    assert "created the management token m (" in done.stderr
    assert "lost" not in done.stderr
    assert path.exists()
