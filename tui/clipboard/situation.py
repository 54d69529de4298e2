"""Where the program runs, as far as a copy cares.

Local or far away, in what multiplexer, in which terminal.

Pure but for `look`, which asks tmux and the system, takes up to two seconds and needs
no screen.
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

_ASK_TMUX = (
    "#{version}\t#{client_tty}\t#{client_termtype} #{client_termname}\t#{allow-passthrough}\t#{client_pid}",
    ";",
    "show-environment",
)
"""One process for most that tmux knows.

The variables of its session are younger than ours.
"""

_ASK_TERMINALS = ("tmux", "show-messages", "-T")
"""What tmux uses to speak to each terminal.

The list of features lacks what terminfo says.
"""

_TERMINAL = re.compile(r"Terminal \d+: .* for (?P<tty>\S+), flags=")
_MS = re.compile(r" *\d+: Ms: \(string\) (?P<sequence>.+)")

_STALE = ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")

NAMES_CLIPBOARD = "see docs/clipboard.md"
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
    """What tmux says of itself, and of the terminal that is attached to it.

    `copies_by` is the sequence by which it hands a copy to that terminal (terminfo's
    Ms), empty where it has none.
    """

    version: tuple[int, int] = (0, 0)
    copies_by: str = ""
    passes_on: bool = False


@dataclass(frozen=True)
class Situation:
    """Where we are. `terminal` is its name as far as it is told, `origin` the address that SSH came from.

    `says_so` is whether the terminal itself said that it takes copies (DA1, 52), which only some do.
    `tool` is the program that reaches the clipboard of the display named here, empty where there is none;
    `environ` is for the programs that are run, without any variable that may hold a credential.
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
        """Its name, or nothing."""
        return "tmux" if self.tmux else "screen" if self.screen else ""

    @property
    def place(self) -> str:
        """What an answer about copies holds for.

        This terminal, in this multiplexer, from there to here.
        """
        parts = (
            self.terminal or "?",
            self.multiplexer or "none",
            self.origin or "local",
            platform.node(),
        )
        return " ".join(parts)

    @property
    def takes_copies(self) -> bool | None:
        """Whether the terminal takes OSC 52, by its word or by its kind.

        None where neither tells.
        """
        name = self.terminal.casefold()
        if self.says_so:
            return True
        if any(word in name for word in _REFUSES_OSC_52):
            return False
        return True if any(word in name for word in _TAKES_OSC_52) else None

    @property
    def sends_by_tmux(self) -> bool:
        """Whether tmux can send a buffer on itself.

        From 3.2 on, and not by mosh, which wants it named.
        """
        return (
            self.tmux is not None
            and self.tmux.version >= (3, 2)
            and bool(self.tmux.copies_by)
            and not self.mosh
        )

    @property
    def fills_primary(self) -> bool:
        """Whether a copy lands where the middle button pastes, and ctrl+v does not.

        Where tmux leaves it to the terminal which clipboard is meant, xterm takes the
        other.
        """
        return (
            self.tmux is not None
            and self.sends_by_tmux
            and "%p1" in self.tmux.copies_by
            and self.terminal.startswith("XTerm(")
        )

    @property
    def wraps_for_tmux(self) -> bool:
        """Whether the terminal behind tmux is reached by a wrapped sequence, since tmux itself won't send."""
        return self.tmux is not None and self.tmux.passes_on and not self.sends_by_tmux


@dataclass(frozen=True)
class Route:
    """A way to a clipboard: whether it is open here, and what it can do or why it can't, in words."""

    name: RouteName
    usable: bool
    words: str


def look(environ: Mapping[str, str]) -> Situation:
    """Find out where we are. Blocks while tmux answers: not for the event loop."""
    bare = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("CONTENTSTACK_", "TOKENDECK_"))
    }
    tmux, named, client = None, _terminal(environ), "self"
    if environ.get("TMUX"):
        pane = environ.get("TMUX_PANE")
        words = (
            "tmux",
            "display-message",
            "-p",
            *(("-t", pane) if pane else ()),
            *_ASK_TMUX,
        )
        answer = printed_by(words, bare) or b""
        terminals = printed_by(_ASK_TERMINALS, bare) or b""
        tmux, named, client, variables = _tmux(
            answer.decode("utf-8", "replace"), terminals.decode("utf-8", "replace")
        )
        bare = {name: value for name, value in {**bare, **variables}.items() if value}
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
    """Every route with what it can do here, in the order in which they are tried."""
    return (_native(here), _through_tmux(here), _osc52(here))


