"""Textual's terminal driver, fixed where it hangs or loses keys.

We rely on these parts of Textual's `LinuxDriver`, besides its public API: `_file`, to
which a thread writes, flushing when it has nothing left to write; `_key_thread`, which
runs `run_input_thread` until `exit_event` is set; `_loop` and `_app`, which receive
signals; `_mouse` and `_mouse_pixels`, which say what modes to leave;
`_must_signal_resume`, whether to announce a resume; `_get_terminal_size`.
tests/terminal/test_ending.py and test_unfinished.py fail if one of them changes.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import termios
import time
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain
from types import FrameType
from typing import Any, TextIO, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from tui.programs import end_all
from tui.terminal.key_parser import KeyParser, TerminalMode

_log = logging.getLogger(__name__)
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
_SIGNALLED = 128
_PATIENCE = 0.8
"""Seconds that leaving may take before the process ends at once."""
_POLL = 0.1
_TRIES, _BREATH = 50, 0.01
_PLAIN = "\x1b[m"
_ESC_FOR_ALT = 1036
"""The mode in which xterm sends alt+o as ESC and o; otherwise it sends ï."""
_SET_ESC, _RESET_ESC = f"\x1b[?{_ESC_FOR_ALT}h", f"\x1b[?{_ESC_FOR_ALT}l"
_IS_SET = 1
# What Textual asks of the keyboard, and the same plus each key's place (flag 4).
_KEY_PROTOCOL, _WITH_PLACES = "\x1b[>25u", "\x1b[>29u"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_ASK_MODE, _ASK_ATTRIBUTES = f"\x1b[?{_ESC_FOR_ALT}$p", "\x1b[c"
_MODES_OF_MOUSE = (1000, 1003, 1006, 1015, 1016)
_LEAVING = (
    # End a string that was cut off.
    "\x1b\\"
    # Restore pasting, wrapping, keys, the screen, the cursor and the focus.
    f"{_PLAIN}\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
    + "".join(f"\x1b[?{mode}l" for mode in _MODES_OF_MOUSE)
    # In-band sizes, and frames.
    + "\x1b[?2048l\x1b[?2026l"
)


class TerminalDriver(LinuxDriver):
    """Textual's driver of a Unix terminal.

    - Signals are handled between two steps of the program, not within one, which may
      hold a lock.
    - A signal to end, or a terminal that is gone, ends the program within a second, no
      matter what it's waiting for.
    - Bytes that aren't UTF-8 are skipped.
    - On a slow line, writers can wait until the terminal has taken earlier output.
    - The terminal's cursor is only hidden if the application doesn't show it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        # Whatever Textual passes to its drivers.
        super().__init__(*args, **options)
        # The dashboard only starts if there's a terminal to draw on.
        self._outlet = outlet = _Outlet(cast(TextIO, self._file))
        # It's enough of a file for the writing thread.
        self._file = outlet  # type: ignore[assignment]
        self._output = outlet.fileno()
        self._given = 0
        self._kept: list[str] = []
        self._in_place_of = {_KEY_PROTOCOL: _WITH_PLACES}
        if getattr(self._app, "shows_cursor", False):
            self._in_place_of[_HIDE_CURSOR] = _SHOW_CURSOR
        self._heard: deque[Message] = deque()
        self._hears_more = False
        self._held = False
        self._stopped = False
        self._ended = False
        self._sent_esc_before = False
        for number in _ENDING:
            signal.signal(number, self._end_on)
        self._listen()

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self._held = True
        # Textual has no types there.
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # Textual's handler can interrupt itself between reading the size and reporting
        # it, and would then report the old size last.
        self._loop.add_signal_handler(signal.SIGWINCH, self._tell_size)
        # Apple's Terminal prints the end of sequences that it doesn't know.
        knows_modes = os.environ.get("TERM_PROGRAM", "") != "Apple_Terminal"
        ask = _ASK_MODE if knows_modes else ""
        # Every terminal answers the last of these, so no answers come after that.
        self.write(f"{ask}{_SET_ESC}{_ASK_ATTRIBUTES}")
        kept, self._kept = self._kept, []
        for sequence in kept:
            self.write(sequence)

    def process_message(self, message: Message) -> None:
        """Pass a message to the application, noting what it says about the terminal."""
        if isinstance(message, TerminalMode) and message.mode == _ESC_FOR_ALT:
            self._sent_esc_before = message.state == _IS_SET
        super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Post a message to the application on its loop.

        Textual creates a task for each, which takes three more turns of the loop.
        """
        self._heard.append(message)
        if not self._hears_more:
            self._loop.call_soon_threadsafe(self._pass_on)

    def _pass_on(self) -> None:
        while self._heard:
            self._app.post_message(self._heard.popleft())

    def stop_application_mode(self) -> None:
        """Give back the terminal, with its own colours."""
        self.write(f"{_PLAIN}{self._leaving_esc}")
        if self._mouse and self._mouse_pixels:
            self.write("\x1b[?1016l")
        super().stop_application_mode()

    def close(self) -> None:
        """Wait until the terminal has taken all output, and so is given back."""
        super().close()
        # If the line is stalled, we don't get this far: see `_end_at_once`.
        self._held = False

    def write(self, data: str) -> None:
        """Pass a sequence to the writing thread.

        While another program has the terminal, as after `f`, that thread doesn't run: a
        copy waits until we have the terminal again.
        """
        if not self._held:
            self._kept.append(data)
            return
        self._given += 1
        super().write(self._in_place_of.get(data, data))

    def once_taken(self, call: Callable[[], object]) -> bool:
        """Have the loop make the call once the terminal has taken what was written.

        Returns:
            False if it already has: then nothing will be called.
        """
        # In this order, so that output taken in between is noticed here or there.
        self._outlet.then = partial(self._loop.call_soon_threadsafe, call)
        if self._given > self._outlet.taken:
            return True
        self._outlet.then = None
        return False

    def disable_input(self) -> None:
        """Stop reading keys.

        Doing this twice would discard what is typed for the shell.
        """
        if self._key_thread is not None:
            super().disable_input()
            self._key_thread = None

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return the columns and lines of the terminal that we draw on.

        Textual asks standard output, which may have been redirected.
        """
        with suppress(OSError):
            columns, lines = os.get_terminal_size(self._output)
            if columns and lines:
                return columns, lines
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        """Read keys until the terminal is given back or gone."""
        parser = KeyParser()
        parser.expect_answers()
        decode = getincrementaldecoder("utf-8")(errors="surrogateescape").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                data = b""
                if selector.select(_POLL):
                    data = self._read()
                    if not data:
                        self._loop.call_soon_threadsafe(
                            self._end_on, signal.SIGHUP, None
                        )
                        return
                if not self._hear(parser, decode(data)):
                    parser = KeyParser()

    def _hear(self, parser: KeyParser, text: str) -> bool:
        """Pass on the keys in `text`; return whether it could be parsed.

        They go together: otherwise the first is drawn by itself, and then the rest.
        """
        self._hears_more = True
        try:
            for message in chain(parser.feed(text), parser.tick()):
                self.process_message(message)
        except Exception as error:
            # Garbage on the line is no reason to end, or to stop listening.
            _log.error("Keys that could not be read: %s", type(error).__name__)
            return False
        finally:
            self._hears_more = False
            # The loop may have been closed.
            with suppress(RuntimeError):
                if self._heard:
                    self._loop.call_soon_threadsafe(self._pass_on)
        return True

    @property
    def _leaving_esc(self) -> str:
        """The sequence that restores how the terminal sends keys with alt."""
        return "" if self._sent_esc_before else _RESET_ESC

    def _read(self) -> bytes:
        with suppress(OSError):
            return os.read(self.fileno, 4096)
        return b""

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))

    def _listen(self) -> None:
        self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._loop.add_signal_handler(signal.SIGCONT, self._retake)

    def _suspend(self) -> None:
        """Stop, together with what started us (`make demo`), and continue after `fg`.

        If no shell waits for us, as in a separate tmux window, the system ignores the
        stop.
        """
        held, self._stopped = self._held, True
        if held:
            self.suspend_application_mode()
        # This method handles the return, so the loop must not handle it again.
        self._loop.remove_signal_handler(signal.SIGCONT)
        self._loop.remove_signal_handler(signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        # Unlike a signal to the process, one to this thread has arrived when the call
        # returns.
        signal.raise_signal(signal.SIGTSTP)
        while self._in_background():
            # A signal to end may be on its way. If not, we were only sent to the
            # background.
            time.sleep(_POLL)
            if self._in_background():
                signal.raise_signal(signal.SIGTTOU)
        self._stopped = False
        self._listen()
        if held:
            self._resume()

    def _in_background(self) -> bool:
        with suppress(OSError):
            return os.tcgetpgrp(self.fileno) != os.getpgrp()
        return False

    def _retake(self) -> None:
        """Take the terminal again after a stop that left no time to give it back."""
        if self._held and not self._ended:
            self.suspend_application_mode()
            self._resume()

    def _resume(self) -> None:
        self._must_signal_resume = True
        self.resume_application_mode()

    def _end_on(self, number: int, _frame: FrameType | None) -> None:
        """Leave as `q` does; if that takes too long, leave at once.

        It does if the line is stalled. The application may then never get its turn, so
        save now what it keeps for the next start.
        """
        first, self._ended = not self._ended, True
        # Restoring the terminal from the background would stop us for good.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, lambda *_: self._end_at_once(number))
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
        keep = getattr(self._app, "keep_unfinished", None)
        if keep is not None and first:
            keep()
        if self._stopped:
            self._end_at_once(number)
        leave = partial(self._app.exit, return_code=_SIGNALLED + number)
        self._loop.call_soon_threadsafe(leave)

    def _end_at_once(self, number: int) -> None:
        end_all()
        if self._held and self.attrs_before is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
                self._leave_without_waiting()
            with suppress(OSError):
                # The shell shares the terminal, and expects it to block.
                os.set_blocking(self._output, True)
        os._exit(_SIGNALLED + number)

    def _leave_without_waiting(self) -> None:
        # Frames that still wait would fill the line again as soon as it is emptied.
        self._outlet.is_over = True
        os.set_blocking(self._output, False)
        leaving = f"{_LEAVING}{self._leaving_esc}".encode()
        for _ in range(_TRIES):
            # What the line hasn't taken is out of date, and would block this.
            termios.tcflush(self._output, termios.TCOFLUSH)
            # Emptying the line doesn't wake the thread that is writing, and nobody else
            # can write while it sleeps. This wakes it, even if nothing changes.
            attributes = termios.tcgetattr(self._output)
            termios.tcsetattr(self._output, termios.TCSANOW, attributes)
            with suppress(BlockingIOError):
                # A line with too little room takes a part.
                if os.write(self._output, leaving) == len(leaving):
                    return
            time.sleep(_BREATH)


class _Outlet:
    """The terminal to write to; once it's gone, writing does nothing.

    An error would end the writing thread, and anything that passes it more would wait
    forever.

    Attributes:
        taken: How many writes the terminal has taken.
        is_over: Whether to write nothing more, not even to a terminal that is there.
        then: What to call once it has taken them all.
    """

    def __init__(self, file: TextIO) -> None:
        self._terminal = file
        self._written = 0
        self.taken = 0
        self.is_over = False
        self.then: Callable[[], object] | None = None

    def fileno(self) -> int:
        return self._terminal.fileno()

    def write(self, text: str) -> None:
        with suppress(OSError):
            if not self.is_over:
                self._terminal.write(text)
        self._written += 1

    def flush(self) -> None:
        with suppress(OSError):
            if not self.is_over:
                self._terminal.flush()
        self.taken = self._written
        then, self.then = self.then, None
        if then is not None:
            # The loop may have been closed.
            with suppress(RuntimeError):
                then()
