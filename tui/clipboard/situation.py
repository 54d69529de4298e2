"""Where the program runs, as far as a copy cares: local or far away, in what multiplexer, in which terminal.

Pure but for `look`, which asks tmux and the system, takes up to two seconds and needs no screen.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

RouteName = Literal["native", "tmux", "osc52"]
Ask = Callable[[tuple[str, ...], Mapping[str, str]], str]

ASK_TMUX = (
    "tmux",
    "display-message",
    "-p",
    "#{version}\t#{client_termfeatures}\t#{client_termtype} #{client_termname}\t#{set-clipboard}\t"
    "#{allow-passthrough}\t#{client_pid}",
    ";",
    "show-environment",
)
"""One process for all that tmux knows: the variables of its session are younger than ours."""

_STALE = ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")
_SECONDS = 2.0

_TAKES_OSC_52 = ("kitty", "ghostty", "wezterm", "foot", "alacritty", "contour", "windows terminal")
_REFUSES_OSC_52 = ("vte", "gnome", "apple_terminal")


@dataclass(frozen=True)
class Tmux:
    """What tmux says of itself, and of the terminal that is attached to it.

    `features` are what it takes that terminal for, mostly by its name.
    """

    version: tuple[int, int] = (0, 0)
    features: frozenset[str] = frozenset()
    set_clipboard: str = ""
    passes_on: bool = False

    @property
    def sends_on(self) -> bool:
        """Whether what is loaded into a buffer can be sent to the terminal too: from 3.2 on."""
        return self.version >= (3, 2)


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
        """What an answer about copies holds for: this terminal, in this multiplexer, from there to here."""
        parts = (self.terminal or "?", self.multiplexer or "none", self.origin or "local", platform.node())
        return " ".join(parts)

    @property
    def takes_copies(self) -> bool | None:
        """Whether the terminal takes OSC 52, by its word or by its kind; None where neither tells."""
        name = self.terminal.casefold()
        if self.says_so:
            return True
        if any(word in name for word in _REFUSES_OSC_52):
            return False
        return True if any(word in name for word in _TAKES_OSC_52) else None


@dataclass(frozen=True)
class Route:
    """A way to a clipboard: whether it is open here, and what it can do or why it can't, in words."""

    name: RouteName
    usable: bool
    words: str


def look(environ: Mapping[str, str], ask: Ask | None = None) -> Situation:
    """Find out where we are. Blocks while tmux answers: not for the event loop.

    `ask` runs a program and gives what it printed, nothing if it failed.
    """
    ask = ask or _run
    bare = {
        name: value for name, value in environ.items() if not name.startswith(("CONTENTSTACK_", "TOKENDECK_"))
    }
    tmux, named, client = None, "", "self"
    if environ.get("TMUX"):
        aimed = (
            (*ASK_TMUX[:2], "-t", environ["TMUX_PANE"], *ASK_TMUX[2:]) if "TMUX_PANE" in environ else ASK_TMUX
        )
        tmux, named, client, variables = _tmux(ask(aimed, bare))
        bare = {name: value for name, value in {**bare, **variables}.items() if value}
    remote = bool(bare.get("SSH_CONNECTION") or bare.get("SSH_TTY"))
    return Situation(
        remote=remote,
        mosh="mosh-server" in _ancestors(client),
        screen=tmux is None and bool(environ.get("STY")),
        tmux=tmux,
        tool=_desktop_tool(bare),
        terminal=named if tmux else _terminal(environ),
        origin=(bare.get("SSH_CONNECTION") or "").partition(" ")[0],
        environ=bare,
    )


def describe(here: Situation) -> tuple[Route, ...]:
    """Every route with what it can do here, in the order in which they are tried."""
    return (_native(here), _through_tmux(here), _osc52(here))


def _native(here: Situation) -> Route:
    if not here.tool:
        return Route("native", False, "no desktop here, or neither wl-copy nor xclip nor xsel")
    if here.remote:
        return Route("native", False, "over SSH, a display here is rarely where you paste")
    if here.screen:
        return Route("native", False, "in GNU screen nothing tells whether you sit at this desktop")
    return Route("native", True, f"this desktop's clipboard, by {here.tool}; read back, cleared by time")


def _through_tmux(here: Situation) -> Route:
    if here.tmux is None:
        return Route("tmux", False, "not in tmux")
    version = ".".join(map(str, here.tmux.version))
    return Route(
        "tmux", True, f"a buffer of tmux {version}, read back, cleared by time; {_onward(here, here.tmux)}"
    )


def _onward(here: Situation, tmux: Tmux) -> str:
    """What tmux does for the terminal beyond it."""
    if sends_by_tmux(here):
        return "tmux sends it on to your terminal"
    if tmux.passes_on:
        return "sent on to your terminal through tmux"
    cure = "set -g allow-passthrough on" if here.mosh else "set -as terminal-features ',*:clipboard'"
    why = "mosh drops what tmux sends" if here.mosh else "tmux takes your terminal for one without clipboard"
    return f"not sent on, as {why}: `{cure}` in ~/.tmux.conf"


def _osc52(here: Situation) -> Route:
    if here.tmux:
        if here.tmux.passes_on:
            return Route("osc52", True, "asks your terminal through tmux, which passes it on")
        return Route("osc52", False, "tmux does not pass it on; its buffer takes the place")
    words = "asks your terminal (OSC 52), which never answers"
    if here.screen:
        words += "; wrapped, so that GNU screen passes it on"
    if here.takes_copies is not None:
        words += f"; {here.terminal} {'takes' if here.takes_copies else 'refuses'} it"
    return Route("osc52", True, words)


def sends_by_tmux(here: Situation) -> bool:
    """Whether tmux can send a buffer on itself: mosh takes no selection without a name, as tmux sends it."""
    return (
        here.tmux is not None and here.tmux.sends_on and not here.mosh and "clipboard" in here.tmux.features
    )


def _tmux(answer: str) -> tuple[Tmux, str, str, dict[str, str]]:
    """What tmux said: itself, the terminal's name, its client's process, and variables younger than ours."""
    first, _, rest = answer.partition("\n")
    version, features, named, takes, passes, client, *_ = (*first.split("\t"), *[""] * 6)
    numbers = re.search(r"(\d+)\.(\d+)", version)
    known = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    variables: dict[str, str] = {}
    for line in rest.splitlines():
        # A leading minus is tmux's way to say that the client which attached last has none.
        name, _, value = line.removeprefix("-").partition("=")
        if name in _STALE:
            variables[name] = value
    # Before 3.3 there was no such option, and everything was passed on.
    passed = passes not in ("", "0", "off") or (0, 0) < known < (3, 3)
    tmux = Tmux(known, frozenset(features.split(",")) - {""}, takes, passed)
    return tmux, named.strip(), client, variables


def _desktop_tool(environ: Mapping[str, str]) -> str:
    if sys.platform == "darwin":
        return "pbcopy"
    if sys.platform == "win32":
        return "windows"
    if environ.get("WAYLAND_DISPLAY") and shutil.which("wl-copy", path=environ.get("PATH")):
        return "wl-clipboard"
    found = (tool for tool in ("xclip", "xsel") if shutil.which(tool, path=environ.get("PATH")))
    return next(found, "") if environ.get("DISPLAY") else ""


def _terminal(environ: Mapping[str, str]) -> str:
    if environ.get("WT_SESSION"):
        return "Windows Terminal"
    if environ.get("VTE_VERSION"):
        return "VTE"
    return environ.get("TERM_PROGRAM") or environ.get("LC_TERMINAL") or environ.get("TERM", "")


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


def _run(words: tuple[str, ...], environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and no shell
            words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
