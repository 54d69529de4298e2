"""The style sheets name what exists: Textual ignores a rule that matches nothing."""

from __future__ import annotations

import ast
import re
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


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_rule_names_a_class_that_exists(sheet: Path) -> None:
    named = set(re.findall(r"(?<![\w.#-])[A-Z]\w+", selectors(sheet)))
    assert named - classes() == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_rule_names_an_id_or_style_class_that_is_given(sheet: Path) -> None:
    named = set(re.findall(r"[#.]([a-z][\w-]*)", selectors(sheet)))
    assert named - words() == set()
