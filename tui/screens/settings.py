"""Settings, under S as on Contentstack's page: one row for each place."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from tui.commands import Place
from tui.screens.base import DeckScreen
from tui.widgets.columns import Column
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable

_PLACES = (
    ("tokens", "Tokens", "delivery, preview and management tokens"),
    ("stacks", "Stacks", "every stack that this login sees"),
    ("region", "Regions", "which of them knows the stack"),
    ("sign_in", "Sign in", "go on with another login"),
    ("doctor", "Doctor", "what works here, and what does not"),
    ("help", "Keys", "every key, and what it does"),
)


class SettingsScreen(DeckScreen[None], place=Place.SETTINGS):
    """The places; Tokens comes first and Enter returns to it."""

    def compose_body(self) -> Iterable[Widget]:
        """One row for each place."""
        columns = (Column("place", "SETTINGS", 16), Column("what", "", None, least=10))
        yield TokenTable(columns, id="places", glyphs=self.deck.glyphs)

    def on_mount(self) -> None:
        """Put the rows in."""
        table = self.query_one(TokenTable)
        table.set_rows(
            [Row(key, (name, what), (number,)) for number, (key, name, what) in enumerate(_PLACES)]
        )
        self.set_focus(table)

    async def do_choose(self) -> None:
        """Open the place under the cursor."""
        place = self.query_one(TokenTable).cursor_key
        if place == "tokens":
            self.dismiss()
        elif place == "help":
            await self.app.run_action("command('help')")
        elif place is not None:
            await self.action_command(place)

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("choose")
