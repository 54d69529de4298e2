"""A Textual application that only sends the terminal what differs."""

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
"""Hide the cursor (see the driver), and don't wrap.

Textual sets these once, and another program may have changed them.
"""
_LONGEST_HELD = 0.05
"""Seconds after which a frame is sent even if its key is still being handled."""
_LONGEST_UNSEEN = 0.1
"""Seconds after which a frame is sent even if more keys are waiting."""
_DRAWING = 0.5
"""Seconds that keys wait for such a frame; a closing screen may never draw."""
_CURSOR_ALONE = 0.05
"""Seconds that a moved cursor waits for the frame that nearly always follows."""


CursorCell: TypeAlias = Callable[[], tuple[int, int]]
"""A widget's `cursor_cell`: where the terminal's cursor is while it has the focus.

It returns a cell of the widget's content, as column and line.
"""


class WiredApp(OpenApp[ReturnType], inherit_bindings=False):
    """An application whose updates go through a `Wire`.

    Textual renders an update to a sequence of text, styles and moves. The wire reads
    that sequence, and we write only what the terminal doesn't show yet. Textual writes
    by itself if the application is plain, inline, headless or drawn by a browser.

    After every frame the terminal's cursor is on what is selected, visible or not:
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
        """Make this call once the next frame is on its way.

        Textual's `call_after_refresh` also waits for its timer, up to 16 ms.
        """
        self._after_frame.append(call)

    def on_resize(self) -> None:
        """Redraw everything, since the terminal may have done anything with its cells.

        That is so even if the size changes back and Textual sees nothing to draw.
        """
        self.forget_terminal()
        if self.screen_stack:
            self.screen.refresh(layout=True)

    def forget_terminal(self) -> None:
        """Assume nothing about what the terminal shows; the next update redraws it."""
        if self._wire is not None:
            self._wire.forget()

    def draw_anew(self) -> None:
        """Redraw everything: something else may have written to the terminal."""
        if not self.is_headless:
            for mode in _MODES:
                self.write_to_terminal(mode)
        self.forget_terminal()
        self.screen.refresh(layout=True)

    @asynccontextmanager
    async def one_frame(self) -> AsyncIterator[None]:
        """Briefly hold back what is drawn inside, so that it's all one frame."""
        if self._wire is None:
            yield
            return
        loop = asyncio.get_running_loop()
        if self._unseen_since is None:
            self._unseen_since = loop.time()
        held = ExitStack()
        self._held = True
        held.callback(self._release)
        held.enter_context(self.updates_held())
        longest = loop.call_later(_LONGEST_HELD, held.close)
        try:
            yield
        finally:
            longest.cancel()
            held.close()
        await self._show_between_keys(loop.time())

    async def _show_between_keys(self, now: float) -> None:
        """Have the screen drawn when waiting keys leave it no time for that."""
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
        is_drawn = bool(self.screen_stack) and self.draw_now()
        self._held = False
        if is_drawn:
            self._send()
        elif self.screen_stack:
            self.screen.check_idle()
            self._send_soon()

    def take_update(self, update: RenderableType) -> bool:
        """Note what the screen should show, and send it with the frame."""
        wire = self._wire
        if wire is None or self.is_headless or self.is_inline or self.is_web:
            return self._left_to_textual()
        try:
            self._note(wire, update)
        except NotUnderstood:
            # Better too many bytes than a wrong screen, so from here on everything is
            # sent as it comes.
            self._wire = None
            self.write_to_terminal(change(None, PLAIN))
            self.screen.refresh(layout=True)
            return self._left_to_textual()
        self._send_soon()
        return True

    def _left_to_textual(self) -> bool:
        """Let Textual write by itself, and put the cursor where it belongs."""
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
        """Send once per turn of the loop: everything drawn in it is one frame."""
        if not (self._sending or self._held):
            self._sending = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._sending = False
        wire = self._wire
        if wire is None or not self._may_send:
            return
        self._unseen_since = None
        if self.call_once_taken(self._send):
            # A frame that waits behind others is out of date when it arrives; the next
            # one has everything.
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
        """Whether frames can be sent now, with nothing holding them back."""
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
        """Where the terminal's cursor belongs: on what is selected, or to be read.

        The focused widget decides. If nothing has the focus, such as in a question,
        it's the beginning of the first thing in the screen's body.
        """
        if not self.screen_stack:
            return Offset(0, 0)
        widget = self._widget_with_cursor
        if widget is None:
            return Offset(0, 0)
        # A runtime-checked protocol would cost 2 % of each key.
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
