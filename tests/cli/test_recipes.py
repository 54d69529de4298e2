"""Each recipe exactly as in docs/recipes.md, against a served sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.served import Served, serving
from tests.support.terminal import environment_with

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"
ALL_STACKS = PAGE.with_name("all-stacks.md")


def blocks_of(page: Path) -> dict[str, str]:
    """Return the examples of a page with their languages."""
    return dict(re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(), re.M | re.S))


BLOCKS, OF_ALL_STACKS = blocks_of(PAGE), blocks_of(ALL_STACKS)
NPM = """#!/bin/sh
env | grep -c '^CONTENTSTACK_.*_TOKEN=cs' && echo "ran npm $*" >> npm.log
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


class Place:
    """A folder and a shell, with a served sandbox's stack."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served, self.folder = served, folder
        programs = folder / "bin"
        programs.mkdir()
        for name, text in {
            "npm": NPM,
            "tokendeck": f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n',
        }.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        info = served.info
        self.environ = environment_with(
            {
                "PATH": f"{programs}:{os.environ['PATH']}",
                "PYTHONPATH": str(PAGE.parents[1]),
                "TOKENDECK_CMA": info["cma"],
                "TOKENDECK_CDA": info["cda"],
                "TOKENDECK_PREVIEW": info["preview"],
                "CONTENTSTACK_API_KEY": served.api_key,
                "CONTENTSTACK_AUTHTOKEN": served.user("Owner")["authtoken"],
                "XDG_STATE_HOME": str(folder / "state"),
                "HOME": str(folder),
                "GITHUB_RUN_ID": "4711",
            }
        )
        self.printed = ""

    def run(self, *words: str, code: int = 0) -> str:
        """Run a program, and expect its exit code."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        assert done.returncode == code, self.printed
        return done.stdout

    def shell(self, line: str, code: int = 0) -> str:
        """Run a line in the shell."""
        return self.run("bash", "-c", line, code=code)

    def values(self) -> list[str]:
        """Return every value that the stack's tokens have now."""
        url = f"{self.served.info['cma']}/v3/stacks/delivery_tokens?limit=100"
        request = urllib.request.Request(url, headers=self.served.headers("Owner"))
        with urllib.request.urlopen(request) as answer:
            tokens = json.load(answer)["tokens"]
        values = [token["token"] for token in tokens]
        return values + [token.get("preview_token") or "-" * 9 for token in tokens]


@pytest.fixture
def place(served: Served, tmp_path: Path) -> Iterator[Place]:
    found = Place(served, tmp_path)
    yield found
    for value in found.values():
        assert value not in found.printed
    assert not re.search(r"\bcs[0-9a-f]{24}\b", found.printed)


def test_each_recipe_has_three_lines_at_most() -> None:
    assert [*BLOCKS] == ["bash", "yaml", "cron", "make", "console"]
    for name, block in BLOCKS.items():
        lines = [line for line in block.splitlines() if "tokendeck" in line]
        assert 1 <= len(lines) <= 3, name
        assert len(block.splitlines()) <= 4


def test_bash(place: Place) -> None:
    place.shell(BLOCKS["bash"])
    before = (place.folder / ".env").read_text()
    assert "CONTENTSTACK_DELIVERY_TOKEN=cs" in before
    assert "CONTENTSTACK_PREVIEW_TOKEN=cs" in before
    place.shell(BLOCKS["bash"])
    assert (place.folder / ".env").read_text() == before
    assert place.printed.count("Created web.") == 1
    place.shell("tokendeck ensure web --env qa --branch main", code=5)


@pytest.mark.long
def test_a_github_actions_job(place: Place) -> None:
    steps = re.findall(r"run: (.+)", BLOCKS["yaml"])
    assert len(steps) == 2
    # As GitHub's runner does: bash -e {0}.
    for step in steps:
        place.run("bash", "-e", "-c", step)
    assert (place.folder / "npm.log").read_text() == "ran npm test\n"
    names = place.shell("tokendeck list --management --plain name").split()
    assert "ci-4711" not in names


@pytest.mark.long
def test_cron(place: Place) -> None:
    (line,) = BLOCKS["cron"].splitlines()
    fields = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*]+", field) for field in fields[:5])
    assert "%" not in fields[5]
    place.run("sh", "-c", fields[5])
    rows = (place.folder / "tokens.jsonl").read_text().splitlines()
    kinds = {json.loads(row)["kind"] for row in rows}
    assert kinds == {"delivery"}
    assert len(rows) > 12


@pytest.mark.long
def test_make(place: Place) -> None:
    place.shell("tokendeck ensure web --env production --branch main")
    (place.folder / "Makefile").write_text(BLOCKS["make"])
    place.run("make", "build", "check")
    assert (place.folder / "npm.log").read_text() == "ran npm run build\n"
    (place.folder / "bin" / "npm").write_text("#!/bin/sh\nexit 7\n")
    place.run("make", "build", code=2)
    assert "Error 7" in place.printed


@pytest.mark.long
def test_an_agents_transcript(place: Place) -> None:
    place.shell("tokendeck ensure web --env production --branch main")
    before = json.loads(place.shell("tokendeck show web --json"))
    output = ""
    for line in BLOCKS["console"].splitlines():
        prompt, _, command = line.partition(" ")
        assert prompt == "$"
        output = place.shell(command)
    after = json.loads(output)
    assert after["uid"] != before["uid"]
    assert after["value"]["fingerprint"] != before["value"]["fingerprint"]
    assert "CONTENTSTACK_DELIVERY_TOKEN=cs" in (place.folder / ".env").read_text()


@pytest.mark.long
def test_cron_over_all_stacks_mails_only_what_is_due(place: Place) -> None:
    (line,) = OF_ALL_STACKS["cron"].splitlines()
    command = line.split(maxsplit=5)[5]
    assert "%" not in command
    mailed = place.run("sh", "-c", command, code=9)
    assert mailed.startswith("| expires |")
    quiet = command.replace("14d", "1h")
    assert quiet != command
    assert place.run("sh", "-c", quiet) == ""


@pytest.mark.long
def test_a_gate_over_all_stacks(place: Place) -> None:
    gate = OF_ALL_STACKS["sh"]
    assert len(gate.splitlines()) == 3
    place.shell("tokendeck inventory --out tokens.json")
    assert "No token changed." in place.shell(gate)
    place.shell("tokendeck ensure gate-test --env qa --branch main")
    assert "gate-test" in place.shell(gate, code=9)
    place.shell("tokendeck delete gate-test --yes")
    place.shell(gate)
