"""What this terminal is, and what must be set before Textual loads.

Textual reads the environment when it's imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping

# Rich only looks at the end of a name, and assumes that these have 16 colours.
_OF_256_COLOURS = (
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "rio",
    "wezterm",
    "xterm-ghostty",
    "xterm-kitty",
)
_OF_TERMINAL, _OWN_COLOURS = "ansi-", "ansi-dark"
# What Python sets LC_CTYPE to if the locale's only character set is ASCII.
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def refusal(environ: Mapping[str, str]) -> str | None:
    """Return why the dashboard can't run here, or None if it can.

    Textual hangs without keys, and draws on stderr no matter what that is.
    """
    if not has_terminal():
        return "The dashboard needs a terminal. Over SSH, ask for one with `ssh -t`."
    if environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return f"TERM is `{environ['TERM']}`: this terminal can't show a dashboard."
    return None


def has_terminal() -> bool:
    """Return whether keys come from a terminal, and there's one to draw on."""
    return os.isatty(0) and sys.stderr is not None and sys.stderr.isatty()


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what Textual reads when it's imported.

    Exported COLUMNS and LINES would override the terminal's real size, animations cost
    bytes that a slow line can't spare, and an empty NO_COLOR must not count.
    """
    for name in ("COLUMNS", "LINES"):
        environ.pop(name, None)
    if not environ.get("NO_COLOR"):
        environ.pop("NO_COLOR", None)
    if _within_screen(environ):
        environ.pop("COLORTERM", None)
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if colours(environ) == 256:
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def theme(environ: Mapping[str, str], wanted: str | None) -> str | None:
    """Return the wanted theme, or the terminal's own colours if it has few.

    A theme rounded to a terminal's 16 colours is unreadable.
    """
    if environ.get("NO_COLOR"):
        return _OWN_COLOURS
    if colours(environ) != 16 or (wanted or "").startswith(_OF_TERMINAL):
        return wanted
    return _OWN_COLOURS


def ascii_only(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Return whether this terminal can only show ASCII.

    Python writes UTF-8 if the locale is C, so the output's `encoding` alone isn't
    enough: the locale has to say so too.
    """
    if (encoding or "").lower().replace("-", "") != "utf8":
        return True
    if sys.platform == "win32":
        return False
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if environ.get(name) and not _is_coerced(name, environ):
            return "utf8" not in environ[name].lower().replace("-", "")
    return True


def colours(environ: Mapping[str, str]) -> int:
    """Return the number of colours: 16, 256, or 2 ** 24 if the terminal says so."""
    term = environ.get("TERM", "").lower()
    said = environ.get("COLORTERM", "").strip().lower()
    if said in ("truecolor", "24bit") and not _within_screen(environ):
        return 2**24
    if term.startswith(_OF_256_COLOURS) or term.endswith(("-256color", "-kitty")):
        return 256
    return 16


def _within_screen(environ: Mapping[str, str]) -> bool:
    """Return whether we run in GNU screen, which mistakes RGB colours for attributes.

    COLORTERM then describes the terminal around it.
    """
    return "STY" in environ and environ.get("TERM", "").startswith("screen")


def _is_coerced(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether Python set the variable, which says nothing about the terminal."""
    set_by_python = name == "LC_CTYPE" and bool(sys.flags.utf8_mode)
    return set_by_python and environ[name] in _COERCED
