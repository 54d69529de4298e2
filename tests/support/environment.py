"""A clean environment for the tests, loaded by pytest before anything that reads it.

Textual reads some variables when it's imported, which a plugin may do before any
`conftest.py`. That's why pyproject.toml names this module as an early plugin.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

FIXED: Mapping[str, str] = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "TEXTUAL_ANIMATIONS": "none",
    "LANG": "C.UTF-8",
}
"""What every test finds in its environment."""

TRACED = "COVERAGE_PROCESS_CONFIG"
"""Makes coverage follow the processes that a test starts."""

_PREFIXES = ("CONTENTSTACK_", "TOKENDECK_", "TEXTUAL_", "SSH_", "XDG_", "TMUX", "LC_")
_NAMES = {
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "LINES",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "STY",
    "ESCDELAY",
    "EDITOR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    # Each process would compile the program again, and pytest all tests.
    "PYTHONDONTWRITEBYTECODE",
    *(f"{kind}_proxy" for kind in ("http", "https", "all", "no")),
    *(f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "ALL", "NO")),
}


def strays(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that no test asked for and that would change a program."""
    unasked = (name for name in environ if name not in FIXED)
    return tuple(
        name for name in unasked if name in _NAMES or name.startswith(_PREFIXES)
    )


def untraced(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process whose time is measured.

    Coverage would follow it and slow it down.
    """
    traced = [name for name in environ if name.startswith("COVERAGE_")]
    return {name: value for name, value in environ.items() if name not in traced}


for _name in strays(os.environ):
    del os.environ[_name]
os.environ.update(FIXED)
sys.dont_write_bytecode = False
