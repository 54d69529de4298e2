"""The keys of the screen in front, what they do, and why one does nothing now; Enter gives a command."""

from __future__ import annotations

from typing import Any, Literal

from textual import on

from tui.commands import Place, command, commands_of, shown_key
from tui.screens.base import Deck, DeckScreen
from tui.screens.search import SearchScreen
from tui.widgets.columns import Column
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable

_MOVING = Row("move", ("↑ ↓ j k", "Move", "Through a list; g and G to its ends, PgUp and PgDn by a page."))


class HelpScreen(SearchScreen[str], place=Place.HELP):
    """Answers with the id of the command to give, if one was chosen."""

    COLUMNS = (
        Column("keys", "KEY", 11, least=11),
        Column("label", "COMMAND", 22, least=14),
        Column("what", "WHAT IT DOES, OR WHY IT CAN'T NOW", None, least=20, drop=1),
    )
    NO_MATCH = "No command is called that."

    def __init__(self, deck: Deck, *, of: DeckScreen[Any]) -> None:
        super().__init__(deck)
        self._of = of
        self._rows: dict[str, Row] = {}

    def on_mount(self) -> None:
        """List the commands of the screen that was in front."""
        rows = [self._row(item.id) for item in commands_of(self._of.PLACE, Place.ANYWHERE)]
        self._rows = {row.key: row for row in (*rows, _MOVING)}
        self.table.set_rows(tuple(self._rows.values()))

    async def do_choose(self) -> None:
        """Give the command under the cursor, on the screen it belongs to."""
        key = self.table.cursor_key
        if key is not None and key != _MOVING.key:
            self.dismiss(key)

    @on(TokenTable.CursorMoved)
    def _explain(self, event: TokenTable.CursorMoved) -> None:
        """In full, since a narrow screen cuts the column."""
        row = self._rows.get(event.key or "")
        self.say(row.cells[-1] if row else "")

    def _row(self, command_id: str) -> Row:
        item = command(command_id)
        reason = self._of.reason_against(item)
        style: Literal["normal", "dim"] = "dim" if reason else "normal"
        keys = " ".join(shown_key(key) for key in self.deck.keys_of(item.id))
        return Row(item.id, (keys, item.label, f"Not now: {reason}" if reason else item.help), style=style)
