"""The style sheets name what exists: Textual ignores a rule that matches nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual import containers, widgets

ROOT = Path(__file__).parent.parent
SHEETS = sorted((ROOT / "styles").glob("*.tcss"))
SOURCES = [path.read_text("utf-8") for path in sorted((ROOT / "tui").rglob("*.py"))]

_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_BODY = re.compile(r"\{[^}]*\}")


def selectors(sheet: Path) -> str:
    """Return the sheet without its comments and declarations."""
    return _BODY.sub(" ", _NOTE.sub("", sheet.read_text("utf-8")))


def classes() -> set[str]:
    """Return the names of our classes and of Textual's widgets."""
    ours = {
        node.name
        for source in SOURCES
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    }
    return ours | set(vars(widgets)["__all__"]) | set(dir(containers))


def words() -> set[str]:
    """Return all words of strings in the sources, including ids and style classes."""
    found: set[str] = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(node.value.lstrip("-").split())
    return found


@pytest.mark.parametrize(
    ("name", "given"),
    [(r"(?<![\w.#-])([A-Z]\w+)", classes), (r"[#.]([a-z][\w-]*)", words)],
    ids=["a class that exists", "an id or style class that is given"],
)
def test_every_rule_names(name: str, given: Callable[[], set[str]]) -> None:
    known = given()
    named = {sheet.stem: set(re.findall(name, selectors(sheet))) for sheet in SHEETS}
    assert any(named.values())
    assert {
        sheet: names - known for sheet, names in named.items() if names - known
    } == {}
