"""The Textual application.

Wires packages together, and keeps the terminal intact whatever happens.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segments
from textual import events
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Input

from tui.account.account import Connect
from tui.clipboard.copier import Copier
from tui.clock import Clock, utc_now
from tui.commands import Place, command
from tui.config.key_names import key_name
from tui.config.settings import Settings
from tui.garbage import collected_in_quiet
from tui.guards import hidden
from tui.paths import styles_folder
from tui.screens.base import TokendeckScreen
from tui.screens.common_commands import COMMON_COMMANDS
from tui.screens.flow import Awaited, Flows, Pause
from tui.screens.session import Session, bind
from tui.screens.stack_sessions import StackSessions
from tui.screens.token_list import TokenListScreen
from tui.screens.tokens import TokensScreen
from tui.state.deliveries import DeliveryStore
from tui.state.drafts import DraftStore
from tui.state.rotations import RotationStore
from tui.state.value_files import ValueFiles
from tui.terminal.key_delivery import KeyDeliveryApp
from tui.terminal.key_parser import TerminalAttributes
from tui.terminal.layouts import at_place, layout_of
from tui.terminal.textual_internals import forget_drawn_screens
from tui.threads import SharedThreads
from tui.widgets.contrast import legible
from tui.widgets.glyphs import ASCII, PLAIN_SCREEN, UNICODE, Glyphs
from tui.widgets.status_line import StatusLine
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Snapshot
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.state.memory import Memory

_log = logging.getLogger(__name__)
_THREADS = 64


class TokendeckApp(KeyDeliveryApp[None], inherit_bindings=False):
    """The dashboard of one stack."""

    TITLE = "Tokendeck"
    CSS_PATH = sorted(styles_folder().glob("*.tcss"))
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Clock = utc_now,
        environ: Mapping[str, str] = os.environ,
        ascii_only: bool = False,
        settings: Settings | None = None,
        memory: Memory | None = None,
        plain_wire: bool = False,
        masked: bool = False,
        stacks: StackSessions[Session] | None = None,
    ) -> None:
        # Textual turns "no colour" into greys, unless it uses the terminal's own
        # colours from the beginning.
        settings = settings or Settings()
        super().__init__(
            ansi_color=True if environ.get("NO_COLOR") else None,
            plain_wire=plain_wire,
            shows_cursor=settings.shows_cursor,
        )
        forget_drawn_screens()
        if settings.theme is not None:
            self.theme = settings.theme
        self.workspace = Workspace(connect, clock=clock)
        self._remedy: str | None = None
        self._asked_to_quit: Screen[bool] | None = None
        self._flows = Flows()
        self._said_layout = False
        self._while_mounted = ExitStack()
        self.session = Session(
            workspace=self.workspace,
            copier=self._copier(environ, settings, memory, clock),
            glyphs=_glyphs(settings, ascii_only=ascii_only),
            settings=settings,
            environ=environ,
            memory=memory,
            rotations=RotationStore(memory.environ if memory else None),
            deliveries=DeliveryStore(memory.environ if memory else None),
            drafts=DraftStore(Plan, memory.environ if memory else None),
            masked=masked,
            files=ValueFiles(environ),
            stacks=stacks or StackSessions(),
            common_commands=COMMON_COMMANDS,
        ).follow_changes()
        bind(self, self.session, Place.ANYWHERE)

    def _copier(
        self,
        environ: Mapping[str, str],
        settings: Settings,
        memory: Memory | None,
        clock: Clock,
    ) -> Copier:
        return Copier(
            environ,
            partial(self.write_to_terminal, flush=True),
            choice=settings.clipboard,
            clear_after=settings.clear_after,
            recall=memory.arrivals if memory else dict,
            clock=clock,
        )

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that draws on the terminal and reads its keys."""
        if sys.platform == "win32":
            return super().get_driver_class()
        from tui.terminal.driver import TerminalDriver  # noqa: PLC0415 - there is none for Windows' terminals

        return TerminalDriver

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables, with readable text colours."""
        self.theme_variables = legible(super().get_css_variables())
        return self.theme_variables

    def get_default_screen(self) -> Screen[None]:
        """Return the dashboard; an empty screen below it would cost 10 % more."""
        return TokensScreen(self.session)

    def on_mount(self) -> None:
        """Start listening: the frame is drawn first, then the network is asked."""
        self._while_mounted.enter_context(collected_in_quiet())
        _have_threads_enough()
        # Styles depend on it, see plain.tcss.
        self.set_class(self.session.settings.plain_screen, "plain-screen")
        self.app_resume_signal.subscribe(
            self, lambda _app: self.call_later(self.do_repaint)
        )
        self.workspace.snapshots.listen(self._offer_remedy)
        self.call_after_frame(partial(self.call_later, self._read))

    async def _read(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, TokensScreen):
                await screen.do_refresh()

    def watch_app_focus(self, focused: bool) -> None:
        """Hide the values on screen once the terminal loses focus.

        This is done here because a screen that watched the application itself would
        never be released by it.
        """
        for screen in self.screen_stack:
            if isinstance(screen, TokendeckScreen):
                screen.mask(focused)

    async def on_unmount(self) -> None:
        """Close network connections, and delete the files with values in them."""
        self._while_mounted.close()
        self._flows.end()
        self.session.files.delete()
        await self.session.stacks.close()
        await self.workspace.close()

    @property
    def quit_keys(self) -> Collection[str]:
        """The keys that quit."""
        return self.session.keys_of("quit")

    @property
    def repaint_keys(self) -> Collection[str]:
        """The keys that draw everything again."""
        return self.session.keys_of("repaint")

    async def press_other_key(self, event: events.Key) -> bool:
        """Treat a non-Latin letter as a command, by the position of its key.

        If the user hasn't set a layout, say once what to do.
        """
        letter, layout = event.character or "", self.session.settings.layout
        spoken = layout_of(letter)
        if spoken is None or isinstance(self.focused, Input):
            return False
        if layout is not None:
            place = at_place(letter, layout)
            return place != letter and await self.press_bound_key(key_name(place))
        if not self._said_layout and isinstance(self.screen, TokendeckScreen):
            self._said_layout = True
            self.screen.say(
                f"No command has {letter}. Type Latin letters, or set "
                f'layout = "{spoken}" in your profile.',
                "warn",
            )
        return False

    def keep_unfinished(self) -> None:
        """Save what was typed for the next start: there's no one to ask."""
        for session in (self.session, *self.session.stacks):
            session.keep_drafts()

    async def action_command(self, command_id: str) -> None:
        """Carry out a command that works anywhere."""
        await self._flows.carry_out(getattr(self, f"do_{command_id}"))

    async def _show(self, screen: Screen[Awaited]) -> Awaited | None:
        """Open a screen in front of all others, and wait for its result."""
        pause: Pause[Awaited | None] = self._flows.pause()
        await self.push_screen(screen, pause.end)
        return await pause.answer()

    async def do_help(self) -> None:
        """Show what can be done on the front screen, and do what is chosen."""
        from tui.screens.help import VIEW, HelpScreen  # noqa: PLC0415 - loaded when first wanted

        front = self.screen
        if isinstance(front, HelpScreen) or not isinstance(front, TokendeckScreen):
            return
        chosen = await self._show(HelpScreen(self.session, of=front))
        if chosen and chosen.startswith(VIEW):
            if isinstance(self.screen, TokenListScreen):
                self.screen.show_view(self.session.settings.views[chosen[len(VIEW) :]])
        elif chosen:
            anywhere = Place.ANYWHERE in command(chosen).places
            target = self if anywhere else self.screen
            await target.run_action(f"command('{chosen}')")

    async def do_messages(self) -> None:
        """Show the messages so far."""
        from tui.screens.message_history_screen import MessageHistoryScreen  # noqa: PLC0415 - loaded when first wanted

        front = self.screen
        if isinstance(front, TokendeckScreen) and not isinstance(
            front, MessageHistoryScreen
        ):
            status = front.query_one(StatusLine)
            await self._show(
                MessageHistoryScreen(self.session, status.text, status.kind)
            )

    async def do_quit(self) -> None:
        """Quit; ask first, and only once, if something would be lost."""
        from tui.messages.leaving import at_stake_words  # noqa: PLC0415 - as the screen
        from tui.screens.confirm import Confirm  # noqa: PLC0415 - loaded when first wanted

        at_stake = self.session.at_stake
        if at_stake and self.screen is not self._asked_to_quit:
            self._asked_to_quit = Confirm(
                "Quit?", at_stake_words(at_stake), glyphs=self.session.glyphs
            )
            if not await self._show(self._asked_to_quit):
                return
        # Users who knowingly leave a value behind don't need a reminder.
        for session in (self.session, *self.session.stacks):
            if session.workspace.uncollected:
                session.let_go(session.workspace.uncollected)
            session.keep_drafts(forget=True)
        self.exit()

    async def do_suspend(self) -> None:
        """Go back to the shell until `fg`."""
        self.action_suspend_process()

    async def do_repaint(self) -> None:
        """Draw everything again: something else may have written to the terminal."""
        self.draw_anew()

    def _offer_remedy(self, snapshot: Snapshot) -> None:
        """Open the screen that fixes the current trouble, once for each trouble."""
        before, remedy = self._remedy, snapshot.remedy
        self._remedy = remedy
        if remedy == before or remedy not in ("sign_in", "stacks", "region"):
            return
        if remedy == "region" and snapshot.demo:
            # The demo isn't in any region.
            return
        if isinstance(self.screen, TokendeckScreen):
            self.screen.open_later(remedy)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy nothing: Textual's own method keeps the text, and says nothing."""

    def export_screenshot(
        self, *, title: str | None = None, simplify: bool = False
    ) -> str:
        """Return a picture of the screen that shows no values."""
        for screen in self.screen_stack:
            if isinstance(screen, TokendeckScreen):
                screen.mask()
        return super().export_screenshot(title=title, simplify=simplify)

    def on_terminal_attributes(self, event: TerminalAttributes) -> None:
        """Pass on what the terminal says it can do."""
        self.session.copier.hear(event.numbers)

    def failed_while_leaving(self, error: Exception) -> None:
        """Log it: on the way out there may be no screen, and failures aren't bugs."""
        _log.error("Failed while leaving: %s", hidden(repr(error)))

    def bug_report(self) -> list[Segments]:
        """Save what was typed, and return the traceback.

        Local variables are omitted, because one of them may contain a token.
        """
        from rich.traceback import Traceback  # noqa: PLC0415 - loads a highlighter, for what should not happen

        self.keep_unfinished()
        self.bell()
        _log.critical("Tokendeck crashed because of a bug.", exc_info=True)
        trace = Traceback.extract(*sys.exc_info(), show_locals=False)
        for stack in trace.stacks:
            stack.exc_value = hidden(stack.exc_value)
            stack.notes = [hidden(note) for note in stack.notes]
        traceback = Traceback(trace, width=None)
        return [Segments(self.console.render(traceback, self.console.options))]


def _glyphs(settings: Settings, *, ascii_only: bool) -> Glyphs:
    """Return the characters to draw with."""
    if settings.plain_screen:
        return PLAIN_SCREEN
    return ASCII if ascii_only else UNICODE


def _have_threads_enough() -> None:
    """Have more threads than can ever wait for name look-ups at once.

    asyncio looks up names in threads shared with everything else, four more than the
    machine has cores. If no name server answers, for example because a VPN is down, a
    refresh takes them all, and nothing could be copied for half a minute.
    """
    asyncio.get_running_loop().set_default_executor(SharedThreads(_THREADS))
