"""A Textual application that sends the terminal only what differs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import RenderableType
from textual.app import ReturnType
from textual.widgets import Input

from tui.terminal.pens import PLAIN, NotUnderstood, change
from tui.terminal.textual_internals import OpenApp
from tui.terminal.wire import Wire, erases_in_colour

_LONGEST_HELD = 0.05
"""Seconds after which a frame is sent although its key is still being carried out."""
_CURSOR_ALONE = 0.05
"""Seconds that a moved cursor waits for the frame that nearly always comes with it."""


class WiredApp(OpenApp[ReturnType], inherit_bindings=False):
    """An application whose updates go through a `Wire`.

    Textual renders an update to a sequence of text, styles and moves. The wire reads
    that sequence, and the difference to what the terminal shows is written in its
    place. Textual writes by itself where the application is plain, inline, headless or
    drawn by a browser.
    """

    def __init__(
        self, *, ansi_color: bool | None = None, plain_wire: bool = False
    ) -> None:
        super().__init__(ansi_color=ansi_color)
        self._wire: Wire | None = None
        if not plain_wire:
            self._wire = Wire(erases_in_colour=erases_in_colour(os.environ))
        self._cursor = ""
        self._sending = False
        self._held = False

    def on_resize(self) -> None:
        """Draw all of it: what a terminal does with its cells now is up to it.

        That holds even where the size changes back.
        """
        self.forget_terminal()

    def forget_terminal(self) -> None:
        """Trust nothing of what the terminal shows; the next update draws all of it."""
        if self._wire is not None:
            self._wire.forget()

    @contextmanager
    def one_frame(self) -> Iterator[None]:
        """Hold back what is drawn within, for a moment, so that all is one frame."""
        if self._wire is None:
            yield
            return
        held = ExitStack()
        self._held = True
        held.callback(self._release)
        held.enter_context(self.batch_update())
        longest = asyncio.get_running_loop().call_later(_LONGEST_HELD, held.close)
        try:
            yield
        finally:
            longest.cancel()
            held.close()

    def _release(self) -> None:
        self._held = False
        if self.screen_stack:
            self.screen.check_idle()
            self._send_soon()

    def take_update(self, update: RenderableType) -> bool:
        """Note what the screen is to show, and send it with the frame."""
        wire = self._wire
        if wire is None or self.is_headless or self.is_inline or self.is_web:
            return False
        try:
            self._note(wire, update)
        except NotUnderstood:
            # Better too many bytes than a wrong screen, so from here on all goes out as
            # it comes.
            self._wire = None
            self.write_to_terminal(change(None, PLAIN))
            self.screen.refresh(layout=True)
            return False
        self._send_soon()
        return True

    def _note(self, wire: Wire, update: RenderableType) -> None:
        sequence = self.sequence_of(update)
        if sequence is None:
            raise NotUnderstood(type(update).__name__)
        wire.fit(*self.size)
        wire.take(sequence)

    def _send_soon(self) -> None:
        """Send once in a turn of the loop: all that is drawn in it is one frame."""
        if not self._sending:
            self._sending = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._sending = False
        wire = self._wire
        if wire is None or not self._may_send:
            return
        if self.call_once_taken(self._send):
            # A frame that waits behind others is out of date when it comes; the next
            # one says all at once.
            self._sending = True
            return
        if frame := wire.difference():
            self._write(f"{frame}{self._cursor_in_field}")
            wire.sent()
            self.post_display_hook()
        elif self._cursor_in_field != self._cursor:
            asyncio.get_running_loop().call_later(_CURSOR_ALONE, self._send_cursor)

    @property
    def _may_send(self) -> bool:
        """Whether frames go out now, with nothing that holds them back."""
        held_back = self._held or self.is_batching
        return not held_back and self.is_running and bool(self.screen_stack)

    def _send_cursor(self) -> None:
        if self._cursor_in_field != self._cursor and not self._sending:
            self._write(self._cursor_in_field)

    def _write(self, sequence: str) -> None:
        if self.is_running:
            self.write_frame(sequence)
            self._cursor = self._cursor_in_field

    @property
    def _cursor_in_field(self) -> str:
        """The move to the cursor of the field in use, by which input methods open."""
        if not isinstance(self.focused, Input):
            return ""
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        return f"\x1b[{y + 1};{x + 1}H"