def _native(here: Situation) -> Route:
    why_not = ""
    if not here.tool:
        why_not = "no desktop here, or neither wl-copy nor xclip nor xsel"
    elif here.remote:
        why_not = "over SSH, a display here is rarely where you paste"
    elif here.screen:
        why_not = "in GNU screen nothing tells whether you sit at this desktop"
    words = (
        why_not
        or f"this desktop's clipboard, by {here.tool}; read back, cleared by time"
    )
    return Route("native", not why_not, words)


def _through_tmux(here: Situation) -> Route:
    if here.tmux is None:
        return Route("tmux", False, "not in tmux")
    version = ".".join(map(str, here.tmux.version))
    if here.sends_by_tmux:
        onward = "tmux sends it on to your terminal"
        if here.fills_primary:
            onward += f"; xterm gives it to the middle button, not to ctrl+v: {NAMES_CLIPBOARD}"
    elif here.wraps_for_tmux:
        onward = "sent on to your terminal through tmux"
    else:
        why, cure = (
            "tmux takes your terminal for one without clipboard",
            "-as terminal-features ',*:clipboard'",
        )
        if here.mosh:
            why, cure = "mosh drops what tmux sends", "-g allow-passthrough on"
        onward = f"not sent on, as {why}: `set {cure}` in ~/.tmux.conf"
    return Route(
        "tmux",
        True,
        f"a buffer of tmux {version}, read back, cleared by time; {onward}",
    )


def _osc52(here: Situation) -> Route:
    if here.tmux:
        if here.tmux.passes_on:
            return Route(
                "osc52", True, "asks your terminal through tmux, which passes it on"
            )
        return Route(
            "osc52", False, "tmux does not pass it on; its buffer takes the place"
        )
    words = "asks your terminal (OSC 52), which never answers"
    if here.screen:
        words += "; wrapped, so that GNU screen passes it on"
    if here.takes_copies is not None:
        words += f"; {here.terminal} {'takes' if here.takes_copies else 'refuses'} it"
    return Route("osc52", True, words)


def _tmux(answer: str, terminals: str) -> tuple[Tmux, str, str, dict[str, str]]:
    """What tmux said: itself, the terminal's name, its client's process, and variables younger than ours."""
    first, _, rest = answer.partition("\n")
    version, tty, named, passes, client, *_ = (*first.split("\t"), *[""] * 5)
    numbers = re.search(r"(\d+)\.(\d+)", version)
    known = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    variables: dict[str, str] = {}
    for line in rest.splitlines():
        # A leading minus is tmux's way to say that the client which attached last has
        # none.
        name, _, value = line.removeprefix("-").partition("=")
        if name in _STALE:
            variables[name] = value
    # Before 3.3 there was no such option, and everything was passed on.
    passed = passes not in ("", "0", "off") or (0, 0) < known < (3, 3)
    return (
        Tmux(known, _copies_by(terminals, tty), passed),
        named.strip(),
        client,
        variables,
    )


def _copies_by(terminals: str, tty: str) -> str:
    """How tmux hands copies to the terminal on this tty, of all that are attached to it."""
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
    if environ.get("WAYLAND_DISPLAY") and shutil.which(
        "wl-copy", path=environ.get("PATH")
    ):
        return "wl-clipboard"
    found = (
        tool
        for tool in ("xclip", "xsel")
        if shutil.which(tool, path=environ.get("PATH"))
    )
    return next(found, "") if environ.get("DISPLAY") else ""


def _terminal(environ: Mapping[str, str]) -> str:
    if environ.get("WT_SESSION"):
        return "Windows Terminal"
    if environ.get("VTE_VERSION"):
        return "VTE"
    return (
        environ.get("TERM_PROGRAM")
        or environ.get("LC_TERMINAL")
        or environ.get("TERM", "")
    )


def _ancestors(process: str) -> tuple[str, ...]:
    """Names of a process and of those above it, where Linux tells them."""
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
