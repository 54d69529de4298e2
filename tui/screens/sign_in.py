"""Going on with another authtoken, pasted unseen, over whatever was on the screen."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.commands import Place
from tui.contentstack.credentials import parse_credential
from tui.screens.base import DeckScreen
from tui.widgets.text_field import TextField


class SignInScreen(DeckScreen[None], place=Place.SIGN_IN):
    """One field that shows nothing of what is pasted into it."""

    def compose_body(self) -> Iterable[Widget]:
        """What is asked for, and the field."""
        with Vertical(id="form"):
            yield Static("Paste an authtoken. It is not shown, and kept in memory alone.", markup=False)
            yield Static("What you were doing stays as it is.", classes="quiet", markup=False)
            yield TextField(id="authtoken", password=True, placeholder="authtoken", glyphs=self.deck.glyphs)

    def on_mount(self) -> None:
        """Put the cursor into the field."""
        self.query_one("#authtoken").focus()

    async def do_use_authtoken(self) -> None:
        """Take the pasted authtoken and read the stack with it."""
        field = self.query_one("#authtoken", TextField)
        try:
            credential = parse_credential(field.value)
        except ValueError as error:
            self.say(str(error), "error")
            return
        field.value = ""
        self.app.run_worker(self.deck.workspace.sign_in(credential), group="read", exclusive=True)
        self.dismiss()

    @on(Input.Submitted)
    async def _submitted(self) -> None:
        await self.action_command("use_authtoken")
