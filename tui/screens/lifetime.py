"""How long a screen lives, and what happens to work that returns to it later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from tui.screens.flow import Awaited, Flows, Pause, Work
from tui.terminal.timers import LateTimers

Result = TypeVar("Result")


class ScreenGone(Exception):
    """The screen was left while it was waiting for something."""


class LeavableScreen(LateTimers, Screen[Result]):
    """A screen that is left once, and to which nothing returns afterwards.

    Textual removes a screen's widgets first and cancels its workers last, runs
    callbacks that were put off until the next frame even if the screen is gone by then,
    and `dismiss` removes whichever screen is in front. Here:

    - `dismiss` leaves this screen, once. If another one is in front, it waits until
      that is gone, so that a screen that opened another one is there when that one
      answers. It also waits while the screen is `held`.
    - Workers and commands end when the screen is left, and none starts afterwards.
    - Work that returns all the same, such as a write that outlives being cancelled,
      gets `ScreenGone` from the first widget that it asks for. That ends a worker, a
      callback or a command quietly.

    Work that must be reported even then belongs to the application, and uses `say`.
    """

    _leaving_with: tuple[Result | None] | None = None
    opened_by: LeavableScreen[Any] | None = None
    """The screen that waits for this one's answer."""

    def __init__(self) -> None:
        super().__init__()
        self.flows = Flows()

    @property
    def is_here(self) -> bool:
        """Whether the screen and its widgets exist, in front or behind others."""
        return self.is_attached and self in self.app.screen_stack

    @property
    def is_done(self) -> bool:
        """Whether it will leave as soon as it can, and so needn't draw any more."""
        return self._leaving_with is not None

    @property
    def held(self) -> bool:
        """Whether something is still to come that only this screen can receive."""
        return False

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave with a result, as soon as no other screen is in front."""
        if not self.is_here:
            return AwaitComplete()
        if self.held or not self.is_active:
            if result is not None or self._leaving_with is None:
                self._leaving_with = (result,)
            return AwaitComplete()
        self.workers.cancel_node(self)
        self.flows.end()
        return super().dismiss(result)

    def on_unmount(self) -> None:
        """End what is still waiting, for example when the program ends."""
        self.flows.end()

    def on_screen_resume(self) -> None:
        """Leave, if that was put off; also called once the screen isn't held."""
        if self._leaving_with is not None:
            self.dismiss(*self._leaving_with)

    async def carry_out(self, work: Work) -> None:
        """Carry out a command, and wait until it rests or is finished."""
        await self.flows.carry_out(partial(_until_gone, work))

    async def show(self, screen: Screen[Awaited]) -> Awaited | None:
        """Open a screen in front of this one, and wait for its answer.

        Return None if it was left without one.
        """
        if not self.is_here:
            raise ScreenGone
        if isinstance(screen, LeavableScreen):
            screen.opened_by = self
        pause: Pause[Awaited | None] = self.flows.pause()
        await self.app.push_screen(screen, pause.end)
        return await pause.answer()

    async def while_here(self, work: Awaitable[Awaited]) -> Awaited:
        """Wait for something that only this screen needs.

        Raises:
            ScreenGone: if the screen was left meanwhile.
        """
        try:
            return await work
        finally:
            if not self.is_here:
                raise ScreenGone

    async def attempt(self, work: Work) -> None:
        """Do some work; a subclass says what may stop it."""
        await work()

    def run_worker(self, work: Any, *args: Any, **options: Any) -> Worker[Any]:
        """Do as Textual does, until the screen is left, and through `attempt`.

        Callers that want the worker's error pass `exit_on_error=False`. Takes a
        function: a coroutine that is cancelled before it starts causes a warning.
        """
        if options.get("exit_on_error", True):
            work = partial(self.attempt, work)
        return super().run_worker(partial(self._while_here, work), *args, **options)

    async def _while_here(self, work: Callable[[], Awaitable[Awaited]]) -> Awaited:
        if not self.is_here:
            raise asyncio.CancelledError
        try:
            return await work()
        except ScreenGone:
            raise asyncio.CancelledError from None

    async def _if_here(self, callback: Callable[[], object]) -> None:
        if not self.is_here:
            return
        with suppress(ScreenGone):
            called = callback()
            if isawaitable(called):
                await called

    if not TYPE_CHECKING:
        # Callers pass and get what Textual's own methods take and return.

        def call_after_refresh(
            self, callback: Callable[..., object], *args: object, **options: object
        ) -> bool:
            """Do as Textual does, but call nothing once the screen was left."""
            called = partial(callback, *args, **options)
            return super().call_after_refresh(self._if_here, called)

        def query_one(self, *args: object, **options: object) -> Widget:
            """Do as Textual does.

            Raises:
                ScreenGone: if it isn't found because the screen was left.
            """
            try:
                return super().query_one(*args, **options)
            except NoMatches:
                if self.is_here:
                    raise
                raise ScreenGone from None


async def _until_gone(work: Work) -> None:
    with suppress(ScreenGone):
        await work()
