"""`tokendeck help`, and the pages that messages name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from click.testing import CliRunner

from tui.cli.main import tokendeck
from tui.paths import docs_folder

TUI = Path(__file__).parent.parent.parent / "tui"


def test_the_pages_are_listed_by_their_titles() -> None:
    result = CliRunner().invoke(tokendeck, ["help"])
    assert result.exit_code == 0
    assert re.search(r"^sandbox +The sandbox$", result.output, re.MULTILINE)
    assert len(result.output.splitlines()) == len(list(docs_folder().glob("*.md")))


def test_a_page_is_printed_without_the_marks_of_its_tables() -> None:
    for name in ("keys", "keys.md", "docs/keys.md"):
        result = CliRunner().invoke(tokendeck, ["help", name])
        assert result.exit_code == 0
        assert "Create preview token" in result.output
        assert "<!--" not in result.output


def test_a_page_that_there_is_not_is_said_with_those_there_are() -> None:
    result = CliRunner().invoke(tokendeck, ["help", "nothing"])
    assert result.exit_code == 2
    assert "There is no page nothing. Pages: " in result.output
    assert "clipboard" in result.output


def texts() -> list[str]:
    """All strings of the program that aren't docstrings."""
    found = []
    for path in TUI.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        said = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in said
        ]
    return found


def test_every_page_that_a_message_names_comes_with_the_program() -> None:
    named = [page for text in texts() for page in re.findall(r"deck help (\w+)", text)]
    assert named
    for page in named:
        assert (docs_folder() / f"{page}.md").exists(), page


def test_no_message_names_a_file_that_an_installation_does_not_have() -> None:
    assert [text for text in texts() if re.search(r"\bdocs/\w", text)] == []
