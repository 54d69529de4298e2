"""Terminals that people use, with real keys, on an invisible display."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import end_with_descendants
from tests.support.terminal import drawn, environment_with

PICTURES = Path(__file__).parents[2] / ".cache" / "realterms"
TOKENDECK = str(Path(sys.executable).with_name("tokendeck"))
COLUMNS, LINES = 80, 24
_XTERM = f"xterm -geometry {COLUMNS}x{LINES} -fa 'DejaVu Sans Mono' -fs 10"
_KITTY = (
    "kitty --config NONE -o confirm_os_window_close=0"
    " -o remember_window_size=no -o enable_audio_bell=no"
    f" -o initial_window_width={COLUMNS}c -o initial_window_height={LINES}c"
)
_ALLOWED = "-xrm 'XTerm*disallowedWindowOps: 20,21,SetXprop'"
TERMINALS: Mapping[str, tuple[str, ...]] = {
    name: tuple(shlex.split(command))
    for name, command in {
        "xterm": f"{_XTERM} -bg white -fg black -e",
        "xterm-dark-256": f"{_XTERM} -bg black -fg white -tn xterm-256color -e",
        "xterm-allowed": f"{_XTERM} {_ALLOWED} -e",
        "kitty": _KITTY,
    }.items()
}
_PATIENCE = 30.0


def needed(*programs: str) -> pytest.MarkDecorator:
    """Skip a test if one of these is missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    reason = f"{', '.join(missing)} not installed (make system-deps ARGS=realterms)"
    return pytest.mark.skipif(bool(missing), reason=reason)


@dataclass(frozen=True)
class Window:
    """A terminal's window on a display, and what its program has written so far."""

    terminal: str
    display: str
    record: Path

    @property
    def text(self) -> str:
        """Return what the terminal should show, given what was written to it."""
        return "\n".join(drawn(self.written, COLUMNS, LINES))

    @property
    def written(self) -> bytes:
        """Return the bytes that were sent to the terminal."""
        return self.record.read_bytes() if self.record.exists() else b""

    def wait_for(self, what: str | Callable[[], bool]) -> None:
        """Wait until it shows a text, or a condition is true."""
        deadline = time.monotonic() + _PATIENCE
        while not self._shows(what):
            in_vain = f"Waited for {what!r}. The screen:\n{self.text}"
            assert time.monotonic() < deadline, in_vain
            time.sleep(0.05)

    def _shows(self, what: str | Callable[[], bool]) -> bool:
        return what() if callable(what) else what in self.text

    def press(self, *keys: str) -> None:
        """Press keys, by their X names."""
        self._x("xdotool", "key", "--delay", "40", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._x("xdotool", "type", "--delay", "20", text)

    def picture(self, name: str) -> Path:
        """Save a picture of what's really on the screen."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{self.terminal}-{name}.png"
        self._x("import", "-window", "root", "-trim", str(path))
        return path

    def put_on_clipboard(self, text: str) -> None:
        """Set the clipboard and the primary selection, as another program would."""
        for selection in ("clipboard", "primary"):
            words = ("xclip", "-selection", selection)
            subprocess.run(
                words,
                env=self._environ,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                check=True,
            )

    def clipboard(self, selection: str = "clipboard") -> str:
        """Return what Ctrl+V, or the middle button for `primary`, pastes elsewhere."""
        return self._x("xclip", "-selection", selection, "-o")

    @property
    def _environ(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}

    def _x(self, *words: str) -> str:
        with suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                words,
                env=self._environ,
                capture_output=True,
                text=True,
                check=False,
                timeout=20,
            )
            return done.stdout
        return ""


Open = Callable[..., Window]


@pytest.fixture
def open_window(tmp_path: Path) -> Iterator[Open]:
    """Open this terminal with the dashboard in it, or another command."""
    with ExitStack() as opened:
        display = opened.enter_context(_display())

        def open_window(
            terminal: str, command: str = f"{TOKENDECK} --demo", **env: str
        ) -> Window:
            window = Window(terminal, display, tmp_path / "record")
            script = ("script", "--quiet", "--flush", "--command")
            recorded = (*script, command, str(window.record))
            variables = {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", **env}
            runtime = tmp_path / "run"
            runtime.mkdir(mode=0o700)
            environ = environment_with({"TERM": None, "COLORTERM": None, **variables})
            environ["XDG_RUNTIME_DIR"] = str(runtime)
            opened.enter_context(_running((*TERMINALS[terminal], *recorded), environ))
            _focus(window)
            return window

        yield open_window


def _focus(window: Window) -> None:
    """Focus a window, since there's no window manager to do it."""
    kind = window.terminal.partition("-")[0]
    window.wait_for(lambda: bool(window.written))
    found: list[str] = []

    def appeared() -> bool:
        search = ("xdotool", "search", "--onlyvisible", "--class")
        found[:] = window._x(*search, kind).split()
        return bool(found)

    window.wait_for(appeared)
    window._x("xdotool", "windowmove", found[-1], "0", "0")
    window._x("xdotool", "windowfocus", "--sync", found[-1])


@contextmanager
def _display() -> Iterator[str]:
    read, write = os.pipe()
    options = ("-displayfd", str(write), "-nolisten", "tcp")
    words = ("Xvfb", *options, "-screen", "0", "1000x700x24")
    with _running(words, dict(os.environ), pass_fds=(write,)):
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"


@contextmanager
def _running(
    words: Sequence[str],
    environ: Mapping[str, str],
    pass_fds: Sequence[int] = (),
) -> Iterator[None]:
    with subprocess.Popen(
        words,
        env=environ,
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            end_with_descendants(process)
