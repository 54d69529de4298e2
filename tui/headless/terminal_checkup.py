"""The doctor's look at the terminal: what it calls itself, its colours and characters, and the clipboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import tui.terminal
from tui.clipboard.situation import describe, look
from tui.headless.findings import Finding, finding

_LEAST_COLUMNS, _LEAST_ROWS = 40, 10
_AROUND = {"TMUX": "in tmux", "STY": "in GNU screen", "SSH_CONNECTION": "over SSH"}


def terminal(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """The terminal on standard error, where the dashboard draws, and each way from it to a clipboard."""
    # Textual puts something of its own in the place of sys.stderr.
    screen = sys.__stderr__
    encoding = screen.encoding if screen is not None else "unknown"
    clipboard = (
        finding("Clipboard", f"{route.name}: {'' if route.usable else 'no, '}{route.words}")
        for route in describe(look(environ))
    )
    return (_name(environ), finding("Colours", colours(environ)), _characters(environ, encoding), *clipboard)


def colours(environ: Mapping[str, str]) -> str:
    """How many colours the dashboard draws with, and what says so."""
    if environ.get("NO_COLOR"):
        return "none, by NO_COLOR"
    count = tui.terminal.colours(environ)
    return f"{count}, by TERM" if count <= 256 else "16 million, by COLORTERM"


def _name(environ: Mapping[str, str]) -> Finding:
    term = environ.get("TERM", "")
    program = f"{environ.get('TERM_PROGRAM', '')} {environ.get('TERM_PROGRAM_VERSION', '')}".strip()
    parts = [f"TERM {term or 'not set'}", program]
    parts += [words for name, words in _AROUND.items() if environ.get(name)]
    try:
        columns, rows = os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else -1)
    except (OSError, ValueError):
        columns, rows = _LEAST_COLUMNS, _LEAST_ROWS
    else:
        parts.append(f"{columns} columns, {rows} rows")
    words = ", ".join(filter(None, parts))
    if term == "dumb":
        return finding(
            "Terminal", words, "Use a terminal that can place text: this one can't.", verdict="fail"
        )
    if columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        cure = f"Make it at least {_LEAST_COLUMNS} columns wide and {_LEAST_ROWS} rows high."
        return finding("Terminal", words, cure, verdict="fail")
    return finding("Terminal", words)


def _characters(environ: Mapping[str, str], encoding: str) -> Finding:
    if not tui.terminal.ascii_only(environ, encoding):
        return finding("Characters", encoding)
    cure = "Lines and masks are drawn in ASCII. For all characters: export LC_ALL=C.UTF-8"
    return finding("Characters", "ASCII, by the locale", cure, verdict="warn")
