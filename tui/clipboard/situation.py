"""Where the program runs, as it matters for copying.

Locally or over SSH, in which multiplexer, in which terminal. Pure except for `look`,
which asks tmux and the system, takes up to two seconds and needs no screen.
"""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tui.programs import printed_by

RouteName = Literal["native", "tmux", "osc52"]

_ABOUT_TMUX = (
    "#{version}",
    "#{client_tty}",
    "#{client_termtype} #{client_termname}",
    "#{allow-passthrough}",
    "#{client_pid}",
)
_ASK_TMUX = ("\t".join(_ABOUT_TMUX), ";", "show-environment")
"""One process for most of what tmux knows, with its session's variables."""

_ASK_TERMINALS = ("tmux", "show-messages", "-T")
"""How tmux talks to each terminal: its list of features lacks what terminfo says."""

_TERMINAL = re.compile(r"Terminal \d+: .* for (?P<tty>\S+), flags=")
_MS = re.compile(r" *\d+: Ms: \(string\) (?P<sequence>.+)")

_STALE = ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")

NAMES_CLIPBOARD = "see `tokendeck help clipboard`"
_TAKES_OSC_52 = (
    "kitty",
    "ghostty",
    "wezterm",
    "foot",
    "alacritty",
    "contour",
    "windows terminal",
)
_REFUSES_OSC_52 = ("vte", "gnome", "apple_terminal", "rxvt", "st-256color")


@dataclass(frozen=True)
class Tmux:
    """What tmux says about itself, and about the terminal attached to it.

    Attributes:
        version: Its major and minor version.
        copies_by: The sequence that it uses to pass a copy to the terminal (terminfo's
            Ms); empty if it has none.
        passes_on: Whether it passes wrapped sequences on to the terminal.
    """

    version: tuple[int, int] = (0, 0)
    copies_by: str = ""
    passes_on: bool = False


@dataclass(frozen=True)
class Situation:
    """Where we are.

    Attributes:
        remote: Whether we came by SSH.
        mosh: Whether we came by mosh.
        screen: Whether we are in GNU screen.
        tmux: What tmux says, if we are in it.
        tool: The program that reaches this display's clipboard; may be empty.
        terminal: The terminal's name, if known.
        says_so: Whether the terminal said that it accepts copies (DA1, 52); few do.
        origin: The address that SSH came from.
        environ: For programs that we run; no variable in it may contain a credential.
    """

    remote: bool = False
    mosh: bool = False
    screen: bool = False
    tmux: Tmux | None = None
    tool: str = ""
    terminal: str = ""
    says_so: bool = False
    origin: str = ""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def multiplexer(self) -> str:
        """The name of the multiplexer, or nothing."""
        if self.tmux:
            return "tmux"
        return "screen" if self.screen else ""

    @property
    def place(self) -> str:
        """What an answer about copies applies to: terminal, multiplexer, both ends."""
        parts = (
            self.terminal or "?",
            self.multiplexer or "none",
            self.origin or "local",
            platform.node(),
        )
        return " ".join(parts)

    @property
    def takes_copies(self) -> bool | None:
        """Whether the terminal takes OSC 52, by its answer or name; None if unknown."""
        name = self.terminal.casefold()
        if self.says_so:
            return True
        if any(word in name for word in _REFUSES_OSC_52):
            return False
        if any(word in name for word in _TAKES_OSC_52):
            return True
        return None

    @property
    def sends_by_tmux(self) -> bool:
        """Whether tmux can send a buffer on by itself, as it can since 3.2."""
        # Mosh only accepts a copy that names the clipboard, which tmux omits.
        if self.tmux is None or self.mosh:
            return False
        return self.tmux.version >= (3, 2) and bool(self.tmux.copies_by)

    @property
    def fills_primary(self) -> bool:
        """Whether a copy is pasted by the middle button, but not by ctrl+v.

        tmux may not say which clipboard it means; xterm then uses the other one.
        """
        if self.tmux is None or not self.sends_by_tmux:
            return False
        leaves_open = "%p1" in self.tmux.copies_by
        return leaves_open and self.terminal.startswith("XTerm(")

    @property
    def wraps_for_tmux(self) -> bool:
        """Whether a wrapped sequence reaches the terminal, as tmux won't send it."""
        return self.tmux is not None and self.tmux.passes_on and not self.sends_by_tmux


@dataclass(frozen=True)
class Route:
    """A route to a clipboard, whether it works here, and what it can do or why not."""

    name: RouteName
    usable: bool
    words: str


def look(environ: Mapping[str, str]) -> Situation:
    """Find out where we are.

    It blocks while tmux answers, so don't call it on the event loop.
    """
    bare = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("CONTENTSTACK_", "TOKENDECK_"))
    }
    tmux, named, client = None, _terminal(environ), "self"
    if environ.get("TMUX"):
        tmux, named, client, newer = _ask_tmux(bare)
        bare = {name: value for name, value in {**bare, **newer}.items() if value}
    return Situation(
        remote=bool(bare.get("SSH_CONNECTION") or bare.get("SSH_TTY")),
        mosh="mosh-server" in _ancestors(client),
        screen=tmux is None and bool(environ.get("STY")),
        tmux=tmux,
        tool=_desktop_tool(bare),
        terminal=named,
        origin=bare.get("SSH_CONNECTION", "").partition(" ")[0],
        environ=bare,
    )


def describe(here: Situation) -> tuple[Route, ...]:
    """Return every route with what it can do here, in the order they are tried."""
    return (_native(here), _through_tmux(here), _osc52(here))


