"""The Textual application: wires rooms together, and keeps the terminal whole whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from functools import partial

from rich.segment import Segments
from rich.traceback import Traceback
from textual.app import App

from tui.clipboard.copier import Copier
from tui.clock import Clock, utc_now
from tui.commands import Place, command
from tui.paths import styles_folder
from tui.screens.base import Deck, DeckScreen, bindings_of
from tui.screens.confirm import Confirm
from tui.screens.help import HelpScreen
from tui.screens.tokens import TokensScreen
from tui.widgets.glyphs import ASCII, UNICODE
from tui.workspace.workspace import Connect, Workspace

_SIGNALLED = 128


class TokendeckApp(App[None], inherit_bindings=False):
    """The dashboard of one stack."""

    TITLE = "Tokendeck"
    CSS_PATH = sorted(styles_folder().glob("*.tcss"))
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_of(Place.ANYWHERE)

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Clock = utc_now,
        environ: Mapping[str, str] = os.environ,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self.workspace = Workspace(connect, clock=clock)
        self.deck = Deck(
            workspace=self.workspace,
            copier=Copier(environ, self._write_to_terminal),
            glyphs=ASCII if ascii_only else UNICODE,
        )

    async def on_mount(self) -> None:
        """Show the frame first; the network is asked once it stands."""
        self._leave_cleanly_on_signals()
        self.app_resume_signal.subscribe(self, lambda _app: self.call_later(self.do_repaint))
        await self.push_screen(TokensScreen(self.deck))

    async def on_unmount(self) -> None:
        """Let go of the network."""
        await self.workspace.close()

    async def action_command(self, command_id: str) -> None:
        """Carry out a command that can be given anywhere."""
        await getattr(self, f"do_{command_id}")()

    async def do_help(self) -> None:
        """Show what can be done on the screen that is in front, and do what is chosen there."""
        if isinstance(self.screen, DeckScreen) and not isinstance(self.screen, HelpScreen):
            await self.push_screen(HelpScreen(self.deck, of=self.screen), self._give)

    async def do_quit(self) -> None:
        """Leave; a half-filled form is asked about first."""
        if isinstance(self.screen, Confirm):
            self.exit()
        elif self.workspace.plan.begun:
            question = "The token that you began to make would be forgotten. Quit all the same?"
            await self.push_screen(Confirm(question), self._quit_if)
        else:
            self.exit()

    async def do_suspend(self) -> None:
        """Back to the shell until `fg`."""
        self.action_suspend_process()

    async def do_repaint(self) -> None:
        """Draw everything anew, since something else may have written on the terminal."""
        self.screen.refresh(layout=True)

    async def _give(self, command_id: str | None) -> None:
        if command_id:
            target = self if Place.ANYWHERE in command(command_id).places else self.screen
            await target.run_action(f"command('{command_id}')")

    def _quit_if(self, answer: bool | None) -> None:
        if answer:
            self.exit()

    def _leave_cleanly_on_signals(self) -> None:
        """Textual leaves the terminal in its own state on these signals; leaving as by `q` restores it."""
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=_SIGNALLED + number))

    def _write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def _fatal_error(self) -> None:
        """Textual's own report prints local variables, and one of them may be a token."""
        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()
