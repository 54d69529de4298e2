"""Housekeeping: every room has a docstring, and every link leads somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = sorted(path.parent for path in (ROOT / "tui").glob("*/__init__.py"))
PAGES = sorted(
    path
    for folder in ("", "docs", ".github", ".github/ISSUE_TEMPLATE", "benchmarks")
    for path in (ROOT / folder).glob("*.md")
)

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NAME = re.compile(r"(\w+\.)?[A-Za-z]\w{2,}(\(\))?(?<!\.py)$")
_TREE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_DEFINED = r"(?m)\b(def|class) {0}\b|^{0}\b.* = |^{0}: "
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", ROOMS, ids=relative)
def test_each_room_says_at_its_door_what_lives_there_and_what_may_not(
    room: Path,
) -> None:
    words = (
        ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    )
    title, _, paragraph = words.partition("\n\n")
    assert title.endswith(".")
    assert title.count(".") == 1
    assert " and " not in title, "a room for two things is two rooms"
    assert len(paragraph.split()) > 8


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, heading = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        if heading:
            assert heading in anchors(target), link


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def test_a_commit_is_asked_the_same_as_a_pull_request() -> None:
    """`make check` is the only list.

    Pre-commit runs each of its parts, and CI runs it as a whole.
    """
    parts = re.findall(
        r"^check: (.+?) ##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )[0].split()
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"entry: make ([a-z-]+)", hooks) == parts
    assert "- run: make check\n" in (
        ROOT / ".github" / "workflows" / "ci.yml"
    ).read_text("utf-8")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_a_page_for_developers_names_files_that_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`([\w/]+(?:\.py|/))`", text)
    drawn = re.findall(r"^([\w/]+/) ", text, re.MULTILINE)
    assert named
    for name in (*named, *drawn):
        assert (ROOT / name).exists() or (ROOT / "tui" / name).exists(), name


def test_the_architecture_speaks_of_what_there_is() -> None:
    """The names on the page are those of functions, classes or constants."""
    sources = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "tui").rglob("*.py")
    )
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    written = _TREE.sub("", _LINK.sub("", page))
    named = [name for name in re.findall(r"`([^`\n]+)`", written) if _NAME.match(name)]
    parts = {name.removesuffix("()").rpartition(".")[2] for name in named}
    assert parts
    for name in parts:
        assert re.search(_DEFINED.format(name), sources), name


def test_a_worker_is_given_a_function() -> None:
    """A coroutine is never awaited if its worker is cancelled before it starts."""
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "run_worker"
            ):
                work = node.args[0]
                made_now = (
                    isinstance(work, ast.Call)
                    and getattr(work.func, "id", "") != "partial"
                )
                assert not made_now, f"{relative(path)}:{node.lineno}"
