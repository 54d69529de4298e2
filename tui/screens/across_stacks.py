"""What screens with rows from several stacks have in common."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

from textual.css.query import NoMatches

from tui.commands import command
from tui.display import shortened
from tui.fleet.places import FleetPlace, FleetStack
from tui.fleet.snapshot import FleetSnapshot
from tui.screens.base import Stopped, TokendeckScreen
from tui.screens.lifetime import Result, ScreenGone
from tui.screens.session import Session
from tui.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEED_THE_STACK = frozenset(
    {
        "create_preview",
        "delete",
        "delete_preview",
        "edit",
        "rotate",
        "verify",
    }
)
"""Commands that need more than a row shows: the role and the environments."""

_NOTHING = FleetSnapshot()
_AtHand: TypeAlias = "tuple[ref[object], Session]"
_at_hand: ContextVar[_AtHand | None] = ContextVar("at_hand", default=None)
"""The running command's session, wherever the cursor is by then, and its screen.

The screen is there because one that the command opens has a cursor of its own. It's a
weak reference: work that the command started may outlive the screen.
"""


class AcrossStacks(TokendeckScreen[Result]):
    """A screen whose commands work in the stack of the row they act on.

    `session` and `snapshot` are those of that stack. A command keeps the stack that it
    started with.
    """

    def __init__(self, session: Session) -> None:
        self.main = session
        """The session of the dashboard's own stack."""
        super().__init__(session)

    @property
    def place(self) -> FleetPlace | None:
        """The stack of the row that commands act on."""
        raise NotImplementedError

    @property
    def keys_at_hand(self) -> Sequence[str]:
        """The keys of the rows that commands act on."""
        raise NotImplementedError

    @property
    def known(self) -> FleetSnapshot:
        """What has been read of all stacks."""
        fleet = self.main.stacks.fleet
        return fleet.snapshot if fleet else _NOTHING

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the row's stack; empty if the row isn't in one."""
        place = self._place_if_any
        if place is not None and not isinstance(place, FleetStack):
            return Snapshot()
        return self.session.workspace.snapshot

    @property
    def _place_if_any(self) -> FleetPlace | None:
        try:
            return self.place
        except (NoMatches, ScreenGone):
            # There's no row yet, or not any more.
            return None

    @property
    def session(self) -> Session:
        """The session that commands use: the row's stack's, or the dashboard's."""
        pinned = _at_hand.get()
        if pinned is not None and pinned[0]() is self:
            return pinned[1]
        place = self._place_if_any
        if isinstance(place, FleetStack) and place.key in self.known.readings:
            return self.main.stacks.session_of(place.key, self.main)
        return self.main

    @session.setter
    def session(self, session: Session) -> None:
        self.main = session

    def say_how_it_stands(self) -> None:
        """Put back what the status line said before a stack was read."""
        self.say_for_now("")

    def draw_all(self) -> None:
        """Draw what the cursor is on, whichever stack the running command is for."""
        with _pinned(None):
            super().draw_all()

    async def _carry_out(self, command_id: str) -> None:
        with _pinned((ref(self), self.session)):
            if command_id not in _NEED_THE_STACK or await self._open_stack(command_id):
                await super()._carry_out(command_id)

    async def _open_stack(self, command_id: str) -> bool:
        """Read the row's stack, unless it was just read.

        Return whether the command is still about the same rows.
        """
        place, stacks = self.place, self.main.stacks
        if not isinstance(place, FleetStack) or stacks.is_fresh(place.key, self.main):
            return True
        if self.reason_against(command(command_id)):
            # The caller says what happened.
            return True
        rows, name = self.keys_at_hand, shortened(place.stack_name)
        reading = partial(stacks.read, place.key, self.main)
        try:
            await self.waiting(f"Reading {name} …", reading)
        except Stopped:
            self.say("Stopped.")
            return False
        # The row may be gone from what was read.
        self.draw_all()
        if self.keys_at_hand == rows:
            self.say_how_it_stands()
            return True
        self.say(f"{name} has changed. Nothing was done.", "warn")
        return False


@contextmanager
def _pinned(at_hand: _AtHand | None) -> Iterator[None]:
    before = _at_hand.set(at_hand)
    try:
        yield
    finally:
        _at_hand.reset(before)
