"""A Textual application that handles its keys one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TypeGuard

from textual import events
from textual.app import ReturnType
from textual.message import Message
from textual.widget import Widget

from tui.quiet import KEYBOARD
from tui.terminal.wired import WiredApp

_SETTLING = 0.5
"""Seconds after which a key counts as handled, even if a widget hasn't answered."""


class KeyDeliveryApp(WiredApp[ReturnType], inherit_bindings=False):
    """An application that finishes each key before it looks at the next.

    Two keys jump the queue: the one that quits, which drops the others, and the one
    that redraws everything.
    """

    def __init__(
        self,
        *,
        ansi_color: bool | None = None,
        plain_wire: bool = False,
        shows_cursor: bool = False,
    ) -> None:
        super().__init__(
            ansi_color=ansi_color, plain_wire=plain_wire, shows_cursor=shows_cursor
        )
        self._interrupt: Message | None = None

    # What the application adds

    @property
    def quit_keys(self) -> Collection[str]:
        """The keys that quit."""
        raise NotImplementedError

    @property
    def repaint_keys(self) -> Collection[str]:
        """The keys that redraw everything."""
        raise NotImplementedError

    async def press_other_key(self, event: events.Key) -> bool:
        """Handle a key that isn't bound to anything; return whether it did."""
        raise NotImplementedError

    # Delivery

    def post_message(self, message: Message) -> bool:
        """Handle the keys at once that people press when nothing seems to happen.

        Earlier keys may still be waiting, such as on a slow line or with an elbow on
        the keyboard. Quitting drops them, as ctrl+c does in a shell: text for an
        abandoned field is of no use. Redrawing happens at once, too.
        """
        if _is_command(message):
            if message.key in self.quit_keys:
                self._interrupt = message
            elif message.key in self.repaint_keys:
                self.draw_anew()
        return super().post_message(message)

    async def on_event(self, event: events.Event) -> None:
        """Handle each key completely before looking at the next.

        Textual only looks up a key once it has bubbled through the focused widget. If
        several keys come in one read, as on a slow line, the later ones would go to a
        widget that the first one leaves.
        """
        if self._is_dropped(event):
            return
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        KEYBOARD.hear_key()
        async with self.one_frame():
            known = await self.press_bound_key(event.key)
            if not known and not await self.press_other_key(event):
                await super().on_event(event)
            await self._settle()

    def _is_dropped(self, event: events.Event) -> bool:
        """Whether the user quit after typing this."""
        if event is self._interrupt:
            self._interrupt = None
        if self._interrupt is None or not isinstance(event, events.Key | events.Paste):
            return False
        return not (_is_command(event) and event.key in self.quit_keys)

    async def _settle(self) -> None:
        """Wait until the focused widget and its ancestors handled their messages."""
        screen = self.screen
        target = self.focused or screen
        nodes = [
            node for node in target.ancestors_with_self if isinstance(node, Widget)
        ]
        dealt_with = asyncio.Event()

        def ask_next() -> None:
            # Each one has already passed bubbling messages to the next, so ask it
            # first.
            while nodes:
                node = nodes.pop(0)
                # A container with an empty queue has passed everything on.
                may_act = node in (target, screen) or node.message_queue_size
                if may_act and node.post_message(events.Callback(ask_next)):
                    return
            dealt_with.set()

        ask_next()
        # A widget that is being removed may never answer.
        loop = asyncio.get_running_loop()
        longest = loop.call_later(_SETTLING, dealt_with.set)
        await dealt_with.wait()
        longest.cancel()


def _is_command(message: Message) -> TypeGuard[events.Key]:
    """Return whether it's a key that can't be text in a field."""
    return isinstance(message, events.Key) and not message.is_printable
