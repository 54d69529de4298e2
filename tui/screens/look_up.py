"""What Identify and Find share: a field, the rows it leads to, and their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.containers import Container
from textual.widget import Widget

from tui.commands import Command
from tui.conditions import NO_ROW
from tui.contentstack.models import Token
from tui.display import shortened
from tui.fleet.places import FleetPlace, FleetStack
from tui.fleet.snapshot import FleetSnapshot
from tui.leaks.known import KnownToken
from tui.screens.across_stacks import AcrossStacks
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.facts_card import FactsCard
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField
from tui.widgets.title_line import TitleLine
from tui.widgets.token_table import TokenTable
from tui.workspace.snapshot import Snapshot

_OF_ROWS = frozenset({"verify", "rotate", "delete", "deliver"})

_ONLY_FIELD = "There's only this one field."


class LookUpScreen(AcrossStacks[str]):
    """Returns the uid of the token to show in the list.

    Commands work in the stack of the row's token, if that stack was read.
    """

    TITLE_WORDS: ClassVar[str]
    COLUMNS: ClassVar[Sequence[Column]]
    FIELD_WORD: ClassVar[str]
    """What Enter does in the field."""

    EMPTY: ClassVar[str]
    """Shown while there are no rows."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: dict[str, FleetStack] = {}
        self._places_of: FleetSnapshot | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Yield the field, the rows, and the details of one."""
        glyphs = self.session.glyphs
        yield TitleLine(self.title_words, id="title", glyphs=glyphs)
        yield self.new_field()
        with Container(id="body"):
            yield TokenTable(self.COLUMNS, empty=self.EMPTY, id="rows", glyphs=glyphs)
            yield FactsCard(id="card", focusable=True, glyphs=glyphs)

    def new_field(self) -> TextField:
        """Return the field."""
        raise NotImplementedError

    @property
    def title_words(self) -> str:
        """What is asked here."""
        return self.TITLE_WORDS

    @property
    def main_snapshot(self) -> Snapshot:
        """What is known of the open stack."""
        return self.main.workspace.snapshot

    @property
    def place(self) -> FleetPlace | None:
        """The stack of the row's token, unless it's the open one."""
        found, own = self.found, self.main_snapshot.stack
        if found is None or (own is not None and own.api_key == found.api_key):
            return None
        known = self.known
        if self._places_of is not known:
            stacks = (reading.stack for reading in known.readings.values())
            self._places = {each.stack.api_key: each for each in stacks}
            self._places_of = known
        return self._places.get(found.api_key)

    @property
    def keys_at_hand(self) -> Sequence[str]:
        """The key of the row under the cursor."""
        key = self.table.cursor_key
        return [key] if key is not None else []

    @property
    def found(self) -> KnownToken | None:
        """The token that the row under the cursor is about, in whichever stack."""
        raise NotImplementedError

    @property
    def nameless(self) -> str:
        """Why the row under the cursor has no token that is known by name."""
        raise NotImplementedError

    async def look_up(self) -> None:
        """Look up what is in the field."""
        raise NotImplementedError

    @property
    def field(self) -> TextField:
        """What is looked up."""
        return self.query_one(TextField)

    @property
    def table(self) -> TokenTable:
        """What was found."""
        return self.query_one(TokenTable)

    @property
    def is_typing(self) -> bool:
        """Whether keys go to the field."""
        return self.focused is None or self.focused is self.field

    @property
    def token(self) -> Token | None:
        """The token of the row under the cursor, if the open stack has it."""
        found, stack = self.found, self.snapshot.stack
        if found is None or stack is None or found.api_key != stack.api_key:
            return None
        return self.snapshot.token(found.uid)

    def show_rows(self, keys: Sequence[str], row_at: Callable[[int], Row]) -> None:
        """Replace the rows. Without any, only the field can have the focus."""
        table = self.table
        table.can_focus = bool(keys)
        if not keys and table.has_focus:
            self.set_focus(self.field)
        table.set_lazy_rows(keys, row_at)

    @property
    def _has_next_field(self) -> bool:
        return self.table.can_focus or self.query_one(FactsCard).display

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: most are about the row's token."""
        if item.id == "next_field" and not self._has_next_field:
            return _ONLY_FIELD
        is_of_row = item.id in _OF_ROWS or (item.id == "look_up" and not self.is_typing)
        if not is_of_row and item.id != "look_up":
            return super().reason_against(item)
        if self.asking:
            return self.busy_words
        if is_of_row and self.token is None:
            return self.tokenless_words
        return super().reason_against(item)

    @property
    def busy_words(self) -> str:
        """What is being waited for."""
        return f"Waiting for Contentstack. {self.session.key('close')} stops waiting."

    @property
    def tokenless_words(self) -> str:
        """Why commands have no token to work with."""
        if self.table.cursor_key is None:
            return NO_ROW
        found, stack = self.found, self.snapshot.stack
        if found is None:
            return self.nameless
        name = shortened(found.name)
        if stack is None or found.api_key != stack.api_key:
            return f"{name} is a token of {found.stack}. Switch to that stack first."
        return f"The stack doesn't have {name} any more."

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: what Enter does depends on the focus.

        Tab has none while it has nowhere to go.
        """
        if item.id == "look_up":
            return self.FIELD_WORD if self.is_typing else "show token"
        if item.id == "next_field" and not self._has_next_field:
            return ""
        return super().hint_word(item)

    async def do_look_up(self) -> None:
        """Look up what is in the field; on a row, go to its token.

        The list below has no tokens of other stacks: show their details instead.
        """
        if self.is_typing:
            await self.look_up()
        elif self.place is not None:
            await self.session.common_commands["details"](self)
        elif self.token is not None:
            self.dismiss(self.token.uid)

    @on(events.Mount)
    def _begin(self) -> None:
        self.table.can_focus = False
        self.set_focus(self.field)

    @on(TokenTable.CursorMoved)
    def _cursor_moved(self, event: TokenTable.CursorMoved) -> None:
        event.stop()
        self.draw_header()
        self.draw_card()
        self.draw_hints()

    def draw_card(self) -> None:
        """Show the details of the row under the cursor."""
        raise NotImplementedError
