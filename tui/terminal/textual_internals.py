"""Private names of Textual's application, under public names of our own.

Textual's version is pinned. We use private names only here, for the terminal's two ends
in `driver` and `key_parser`, for `timers`, and for what widgets draw in
`tui.widgets.text_field`, `tui.widgets.lines` and `tui.widgets.styled_on_demand`.
tests/terminal/test_textual_internals.py lists them all, and fails when Textual renames
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import CompositorUpdate
from textual._styles_cache import StylesCache
from textual.app import App, ReturnType
from textual.binding import Binding
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from tui.terminal.timers import LateTimers

_REMEMBERED_COLOURS = 1024


class OpenApp(LateTimers, App[ReturnType], inherit_bindings=False):
    """A Textual application that lets its subclass take over updates and failures."""

    # What is sent to the terminal

    def take_update(self, update: RenderableType) -> bool:
        """Draw an update instead of Textual; return whether it did."""
        raise NotImplementedError

    def _display(
        self, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        # Every screen update passes through here, and only here.
        if renderable is None or not self.take_update(renderable):
            super()._display(screen, renderable)

    def sequence_of(self, update: RenderableType) -> str | None:
        """Return what Textual would write for a screen update.

        None for one that has nothing to do with the screen's cells.
        """
        if not isinstance(update, CompositorUpdate):
            return None
        return update.render_segments(self.console)

    def write_to_terminal(self, sequence: str, *, flush: bool = False) -> None:
        """Write past the screen, if there's a terminal."""
        if self._driver is not None:
            self._driver.write(sequence)
            if flush:
                self._driver.flush()

    def write_frame(self, sequence: str) -> None:
        """Write what the terminal should show all at once, if it can."""
        if self._sync_available:
            sequence = f"{SYNC_START}{sequence}{SYNC_END}"
        # In one go, because each write wakes the writing thread.
        self.write_to_terminal(sequence)

    def call_once_taken(self, call: Callable[[], object]) -> bool:
        """Have `call` made once the terminal has taken everything that was written.

        Returns:
            False if it already has, or can't tell: then nothing will be called.
        """
        once_taken = getattr(self._driver, "once_taken", None)
        return once_taken is not None and bool(once_taken(call))

    @property
    def is_batching(self) -> bool:
        """Whether updates are held back, by `batch_update`."""
        return bool(self._batch_count)

    @contextmanager
    def updates_held(self) -> Iterator[None]:
        """Hold back updates; the caller then draws, by `draw_now` or `check_idle`."""
        self._batch_count += 1
        try:
            yield
        finally:
            self._batch_count -= 1

    def draw_now(self) -> bool:
        """Draw what has changed, unless more may be about to change.

        Textual does so up to 16 ms later, after several messages.

        Returns:
            False if messages are waiting; then nothing is drawn.
        """
        screen = self.screen
        if _has_messages(self) or not _is_at_rest(screen):
            return False
        try:
            screen._on_timer_update()
        except Exception as error:
            self._handle_exception(error)
        return True

    def _set_pointer_shape(self, shape: str) -> None:
        # Without a mouse, no pointer can have a shape, and the sequence costs bytes
        # whenever the focus changes.
        if self._driver is not None and self._driver._mouse:
            super()._set_pointer_shape(shape)

    # Keys

    async def press_bound_key(self, key: str) -> bool:
        """Run what a key is bound to, and return whether it was bound.

        Textual only looks after the key has bubbled through the focused widget.
        """
        return await self._check_bindings(
            key, priority=True
        ) or await self._check_bindings(key)

    # Failures

    def failed_while_leaving(self, error: Exception) -> None:
        """Handle an error after `exit`, which is no reason to report a bug."""
        raise NotImplementedError

    def bug_report(self) -> Sequence[RenderableType]:
        """Return what to print about the exception that ends the program."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        # If it's told to exit before a screen is ready, Textual leaves the screen
        # empty, and looking for a widget then fails.
        if self._exit:
            self.failed_while_leaving(error)
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own report prints local variables, and one may hold a token.
        self._exit_renderables.extend(self.bug_report())
        self._close_messages_no_wait()


def _is_at_rest(widget: Widget) -> bool:
    """Whether a widget and all that is in it are there, and have nothing to handle."""
    is_ready = widget.is_mounted and not _has_messages(widget)
    return is_ready and all(map(_is_at_rest, widget.children))


def _has_messages(pump: MessagePump) -> bool:
    # While a message is handled, the next one has already left the queue.
    return pump._pending_message is not None or bool(pump.message_queue_size)


def bound_keys(node: DOMNode) -> dict[str, list[Binding]]:
    """Return a screen's or application's bindings, to change in place.

    Textual's keymap won't do: it gives back keys that a text field has taken.
    """
    return node._bindings.key_to_bindings


def forget_drawn_screens() -> None:
    """Have Textual cache mixed colours by the colours, not by the widget.

    `StylesCache.get_inner_outer` is a method with `lru_cache`: each entry keeps alive
    the cache it was called on, with all lines that a widget ever drew, 40 MB for a
    thousand of them (https://github.com/Textualize/textual/issues/6665). Its result
    depends only on the two colours. tests/screens/test_growth.py counts what is left.
    """
    cached = vars(StylesCache)["get_inner_outer"]
    if not isinstance(cached, staticmethod):
        unbound = cached.__wrapped__.__get__(StylesCache)
        by_colours = staticmethod(lru_cache(_REMEMBERED_COLOURS)(unbound))
        type.__setattr__(StylesCache, "get_inner_outer", by_colours)
