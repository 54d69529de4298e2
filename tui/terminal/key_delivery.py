"""A Textual application that carries its keys out one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import TypeGuard

from textual import events
from textual.app import ReturnType
from textual.message import Message
from textual.widget import Widget

from tui.quiet import KEYBOARD
from tui.terminal.wired import WiredApp

_SETTLING = 0.5
"""Seconds after which a key counts as carried out, whoever has not answered."""


class KeyDeliveryApp(WiredApp[ReturnType], inherit_bindings=False):
    """An application that finishes each key before it looks at the next.

    Two keys are heard at once, before those that still wait: the one that quits, which
    drops the others, and the one that draws everything again.
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
        """The keys that draw everything again."""
        raise NotImplementedError

    async def press_other_key(self, event: events.Key) -> bool:
        """Carry out a key that nothing is bound to; return whether that was done."""
        raise NotImplementedError

    # Delivery

    def post_message(self, message: Message) -> bool:
        """Hear at once what is pressed when nothing seems to happen.

        Keys that came before may still wait, as behind a slow line or an elbow on the
        keyboard. Quitting drops them, as ctrl+c does in a shell; what was typed for a
        field that one gives up is of no use. Drawing again is done at once as well.
        """
        if _is_command(message):
            if message.key in self.quit_keys:
                self._interrupt = message
            elif message.key in self.repaint_keys:
                self.draw_anew()
        return super().post_message(message)

    async def on_event(self, event: events.Event) -> None:
        """Carry out each key wholly before the next is looked at.

        Textual looks a key up only once it has bubbled through the focused widget: of
        several keys that come in one read, as on a slow line, the later ones would go
        to a widget that the first had them leave.
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
        """Whether quitting was asked for after this was typed."""
        if event is self._interrupt:
            self._interrupt = None
        if self._interrupt is None or not isinstance(event, events.Key | events.Paste):
            return False
        return not (_is_command(event) and event.key in self.quit_keys)

    async def _settle(self) -> None:
        """Wait until the focused widget and those around it handled their messages."""
        screen = self.screen
        target = self.focused or screen
        nodes = [
            node for node in target.ancestors_with_self if isinstance(node, Widget)
        ]
        dealt_with = asyncio.Event()

        def ask_next() -> None:
            # Each has by now passed on to the next what bubbles, and so is asked before
            # it.
            while nodes:
                node = nodes.pop(0)
                # A container that waits for nothing has passed all of it on.
                may_act = node in (target, screen) or node.message_queue_size
                if may_act and node.post_message(events.Callback(ask_next)):
                    return
            dealt_with.set()

        ask_next()
        # One that is on its way out may never answer.
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLING):
                await dealt_with.wait()


def _is_command(message: Message) -> TypeGuard[events.Key]:
    """Return whether it is a key that can't be text in a field."""
    return isinstance(message, events.Key) and not message.is_printable
