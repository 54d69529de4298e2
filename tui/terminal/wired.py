"""A Textual application that sends only differences.

All that the wire knows of Textual is in this module.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from tui.terminal.pens import PLAIN, NotUnderstood, change
from tui.terminal.wire import Wire, erases_in_colour

_Called = TypeVar("_Called")
_LONGEST_HELD = 0.05
_CURSOR_ALONE = 0.05


class WiredApp(App[_Called], inherit_bindings=False):
    """An application whose updates go through a `Wire`, unless it is plain, inline or drawn by a browser.

    Textual renders an update to a sequence of text, styles and moves and writes it. Here the wire reads the
    sequence, and the difference is written in its place.
    """

    def __init__(
        self, *, ansi_color: bool | None = None, plain_wire: bool = False
    ) -> None:
        super().__init__(ansi_color=ansi_color)
        self._wire = (
            None if plain_wire else Wire(erases_in_colour=erases_in_colour(os.environ))
        )
        self._cursor = ""
        self._sending = False
        self._held = False

    def on_resize(self) -> None:
        """Terminals do with their cells what they like when their size changes, even if it changes back."""
        self.forget_terminal()

    def forget_terminal(self) -> None:
        """Trust nothing of what the terminal shows; the next update draws all of it."""
        if self._wire is not None:
            self._wire.forget()

    def _set_pointer_shape(self, shape: str) -> None:
        """Without a mouse there is no pointer that could have a shape."""
        if self._driver is not None and self._driver._mouse:
            super()._set_pointer_shape(shape)

    @contextmanager
    def one_frame(self) -> Iterator[None]:
        """Hold back what is drawn within, so that all of it is one frame.

        But not for long.
        """
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

    def _display(
        self, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        wire = self._wire
        if (
            wire is None
            or self.is_headless
            or self.is_inline
            or self.is_web
            or renderable is None
        ):
            super()._display(screen, renderable)
            return
        try:
            self._take(wire, renderable)
        except NotUnderstood:
            # Better too many bytes than a wrong screen, so from here on all goes out as
            # it comes.
            self._wire = None
            if self._driver is not None:
                self._driver.write(change(None, PLAIN))
            super()._display(screen, renderable)
            self.screen.refresh(layout=True)
            return
        self._send_soon()

    def _take(self, wire: Wire, renderable: RenderableType) -> None:
        if not isinstance(renderable, CompositorUpdate):
            raise NotUnderstood(type(renderable).__name__)
        wire.fit(*self.size)
        wire.take(renderable.render_segments(self.console))

    def _send_soon(self) -> None:
        """Once only in a turn of the loop.

        What else is drawn in it belongs to the same frame.
        """
        if not self._sending:
            self._sending = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._sending = False
        wire = self._wire
        if (
            wire is None
            or self._held
            or self._batch_count
            or not self.is_running
            or not self.screen_stack
        ):
            return
        once_taken = getattr(self._driver, "once_taken", None)
        if once_taken is not None and once_taken(self._send):
            # A frame that waits behind others is out of date when it comes; the next
            # one says all at once.
            self._sending = True
            return
        if frame := wire.difference():
            self._write(f"{frame}{self._cursor_in_field}")
            wire.sent()
            self.post_display_hook()
        elif self._cursor_in_field != self._cursor:
            # What moves it nearly always changes a cell too, which Textual will have
            # drawn by then.
            asyncio.get_running_loop().call_later(_CURSOR_ALONE, self._send_cursor)

    def _send_cursor(self) -> None:
        if self._cursor_in_field != self._cursor and not self._sending:
            self._write(self._cursor_in_field)

    def _write(self, sequence: str) -> None:
        """Write a frame, within synchronized output where the terminal has it."""
        if self._driver is not None and self.is_running:
            # At one go: each write wakes the thread that carries it out.
            self._driver.write(
                f"{SYNC_START}{sequence}{SYNC_END}"
                if self._sync_available
                else sequence
            )
            self._cursor = self._cursor_in_field

    @property
    def _cursor_in_field(self) -> str:
        """The move to where the terminal's cursor belongs.

        In a field, input methods are placed by it.
        """
        if not isinstance(self.focused, Input):
            return ""
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        return f"\x1b[{y + 1};{x + 1}H"
