"""A list that can be searched while one moves in it: the shape of Help and of Stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.screens.base import DeckScreen, Result
from tui.widgets.columns import Column
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable


class SearchScreen(DeckScreen[Result]):
    """A search field over a table. Enter, in either, is the command `choose`."""

    COLUMNS: ClassVar[Sequence[Column]]
    NO_MATCH: ClassVar[str]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    @property
    def table(self) -> TokenTable:
        """The list."""
        return self.query_one("#found", TokenTable)

    def compose_body(self) -> Iterable[Widget]:
        """The field and the list."""
        glyphs = self.deck.glyphs
        yield TextField(id="search", placeholder="type to search", glyphs=glyphs)
        yield TokenTable(self.COLUMNS, no_match=self.NO_MATCH, id="found", glyphs=glyphs)

    def on_mount(self) -> None:
        """Searching comes first."""
        self.set_focus(self.query_one("#search"))

    def action_move(self, rows: int) -> None:
        """Move in the list while the search field has the focus."""
        self.table.action_step(rows)

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self.table.filter_text = event.value

    @on(Input.Submitted, "#search")
    @on(TokenTable.Opened)
    async def _chosen(self) -> None:
        await self.action_command("choose")
