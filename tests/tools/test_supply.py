"""What is fetched to build, test or run.

Everything is pinned by hash, or comes from the system's packages.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
SCRIPTS = [
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    ROOT / ".pre-commit-config.yaml",
    *WORKFLOWS,
    *sorted((ROOT / "tools").glob("*.*")),
]
# Lines that fetch are one of these; the tests below check what pins each.
_FETCHES = re.compile(
    r"\b(?:curl|wget|git (?:clone|fetch)|go (?:install|get)|cargo install|gem install"
    r"|brew|docker|uvx|npx"
    r"|urlopen|(?:pip3?|PIP\)|pipx|uv|npm|apt|apt-get|snap)\s+(?:-\S+\s+)*"
    r"(?:install|download|ci|add|run|sync|pip install))"
    r"(?=\s|$)"
)
_PINNED = (
    "$(PIP) install --no-deps --require-hashes -r requirements/",
    "$(PIP) install --no-deps --no-build-isolation --editable .",
    "$(PIP) download --require-hashes --no-deps --only-binary :all: "
    "-r requirements/run.txt ",
    "npm ci --ignore-scripts ",
    # Debian's and Ubuntu's packages are signed.
    "apt-get install -y -qq --no-install-recommends $missing",
    # Our own wheel, as users get it.
    "pipx install dist/tokendeck-*.whl",
)


def fetching(path: Path) -> Iterator[str]:
    """The lines of a script that fetch something, but not its comments or output."""
    for line in path.read_text("utf-8").splitlines():
        if not re.match(r"\s*(?:#|@?echo|need )", line) and _FETCHES.search(line):
            yield line.strip()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit(workflow: Path) -> None:
    used = re.findall(
        r"^[\s-]*uses:\s*(.+)$", workflow.read_text("utf-8"), re.MULTILINE
    )
    assert used
    assert [
        each
        for each in used
        if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", each)
    ] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_fetched_that_is_not_pinned(path: Path) -> None:
    assert [
        line for line in fetching(path) if not any(pinned in line for pinned in _PINNED)
    ] == []


def test_the_lines_that_fetch_are_found() -> None:
    found = " ".join(line for path in SCRIPTS for line in fetching(path))
    assert [pinned for pinned in _PINNED if pinned not in found] == []


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    entries = [
        entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")
    ]
    assert entries
    version, digest = (
        r"[\w.\[\]-]+==[\w.]+(?: ; [^\n]+)? \\\n",
        r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n",
    )
    well = rf"{version}(?:{digest})+(?: {{4}}#[^\n]*\n?)*"
    assert [entry for entry in entries if not re.fullmatch(well, entry)] == []


def test_every_locked_npm_package_has_a_hash_and_comes_from_npm() -> None:
    lock = json.loads(
        (ROOT / "tests" / "judges" / "npm" / "package-lock.json").read_text("utf-8")
    )
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [
        name
        for name, package in packages.items()
        if not package["integrity"].startswith("sha512-")
    ] == []
    elsewhere = [
        package["resolved"]
        for package in packages.values()
        if not package.get("resolved", "https://registry.npmjs.org/").startswith(
            "https://registry.npmjs.org/"
        )
    ]
    assert elsewhere == []


def test_what_builds_the_wheel_is_pinned() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    assert [
        need for need in build["requires"] if not re.fullmatch(r"[\w-]+==[\w.]+", need)
    ] == []
