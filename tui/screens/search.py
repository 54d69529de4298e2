"""A list to choose from, with a search field: the base of Help, Stacks and more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.commands import Command
from tui.conditions import NO_ROW
from tui.screens.base import TokendeckScreen
from tui.screens.lifetime import Result
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Queries, Row
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable

if TYPE_CHECKING:
    from tui.query.fields import Field
    from tui.query.filtering import QueryRow


class SearchScreen(TokendeckScreen[Result]):
    """A search field over a table; Enter in either returns the answer of a row.

    Attributes:
        COLUMNS: The columns of the table.
        NO_MATCH: Shown if no row matches; without it there is no search field.
        FIELDS: The fields that the search can ask for besides words.
    """

    COLUMNS: ClassVar[Sequence[Column]]
    NO_MATCH: ClassVar[str] = ""
    FIELDS: ClassVar[Mapping[str, Field]] = {}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._offered: dict[str, tuple[Row, Result | None]] = {}

    @property
    def table(self) -> TokenTable:
        """The list."""
        return self.query_one("#found", TokenTable)

    def compose_body(self) -> Iterable[Widget]:
        """Yield the field and the list."""
        glyphs = self.session.glyphs
        if self.NO_MATCH:
            yield TextField(id="search", placeholder="type to search", glyphs=glyphs)
        yield TokenTable(
            self.COLUMNS,
            no_match=self.NO_MATCH,
            queries=Queries(self.FIELDS, self.session.workspace.clock),
            id="found",
            glyphs=glyphs,
        )

    def on_mount(self) -> None:
        """Give the focus to the search field, if there is one."""
        self.set_focus(self.query_one("#search" if self.NO_MATCH else "#found"))

    def offer(
        self,
        rows: Iterable[tuple[Row, Result | None]],
        asked_at: Callable[[int], QueryRow] | None = None,
    ) -> None:
        """Replace the rows, each with its answer; an empty one can't be chosen.

        `asked_at` returns what answers for a row when the search asks for `FIELDS`.
        """
        self._offered = {row.key: (row, answer) for row, answer in rows}
        shown = [row for row, _answer in self._offered.values()]
        keys = list(self._offered)
        self.table.set_lazy_rows(keys, shown.__getitem__, asked_at=asked_at)

    def chosen(self) -> Result | None:
        """Return the answer of the row under the cursor."""
        key = self.table.cursor_key
        return self._offered[key][1] if key in self._offered else None

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: a row has to be chosen."""
        if item.id != "choose":
            return super().reason_against(item)
        if self.table.cursor_key is None:
            return NO_ROW
        return self.reason_against_row()

    def reason_against_row(self) -> str | None:
        """Return why the row under the cursor can't be chosen."""
        return None if self.chosen() else "This row has nothing to open."

    async def do_choose(self) -> None:
        """Return the row under the cursor to the screen below."""
        if answer := self.chosen():
            self.dismiss(answer)

    def action_move(self, rows: int) -> None:
        """Move in the list while the search field has the focus."""
        self.table.action_step(rows)
        if self.table.cursor_key is not None:
            self.query_one("#search", TextField).cursor_stands_on = self.table

    @on(Input.Changed, "#search")
    def _search(self) -> None:
        if problem := self.table.filter_by(self.query_one("#search", TextField)):
            self.say_for_now(problem, "warn")

    @on(TokenTable.CursorMoved)
    def _another_row(self) -> None:
        self.draw_hints()
