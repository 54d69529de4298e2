"""Textual's private names: where they're allowed, and that Textual still has them.

Textual may rename them in any release. If a test here fails after a Textual upgrade,
look in the file it names; what relies on the name is tested beside it.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from textual import _ansi_sequences, _compositor, _keyboard_protocol, _xterm_parser
from textual._styles_cache import StylesCache
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.widgets import Input

ROOT = Path(__file__).parents[2] / "tui"

USED = {
    "terminal/textual_internals.py": {
        *("_display", "_driver", "_mouse", "_set_pointer_shape", "_sync_available"),
        *("_batch_count", "_bindings", "_check_bindings"),
        *("_exit", "_exit_renderables", "_close_messages_no_wait"),
        *("_handle_exception", "_fatal_error"),
        *("_on_timer_update", "_pending_message"),
    },
    "terminal/driver.py": {
        *("_app", "_loop", "_file", "_key_thread", "_must_signal_resume"),
        *("_get_terminal_size", "_in_band_window_resize", "_mouse", "_mouse_pixels"),
    },
    "terminal/key_parser.py": {
        *("_parse_extended_key", "_sequence_to_key_events", "_timeout_time"),
    },
    "terminal/timers.py": {"_skip"},
    "widgets/lines.py": {"_batch_count", "_dirty_widgets", "_repaint_regions"},
    # Drawn through it are a masked value and an escape character that was pasted.
    "widgets/text_field.py": {"_value"},
    "widgets/styled_on_demand.py": {
        *("_attach", "_component_styles", "_get_component_classes"),
    },
}
"""The private names of Textual that each file uses. Keep it short."""

HELD_BY = {
    "textual/app.py",
    "textual/dom.py",
    "textual/driver.py",
    "textual/drivers/linux_driver.py",
    "textual/message_pump.py",
    "textual/screen.py",
    "textual/timer.py",
    "textual/widget.py",
    "textual/widgets/_input.py",
    "textual/_parser.py",
    "textual/_xterm_parser.py",
    "textual/_styles_cache.py",
}
"""The modules of the classes that ours inherit from, or are handed."""

OURS_TOO = {"_active", "_run", "_running", "_tokens"}
"""Names that a class of ours has which doesn't inherit Textual's of that name."""


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def names_held(source: str) -> set[str]:
    """The private methods and attributes of the classes in a source."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return set(filter(private, found))


def names_touched(source: str) -> set[str]:
    """The private names that a source reads, sets or overrides."""
    nodes = list(ast.walk(ast.parse(source)))
    read = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "os"
    }
    return names_held(source) | set(filter(private, read))


def textual_sources() -> dict[str, str]:
    package = Path(inspect.getfile(App)).parent
    return {
        name: (package.parent / name).read_text("utf-8") for name in sorted(HELD_BY)
    }


def sources_with_textual() -> dict[str, str]:
    texts = {path: path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    return {
        path.relative_to(ROOT).as_posix(): text
        for path, text in texts.items()
        if "from textual" in text or path.parts[-2] in ("screens", "widgets")
    }


def test_private_names_of_textual_stand_in_these_files_only() -> None:
    taken = set().union(*map(names_held, textual_sources().values()))
    touched = {
        path: names_touched(text) & taken - OURS_TOO
        for path, text in sources_with_textual().items()
    }
    assert {path: names for path, names in touched.items() if names} == USED


def test_private_modules_of_textual_are_imported_in_these_files_only() -> None:
    importing = {
        path
        for path, text in sources_with_textual().items()
        if "from textual._" in text or "import textual._" in text
    }
    assert importing == {"terminal/textual_internals.py", "terminal/key_parser.py"}


@pytest.mark.parametrize("file", USED)
def test_textual_still_has_the_names(file: str) -> None:
    held = set().union(*map(names_held, textual_sources().values()))
    assert USED[file] <= held


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (App._display, ["self", "screen", "renderable"]),
        (App._set_pointer_shape, ["self", "shape"]),
        (App._check_bindings, ["self", "key", "priority"]),
        (App._handle_exception, ["self", "error"]),
        (App._fatal_error, ["self"]),
        (App._close_messages_no_wait, ["self"]),
        (Screen._on_timer_update, ["self"]),
        (LinuxDriver._get_terminal_size, ["self"]),
        (
            _xterm_parser.XTermParser._sequence_to_key_events,
            ["self", "sequence", "alt"],
        ),
        (_compositor.CompositorUpdate.render_segments, ["self", "console"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_textual_still_calls_them_so(method: object, parameters: list[str]) -> None:
    assert callable(method)
    assert list(inspect.signature(method).parameters) == parameters


def test_what_is_replaced_in_textual_is_still_what_it_was() -> None:
    assert isinstance(Input.__dict__["_value"], property)
    assert "get_inner_outer" in vars(StylesCache)
    assert "self.get_inner_outer(" in inspect.getsource(StylesCache)
    for module, name in (
        (_ansi_sequences, "ANSI_SEQUENCES_KEYS"),
        (_ansi_sequences, "SYNC_START"),
        (_keyboard_protocol, "FUNCTIONAL_KEYS"),
        (_xterm_parser, "BRACKETED_PASTE_END"),
    ):
        assert hasattr(module, name)
