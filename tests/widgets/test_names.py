"""None of our names hides one of Textual's, including its private ones."""

from __future__ import annotations

import ast
import inspect

import pytest
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from tui.widgets import (
    choice_list,
    facts_card,
    header_line,
    key_hints,
    lines,
    row_list,
    secret_field,
    status_line,
    tabs_line,
    text_field,
    title_line,
    token_table,
)

MEANT = {
    "__init__", "can_focus", "render_line", "compose", "focus", "get_content_height", "check_action",
    "BINDINGS", "COMPONENT_CLASSES", "DEFAULT_CSS", "ALLOW_SELECT", "on_resize", "concealed",
    "notify_style_update", "refresh", "render_lines",
    # text_field: overridden on purpose
    "cursor_blink", "_value", "restricted", "action_copy", "action_cut", "on_paste",
    "placeholder",
}  # fmt: skip
MODULES = (
    choice_list, facts_card, header_line, key_hints, lines, row_list,
    secret_field, status_line, tabs_line, text_field, title_line, token_table,
)  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_names_do_not_clash(module: object) -> None:
    taken = {name for base in (Widget(), Vertical(), Input()) for name in dir(base)}
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]  # modules, as listed above
    ours = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.bases:
            ours |= {
                item.name for item in node.body if isinstance(item, ast.FunctionDef)
            }
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and ast.unparse(node.value) == "self"
        ):
            ours.add(node.attr)
    assert ours & taken <= MEANT
