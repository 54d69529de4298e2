"""A Textual application that sends the terminal only what differs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TypeAlias

from rich.console import RenderableType
from textual.app import ReturnType
from textual.geometry import Offset
from textual.widget import Widget

from tui.terminal.pens import PLAIN, NotUnderstood, change
from tui.terminal.textual_internals import OpenApp
from tui.terminal.wire import Wire, erases_in_colour
from tui.terminal.writer import move_to

_MODES = ("\x1b[?25l", "\x1b[?7l")
"""The cursor hidden (see the driver), no wrapping.

What Textual sets once, and another program may have changed.
"""
_LONGEST_HELD = 0.05
"""Seconds after which a frame is sent although its key is still being carried out."""
_LONGEST_UNSEEN = 0.1
"""Seconds after which a frame is sent although more keys wait to be carried out."""
_DRAWING = 0.5
"""Seconds that keys wait for such a frame; a screen on its way out may never draw."""
_CURSOR_ALONE = 0.05
"""Seconds that a moved cursor waits for the frame that nearly always comes with it."""


CursorCell: TypeAlias = Callable[[], tuple[int, int]]
"""A widget's `cursor_cell`: where the terminal's cursor stands while it has the focus.

It returns a cell of the widget's content, column and line.
"""


class WiredApp(OpenApp[ReturnType], inherit_bindings=False):
    """An application whose updates go through a `Wire`.

    Textual renders an update to a sequence of text, styles and moves. The wire reads
    that sequence, and the difference to what the terminal shows is written in its
    place. Textual writes by itself where the application is plain, inline, headless or
    drawn by a browser.

    The terminal's cursor stands on what is selected after every frame, seen or not:
    braille displays, screen readers and magnifiers follow it.

    Args:
        shows_cursor: Whether the terminal shows its cursor; the driver asks for it.
    """

    def __init__(
        self,
        *,
        ansi_color: bool | None = None,
        plain_wire: bool = False,
        shows_cursor: bool = False,
    ) -> None:
        super().__init__(ansi_color=ansi_color)
        self.shows_cursor = shows_cursor
        self._wire: Wire | None = None
        if not plain_wire:
            self._wire = Wire(erases_in_colour=erases_in_colour(os.environ))
        self._cursor = Offset(0, 0)
        self._sending = False
        self._held = False
        self._unseen_since: float | None = None
        self._cursor_alone: asyncio.TimerHandle | None = None
        self._after_frame: list[Callable[[], object]] = []

    def call_after_frame(self, call: Callable[[], object]) -> None:
        """Call this once the next frame is on its way.

        Textual's `call_after_refresh` waits for its timer as well, up to 16 ms.
        """
        self._after_frame.append(call)

    def on_resize(self) -> None:
        """Draw all of it: what a terminal does with its cells now is up to it.

        That holds even where the size changes back, and Textual sees nothing to draw.
        """
        self.forget_terminal()
        if self.screen_stack:
            self.screen.refresh(layout=True)

    def forget_terminal(self) -> None:
        """Trust nothing of what the terminal shows; the next update draws all of it."""
        if self._wire is not None:
            self._wire.forget()

    def draw_anew(self) -> None:
        """Draw everything again: something else may have written on the terminal."""
        if not self.is_headless:
            for mode in _MODES:
                self.write_to_terminal(mode)
        self.forget_terminal()
        self.screen.refresh(layout=True)

    @asynccontextmanager
    async def one_frame(self) -> AsyncIterator[None]:
        """Hold back what is drawn within, for a moment, so that all is one frame."""
        if self._wire is None:
            yield
            return
        loop = asyncio.get_running_loop()
        if self._unseen_since is None:
            self._unseen_since = loop.time()
        held = ExitStack()
        self._held = True
        held.callback(self._release)
        held.enter_context(self.batch_update())
        longest = loop.call_later(_LONGEST_HELD, held.close)
        try:
            yield
        finally:
            longest.cancel()
            held.close()
        await self._show_between_keys(loop.time())

    async def _show_between_keys(self, now: float) -> None:
        """Have the screen drawn where keys wait, which leave it no moment for that."""
        if not self.message_queue_size:
            self._unseen_since = None
        unseen_since = self._unseen_since
        if unseen_since is None or now - unseen_since < _LONGEST_UNSEEN:
            return
        drawn = asyncio.Event()
        self.screen.call_after_refresh(drawn.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAWING):
                await drawn.wait()
        self._unseen_since = None

    def _release(self) -> None:
        self._held = False
        if self.screen_stack:
            self.screen.check_idle()
            self._send_soon()

    def take_update(self, update: RenderableType) -> bool:
        """Note what the screen is to show, and send it with the frame."""
        wire = self._wire
        if wire is None or self.is_headless or self.is_inline or self.is_web:
            return self._left_to_textual()
        try:
            self._note(wire, update)
        except NotUnderstood:
            # Better too many bytes than a wrong screen, so from here on all goes out as
            # it comes.
            self._wire = None
            self.write_to_terminal(change(None, PLAIN))
            self.screen.refresh(layout=True)
            return self._left_to_textual()
        self._send_soon()
        return True

    def _left_to_textual(self) -> bool:
        """Have Textual write by itself, and put the cursor where it belongs."""
        asyncio.get_running_loop().call_soon(self._frame_sent)
        self.cursor_position = self.cursor_on_screen
        return False

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
        self._unseen_since = None
        if self.call_once_taken(self._send):
            # A frame that waits behind others is out of date when it comes; the next
            # one says all at once.
            self._sending = True
            return
        if not self._send_difference(wire) and self._cursor_alone is None:
            loop = asyncio.get_running_loop()
            self._cursor_alone = loop.call_later(_CURSOR_ALONE, self._send_cursor)
        self._frame_sent()

    def _send_difference(self, wire: Wire) -> bool:
        """Send what the terminal doesn't show yet; return whether anything was sent."""
        if not wire.has_changed:
            return False
        place = self.cursor_on_screen
        frame = wire.difference(place)
        if frame:
            self._write(frame, place)
            wire.sent()
            self.post_display_hook()
        return bool(frame)

    def _frame_sent(self) -> None:
        waiting, self._after_frame = self._after_frame, []
        for call in waiting:
            call()

    @property
    def _may_send(self) -> bool:
        """Whether frames go out now, with nothing that holds them back."""
        held_back = self._held or self.is_batching
        return not held_back and self.is_running and bool(self.screen_stack)

    def _send_cursor(self) -> None:
        self._cursor_alone = None
        if not self._may_send or self._sending:
            return
        place = self.cursor_on_screen
        if place != self._cursor:
            self._write(move_to(*place), place)

    def _write(self, sequence: str, cursor: Offset) -> None:
        if self.is_running:
            self.write_frame(sequence)
            self._cursor = cursor
            if self._cursor_alone is not None:
                self._cursor_alone.cancel()
                self._cursor_alone = None

    @property
    def cursor_on_screen(self) -> Offset:
        """Where the terminal's cursor belongs: on what is selected, or is to be read.

        That is for the focused widget to say. Where nothing has the focus, as at a
        question, it is the beginning of the first thing of the screen's body.
        """
        if not self.screen_stack:
            return Offset(0, 0)
        widget = self._widget_with_cursor
        if widget is None:
            return Offset(0, 0)
        # A protocol that is checked at run time would cost a fiftieth of each key.
        cursor_cell: CursorCell | None = getattr(widget, "cursor_cell", None)
        x, y = cursor_cell() if cursor_cell else (0, 0)
        place = widget.content_region.offset + Offset(x, y)
        return self.screen.outer_size.clamp_offset(place)

    @property
    def _widget_with_cursor(self) -> Widget | None:
        focused = self.focused
        if focused is not None:
            return getattr(focused, "cursor_stands_on", None) or focused
        shown = (widget for widget in self.screen.query(Widget) if widget.region)
        read = (widget for widget in shown if not widget.children)
        return next((widget for widget in read if widget.id != "header"), None)
