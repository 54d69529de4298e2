"""Settings: one row for each place, as on Contentstack's Settings page."""

from __future__ import annotations

from tui.commands import Place
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row

_PLACES = {
    "tokens": ("Tokens", "delivery, preview and management tokens"),
    "stacks": ("Stacks", "every stack you can see"),
    "all_stacks": ("All stacks", "the tokens of every stack in one table"),
    "region": ("Regions", "find the region that has this stack"),
    "sign_in": ("Sign in", "sign in as someone else"),
    "sign_out": ("Sign out", "end your session and forget it here"),
    "doctor": ("Doctor", "what works here and what doesn't"),
    "messages": ("Messages", "earlier messages, in full"),
    "help": ("Help", "every key and what it does"),
}


class SettingsScreen(SearchScreen[str], place=Place.SETTINGS):
    """The places; Tokens comes first and Enter returns to it."""

    COLUMNS = (Column("place", "SETTINGS", 16), Column("what", "", None, least=10))

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._stack = self.snapshot.stack

    def on_mount(self) -> None:
        """List the places."""
        self.offer((Row(key, cells), key) for key, cells in _PLACES.items())

    def draw(self) -> None:
        """Go back to the tokens once another stack has been chosen from here."""
        before, now = self._stack, self.snapshot.stack
        if now is None or not self.is_current:
            return
        if before is None or before.uid != now.uid:
            self.dismiss()

    async def do_choose(self) -> None:
        """Open the place under the cursor."""
        place = self.chosen()
        if place == "tokens":
            self.dismiss()
        elif place in ("help", "messages"):
            await self.app.run_action(f"command('{place}')")
        elif place:
            await self.action_command(place)
