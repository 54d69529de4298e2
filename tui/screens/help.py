"""The keys of the screen in front, what they do, and why one does nothing now; Enter gives a command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.commands import Place, command, commands_of, shown_key
from tui.screens.base import Deck, DeckScreen
from tui.widgets.columns import Column
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable

_COLUMNS = (
    Column("keys", "KEY", 10, least=10),
    Column("label", "COMMAND", 22, least=14),
    Column("what", "WHAT IT DOES, OR WHY IT CAN'T NOW", None, least=20, drop=1),
)
_MOVING = Row("move", ("↑ ↓ j k", "Move", "Through a list; g and G to its ends, PgUp and PgDn by a page."))


class HelpScreen(DeckScreen[str], place=Place.HELP):
    """A searchable list of commands; answers with the id of the one to give, if one was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    def __init__(self, deck: Deck, *, of: DeckScreen[Any]) -> None:
        super().__init__(deck)
        self._of = of
        self._rows: dict[str, Row] = {}

    def compose_body(self) -> Iterable[Widget]:
        """A field to search in, and the commands."""
        glyphs = self.deck.glyphs
        yield TextField(id="search", placeholder="type to search", glyphs=glyphs)
        yield TokenTable(_COLUMNS, no_match="No command is called that.", id="keys", glyphs=glyphs)

    def on_mount(self) -> None:
        """List the commands of the screen that was in front."""
        rows = [self._row(item.id) for item in commands_of(self._of.PLACE, Place.ANYWHERE)]
        self._rows = {row.key: row for row in (*rows, _MOVING)}
        self.query_one(TokenTable).set_rows(tuple(self._rows.values()))
        self.query_one("#search").focus()

    async def do_choose(self) -> None:
        """Give the command under the cursor, on the screen it belongs to."""
        key = self.query_one(TokenTable).cursor_key
        if key is not None and key != _MOVING.key:
            self.dismiss(key)

    def action_move(self, rows: int) -> None:
        """Move the cursor of the list while the search field has the focus."""
        self.query_one(TokenTable).action_step(rows)

    @on(TokenTable.CursorMoved)
    def _explain(self, event: TokenTable.CursorMoved) -> None:
        """In full, since a narrow screen cuts the column."""
        row = self._rows.get(event.key or "")
        self.say(row.cells[-1] if row else "")

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self.query_one(TokenTable).filter_text = event.value

    @on(Input.Submitted, "#search")
    @on(TokenTable.Opened)
    async def _chosen(self) -> None:
        await self.do_choose()

    def _row(self, command_id: str) -> Row:
        item = command(command_id)
        reason = self._of.reason_against(item)
        style: Literal["normal", "dim"] = "dim" if reason else "normal"
        keys = " ".join(shown_key(key) for key in item.keys)
        return Row(item.id, (keys, item.label, f"Not now: {reason}" if reason else item.help), style=style)
