"""The short form skips what it says, and nothing else; skips name a command."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.short_form import left_out_words

ROOT = Path(__file__).parents[2]
SAMPLE = """
import pytest

def test_always(): pass

@pytest.mark.long
def test_long(): pass

@pytest.mark.short(2)
@pytest.mark.parametrize("number", range(9))
def test_some(number): pass

@pytest.mark.short
@pytest.mark.parametrize("letter", "abcd")
@pytest.mark.parametrize("mapping", [{}, {}, {}])
def test_each_once(letter, mapping): pass
"""
LOOPING = """
def test_loop(few):
    print(few(range(10), 4), few("ab", 4), few([], 4), few(range(9), 1))
"""
STARTING = """
import pytest

@pytest.mark.parametrize("size", range(3))
async def test_one(size): pass

@pytest.mark.short(2)
@pytest.mark.parametrize("size", range(3))
async def test_two(size): pass

@pytest.mark.parametrize("size", [pytest.param(n, marks=pytest.mark.soak) for n in range(9)] + [9])
async def test_not_soaked(size): pass

@pytest.mark.parametrize("size", range(3))
def test_without_the_program(size): pass
"""
MISSING = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_missing(number):
    pytest.skip("tmux is not installed (make system-deps)")
"""
# What no command can install: another system, or another user.
BY_NATURE = re.compile(r"Linux|Unix|POSIX|root|terminfo|Windows|bash")


def output(folder: Path, *options: str, sample: str = SAMPLE) -> str:
    """Return what pytest prints when it runs the sample."""
    folder.mkdir(exist_ok=True)
    (folder / "test_sample.py").write_text(sample)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "tests.support.short_form"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-c", "/dev/null", *options, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ran(folder: Path, *options: str, sample: str = SAMPLE) -> tuple[list[str], str]:
    """Return the sample's tests that passed, and the second-to-last line."""
    printed = output(folder, *options, sample=sample)
    lines = [line for line in printed.splitlines() if line]
    return re.findall(r"::(\S+) PASSED", printed), lines[-2]


def test_everything_runs_unless_the_short_form_is_asked_for(tmp_path: Path) -> None:
    passed, said = ran(tmp_path)
    assert len(passed) == 1 + 1 + 9 + 12
    assert "Left out" not in said


@pytest.mark.short(1)
@pytest.mark.parametrize("options", [(), ("--numprocesses", "2")], ids=len)
def test_the_short_form_gives_each_value_once_and_counts_the_rest(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    if options:
        # Passed tests are printed differently, and not at all without `-v`.
        _, said = ran(tmp_path, "--short", *options)
        assert re.fullmatch(
            r"Left out: \d+ long tests \(make check runs them\)\.", said
        )
        return
    passed, said = ran(tmp_path, "--short")
    assert f"Left out: {23 - len(passed)} long tests" in said
    assert "test_long" not in passed
    assert len([name for name in passed if "some" in name]) == 2
    each = [name for name in passed if "each_once" in name]
    assert {name[-2] for name in each} == set("abcd")
    assert {re.sub(r".*(mapping\d).*", r"\1", name) for name in each} == {
        "mapping0",
        "mapping1",
        "mapping2",
    }
    assert len(each) < 12


@pytest.mark.short(1)
@pytest.mark.parametrize(
    ("folder", "counts"), [("screens", (1, 2, 1, 3)), ("workspace", (3, 2, 1, 3))]
)
def test_of_what_starts_the_program_one_case_is_enough(
    tmp_path: Path, folder: str, counts: tuple[int, ...]
) -> None:
    options = ("--short", "-m", "not soak", "-o", "asyncio_mode=auto")
    passed, _ = ran(tmp_path / folder, *options, sample=STARTING)
    found = Counter(name.split("[")[0] for name in passed)
    names = ("one", "two", "not_soaked", "without_the_program")
    assert tuple(found[f"test_{name}"] for name in names) == counts


@pytest.mark.short(1)
@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ((), f"{list(range(10))} ['a', 'b'] [] {list(range(9))}"),
        (("--short",), "[0, 3, 6, 9] ['a', 'b'] [] [0]"),
    ],
)
def test_a_loop_over_many_things_takes_a_few_spread_ones(
    tmp_path: Path, options: tuple[str, ...], kept: str
) -> None:
    assert kept in output(tmp_path, "-s", *options, sample=LOOPING)


def test_every_file_keeps_a_test_in_the_short_form() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        source = path.read_text()
        tests = re.findall(r"^\s*(?:async )?def test_", source, re.MULTILINE)
        left_out = re.findall(r"^\s*@pytest\.mark\.long$", source, re.MULTILINE)
        assert len(left_out) < len(tests), f"{path}: make test runs nothing of it"


def test_what_was_left_out_is_said_behind_the_list_of_it(tmp_path: Path) -> None:
    (tmp_path / "test_missing.py").write_text(MISSING)
    _, said = ran(tmp_path, "-ra", "--short")
    assert re.fullmatch(
        r"Left out: \d+ long tests \(make check runs them\),"
        r" 3 skipped \(make system-deps brings them\)\.",
        said,
    )


def test_what_can_be_installed_is_counted_by_its_command() -> None:
    reasons = ["screen is not installed (make system-deps)"] * 2 + ["Linux only", ""]
    words = "Left out: 2 skipped (make system-deps brings them)."
    assert left_out_words(0, iter(reasons)) == words
    assert left_out_words(0, iter(())) == ""


def reasons_of(path: Path) -> Iterator[str]:
    """Yield why the tests of a file are skipped."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or "skip" not in ast.unparse(node.func):
            continue
        said = [word.value for word in node.keywords if word.arg == "reason"]
        if ast.unparse(node.func) == "pytest.skip":
            said += node.args
        yield from map(ast.unparse, said)


def test_a_skip_for_what_is_missing_names_the_command_that_brings_it() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        for reason in reasons_of(path):
            known = (
                "make " in reason or "{brought_by" in reason or BY_NATURE.search(reason)
            )
            assert known or reason == "reason", f"{path}: {reason}"
