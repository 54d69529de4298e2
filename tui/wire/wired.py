"""A Textual application that sends only differences. All that the wire knows of Textual is in this module."""

from __future__ import annotations

import asyncio
import os
from typing import TypeVar

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.geometry import Offset
from textual.screen import Screen

from tui.wire.pens import NotUnderstood
from tui.wire.wire import Wire, erases_in_colour

_Result = TypeVar("_Result")


class WiredApp(App[_Result], inherit_bindings=False):
    """An application whose updates go through a `Wire`, unless it is plain, inline or drawn by a browser.

    Textual renders an update to a sequence of text, styles and moves and writes it. Here the wire reads the
    sequence, and Textual writes the difference in its place, between its own marks of synchronized output.
    """

    def __init__(self, *, ansi_color: bool | None = None, plain_wire: bool = False) -> None:
        super().__init__(ansi_color=ansi_color)
        self._wire = None if plain_wire else Wire(erases_in_colour=erases_in_colour(os.environ))
        self._cursor: Offset | None = None
        self._sending = False

    def on_resize(self) -> None:
        """Terminals do with their cells what they like when their size changes, even if it changes back."""
        self.forget_terminal()

    def forget_terminal(self) -> None:
        """Trust nothing of what the terminal shows; the next update draws all of it."""
        if self._wire is not None:
            self._wire.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        wire = self._wire
        if wire is None or self.is_headless or self.is_inline or self.is_web or renderable is None:
            super()._display(screen, renderable)
            return
        try:
            self._take(wire, renderable)
        except NotUnderstood:
            # Better too many bytes than a wrong screen, so from here on all goes out as it comes.
            self._wire = None
            super()._display(screen, renderable)
            self.screen.refresh(layout=True)
            return
        if not self._sending:
            # What else is drawn in this turn of the loop belongs to the same frame.
            self._sending = True
            asyncio.get_running_loop().call_soon(self._send)

    def _take(self, wire: Wire, renderable: RenderableType) -> None:
        if not isinstance(renderable, CompositorUpdate):
            raise NotUnderstood(type(renderable).__name__)
        wire.fit(*self.size)
        wire.take(renderable.render_segments(self.console))

    def _send(self) -> None:
        self._sending = False
        wire = self._wire
        if wire is None or not self.is_running or not self.screen_stack:
            return
        difference = wire.difference()
        if difference or self.cursor_position != self._cursor:
            super()._display(self.screen, _Difference(difference, wire))  # type: ignore[arg-type]  # as Textual's
            self._cursor = self.cursor_position


class _Difference(CompositorUpdate):
    """What Textual writes in place of its update. It renders nothing while updates are held back."""

    def __init__(self, sequence: str, wire: Wire) -> None:
        self._sequence = sequence
        self._wire = wire

    def render_segments(self, console: Console) -> str:  # noqa: ARG002  # the wire's sequence is whole
        """The sequence, which from now on counts as sent."""
        self._wire.sent()
        return self._sequence
