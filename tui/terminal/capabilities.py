"""What this terminal is, and what must be set before Textual loads.

Textual reads the environment as it is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping

# Rich knows colours by the end of a name alone, and takes these for terminals of 16.
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
# What Python sets LC_CTYPE to where the locale has no character set but ASCII.
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def refusal(environ: Mapping[str, str]) -> str | None:
    """Return why no dashboard is possible here, or None.

    Without keys Textual hangs, and it draws on stderr whatever that is.
    """
    if not has_terminal():
        return "The dashboard needs a terminal. Over SSH, ask for one with `ssh -t`."
    if environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return f"TERM is `{environ['TERM']}`: this terminal can't show a dashboard."
    return None


def has_terminal() -> bool:
    """Return whether keys come from a terminal, and there is one to draw on."""
    return os.isatty(0) and sys.stderr is not None and sys.stderr.isatty()


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what Textual reads as it is loaded.

    Exported COLUMNS and LINES would be believed over the terminal's real size,
    animations cost bytes that a slow line does not have, and an empty NO_COLOR asks for
    nothing.
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
    """Return the wanted theme, or the terminal's own colours where these are few.

    A theme's colours rounded to the 16 of a terminal can't be read.
    """
    if environ.get("NO_COLOR"):
        return _OWN_COLOURS
    if colours(environ) != 16 or (wanted or "").startswith(_OF_TERMINAL):
        return wanted
    return _OWN_COLOURS


def ascii_only(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Return whether this terminal shows no more than ASCII.

    Python draws in UTF-8 wherever the locale is C, so the `encoding` of what is drawn
    on does not tell by itself: the locale has to say so too.
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
    """Return how many colours there are: 16, 256, or 2 ** 24 if it says so."""
    term = environ.get("TERM", "").lower()
    said = environ.get("COLORTERM", "").strip().lower()
    if said in ("truecolor", "24bit") and not _within_screen(environ):
        return 2**24
    if term.startswith(_OF_256_COLOURS) or term.endswith(("-256color", "-kitty")):
        return 256
    return 16


def _within_screen(environ: Mapping[str, str]) -> bool:
    """Return whether we run in GNU screen, which takes RGB colours for attributes.

    COLORTERM is then the word of the terminal around it.
    """
    return "STY" in environ and environ.get("TERM", "").startswith("screen")


def _is_coerced(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether Python set the variable, which says nothing of the terminal."""
    set_by_python = name == "LC_CTYPE" and bool(sys.flags.utf8_mode)
    return set_by_python and environ[name] in _COERCED