def _native(here: Situation) -> Route:
    if not here.tool:
        why_not = "no desktop here, or none of wl-copy, xclip and xsel"
    elif here.remote:
        why_not = "over SSH, this machine's display is rarely where you paste"
    elif here.screen:
        why_not = "in GNU screen, Tokendeck can't tell if you're at this desktop"
    else:
        words = f"this desktop's clipboard, with {here.tool}; read back, cleared later"
        return Route("native", True, words)
    return Route("native", False, why_not)


def _through_tmux(here: Situation) -> Route:
    if here.tmux is None:
        return Route("tmux", False, "not in tmux")
    version = ".".join(map(str, here.tmux.version))
    buffer = f"a tmux {version} buffer; read back, cleared later"
    return Route("tmux", True, f"{buffer}; {_onward_from_tmux(here)}")


def _onward_from_tmux(here: Situation) -> str:
    """Say whether a tmux buffer reaches the terminal."""
    if here.fills_primary:
        onward = (
            "tmux sends it on to your terminal; xterm gives it to the middle button"
        )
        return f"{onward}, not to ctrl+v: {NAMES_CLIPBOARD}"
    if here.sends_by_tmux:
        return "tmux sends it on to your terminal"
    if here.wraps_for_tmux:
        return "sent on to your terminal through tmux"
    why = "tmux thinks your terminal has no clipboard"
    cure = "-as terminal-features ',*:clipboard'"
    if here.mosh:
        why, cure = "mosh drops what tmux sends", "-g allow-passthrough on"
    return f"not sent on, because {why}: `set {cure}` in ~/.tmux.conf"


def _osc52(here: Situation) -> Route:
    if here.tmux and here.tmux.passes_on:
        words = "asks your terminal through tmux, which passes it on"
        return Route("osc52", True, words)
    if here.tmux:
        words = "tmux doesn't pass it on, so its buffer is used"
        return Route("osc52", False, words)
    words = "asks your terminal (OSC 52), which never answers"
    if here.screen:
        words += "; wrapped, so that GNU screen passes it on"
    if here.takes_copies is not None:
        verb = "takes" if here.takes_copies else "refuses"
        words += f"; {here.terminal} {verb} it"
    return Route("osc52", True, words)


def _ask_tmux(environ: dict[str, str]) -> tuple[Tmux, str, str, dict[str, str]]:
    """Ask tmux where we are, and return what `_tmux` returns."""
    pane = environ.get("TMUX_PANE")
    target = ("-t", pane) if pane else ()
    words = ("tmux", "display-message", "-p", *target, *_ASK_TMUX)
    answer = printed_by(words, environ) or b""
    terminals = printed_by(_ASK_TERMINALS, environ) or b""
    return _tmux(
        answer.decode("utf-8", "replace"), terminals.decode("utf-8", "replace")
    )


def _tmux(answer: str, terminals: str) -> tuple[Tmux, str, str, dict[str, str]]:
    """Parse tmux's answer.

    Returns:
        What it says about itself, the terminal's name, its client's process, and
        variables that are newer than ours.
    """
    first, _, rest = answer.partition("\n")
    version, tty, named, passes, client, *_ = (*first.split("\t"), *[""] * 5)
    numbers = re.search(r"(\d+)\.(\d+)", version)
    known = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    variables: dict[str, str] = {}
    for line in rest.splitlines():
        # A leading minus means that the client that attached last doesn't have it.
        name, _, value = line.removeprefix("-").partition("=")
        if name in _STALE:
            variables[name] = value
    # Before 3.3 this option didn't exist, and everything was passed on.
    passed = passes not in ("", "0", "off") or (0, 0) < known < (3, 3)
    tmux = Tmux(known, _copies_by(terminals, tty), passed)
    return tmux, named.strip(), client, variables


def _copies_by(terminals: str, tty: str) -> str:
    """Return how tmux passes copies to the terminal on this tty."""
    of = ""
    for line in terminals.splitlines():
        if heading := _TERMINAL.match(line):
            of = heading["tty"]
        elif of == tty and (copies := _MS.fullmatch(line)):
            return copies["sequence"]
    return ""


def _desktop_tool(environ: Mapping[str, str]) -> str:
    if sys.platform == "darwin":
        return "pbcopy"
    if sys.platform == "win32":
        return "windows"
    path = environ.get("PATH")
    if environ.get("WAYLAND_DISPLAY") and shutil.which("wl-copy", path=path):
        return "wl-clipboard"
    if environ.get("DISPLAY"):
        for tool in ("xclip", "xsel"):
            if shutil.which(tool, path=path):
                return tool
    return ""


def _terminal(environ: Mapping[str, str]) -> str:
    if environ.get("WT_SESSION"):
        return "Windows Terminal"
    if environ.get("VTE_VERSION"):
        return "VTE"
    for name in ("TERM_PROGRAM", "LC_TERMINAL", "TERM"):
        if environ.get(name):
            return environ[name]
    return ""


def _ancestors(process: str) -> tuple[str, ...]:
    """Return the names of a process and its ancestors, if Linux provides them."""
    names: list[str] = []
    while process not in ("", "0", "1") and len(names) < 32:
        try:
            stat = Path("/proc", process, "stat").read_text("utf-8", "replace")
        except OSError:
            break
        name, _, rest = stat.partition("(")[2].rpartition(")")
        names.append(name)
        process = rest.split()[1]
    return tuple(names)
