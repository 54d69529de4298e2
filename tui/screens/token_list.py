"""What the lists of tokens have in common: tabs, filter, marks, and the details."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual import events, on
from textual.widget import Widget
from textual.widgets import Input

from tui.commands import Command
from tui.conditions import NO_ROW, Moment
from tui.contentstack.models import Odd, Token, TokenKind
from tui.display import shortened
from tui.query.fields import FIELDS
from tui.screens.base import TokendeckScreen
from tui.screens.footer import FOR_ALL_MARKED
from tui.screens.lifetime import Result
from tui.screens.messages.details import Key, copy_hint, odd_facts, token_facts
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.lines import Box
from tui.widgets.status_line import Tone
from tui.widgets.table_model import Queries
from tui.widgets.tabs_line import TabsLine
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable

if TYPE_CHECKING:
    from tui.fleet.rows import FleetRow
    from tui.screens.completing import Completing

_CARD_LINES = 8
_CARD_SHARE = 3
"""Beside the table, the details get a third of the width."""
_LEAST_BESIDE = 100
_LINES_AROUND = 4
"""Lines of the screen above and below the table and the details."""
_Marked: TypeAlias = tuple[frozenset[str], object, tuple[Token, ...]]
"""Marks, the arrangement of the rows, and the tokens that are marked and shown."""


class TokenListScreen(TokendeckScreen[Result]):
    """Delivery and management tokens, and the details of the one that keys act on.

    A subclass says what the rows are: `draw_table` gives a tab its rows, and `token_of`
    and `odd_of` return what a row is about.
    """

    lists_tokens = True
    COLUMNS: ClassVar[Mapping[TokenKind, Sequence[Column]]]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        # Nearly every screen has this class: setting it later restyles everything.
        self.add_class("below", update=False)
        self.tab: TokenKind = "delivery"
        self._status = ""
        self._is_answered = False
        self._problem = ""
        self._completing: Completing | None = None
        self._on_card = ""
        self._marked_before: _Marked = (frozenset(), None, ())
        self._tables: dict[TokenKind, TokenTable] = {}

    # What a subclass adds

    def token_of(self, key: str) -> Token | None:
        """Return the token of a row."""
        raise NotImplementedError

    def odd_of(self, key: str) -> Odd | None:
        """Return what wasn't understood of a row."""
        raise NotImplementedError

    def tokens_of(self, keys: Collection[str]) -> tuple[Token, ...]:
        """Return the tokens of rows of the current tab, in the order of the list."""
        raise NotImplementedError

    def draw_table(self, tab: TokenKind) -> None:
        """Update the rows of a tab from what is known."""
        raise NotImplementedError

    def draw_tabs(self) -> None:
        """Update the names of the tabs from what is known."""
        raise NotImplementedError

    def draw_status(self) -> None:
        """Update the status line from what is known."""
        raise NotImplementedError

    def order_as_read(self, tab: TokenKind) -> str:
        """Return the order of the rows while no sort column is chosen, in words."""
        raise NotImplementedError

    def asked_rows(self) -> Sequence[FleetRow]:
        """Return the rows of the current tab as queries see them, for their values."""
        raise NotImplementedError

    @property
    def session_of_all(self) -> Session:
        """The session for screens that are about all rows."""
        return self.session

    def rows_of_all(self) -> Sequence[FleetRow]:
        """Return the rows of both tabs as queries see them."""
        raise NotImplementedError

    def stop_reading(self) -> bool:
        """Stop waiting for Contentstack; return whether anything was waited for."""
        raise NotImplementedError

    def compose_body(self) -> Iterable[Widget]:
        """Yield tabs and filter on one line, then the table with the details."""
        glyphs, key = self.session.glyphs, self.session.key
        no_match = f"No matches. {key('leave_filter')} shows all tokens again."
        keys = f"{key('switch_tab')} switch"
        queries = Queries(FIELDS, self.session.workspace.clock)
        with Box(id="top"):
            yield TabsLine(id="tabs", keys=keys, glyphs=glyphs)
            yield TextField(id="filter", placeholder="words, or env:qa", glyphs=glyphs)
        with Box(id="body"):
            for tab, columns in self.COLUMNS.items():
                self._tables[tab] = TokenTable(
                    columns,
                    no_match=no_match,
                    signs=True,
                    queries=queries,
                    id=tab,
                    glyphs=glyphs,
                )
            yield from self._tables.values()
            yield FactsCard(id="card", glyphs=glyphs)

    @property
    def table(self) -> TokenTable:
        """The table of the current tab.

        Raises:
            ScreenGone: if the screen was left.
        """
        # Runs many times at every key press: don't query for it each time.
        table = self._tables.get(self.tab)
        if table is None or not table.is_attached:
            return self.query_one(f"#{self.tab}", TokenTable)
        return table

    @property
    def field(self) -> TextField:
        """The filter."""
        return self.query_one("#filter", TextField)

    @property
    def token(self) -> Token | None:
        """The token that commands are for: a marked one, else the one at the cursor."""
        marked = self.marked_shown
        return marked[0] if marked else self._token_at_cursor

    @property
    def odd(self) -> Odd | None:
        """The row that commands are for, if it wasn't understood."""
        return None if self.marked_shown else self._odd_at_cursor

    @property
    def _token_at_cursor(self) -> Token | None:
        return self.token_of(self.table.cursor_key or "")

    @property
    def _odd_at_cursor(self) -> Odd | None:
        return self.odd_of(self.table.cursor_key or "")

    def on_resize(self, event: events.Resize) -> None:
        """Place the details again."""
        self.place_card(*event.size)

    def moment(self) -> Moment:
        """The current moment, with the current tab and the marked tokens shown."""
        moment = super().moment()
        return replace(
            moment,
            tab=self.tab,
            marked=self.marked_shown,
            filtered=self.field.display,
        )

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run; marking is about the cursor's row."""
        if item.id == "mark":
            if self.table.cursor_key is None:
                return NO_ROW
            token, odd = self._token_at_cursor, self._odd_at_cursor
            return item.reason(replace(self.present, token=token, odd=odd))
        return super().reason_against(item)

    @property
    def marked_shown(self) -> tuple[Token, ...]:
        """The marked tokens, without those that the filter hides."""
        table = self.table
        if not table.marked:
            return ()
        # Runs many times at every key press: don't go through thousands each time.
        marked, arrangement, tokens = self._marked_before
        if marked is not table.marked or arrangement is not table.arrangement:
            tokens = self.tokens_of(table.marked.intersection(table.shown_keys))
            self._marked_before = table.marked, table.arrangement, tokens
        return tokens

    @property
    def marked_count(self) -> int:
        """How many of the tokens shown are marked."""
        return len(self.marked_shown)

    def draw(self) -> None:
        """Update tabs, tables, details and status line from what is known."""
        for tab in self.COLUMNS:
            self.draw_table(tab)
        self.place_card(*self.size)
        self.draw_tabs()
        self.draw_card()
        self.draw_status()

    async def do_switch_tab(self) -> None:
        """Show the other kind of tokens."""
        self.tab = "management" if self.tab == "delivery" else "delivery"
        self.show_tab()
        self.draw_all()

    async def do_filter(self) -> None:
        """Open the filter field."""
        self.field.display = True
        self.set_focus(self.field)

    async def do_complete(self) -> None:
        """Complete what is typed in the filter; each further Tab offers the next."""
        field = self.field
        if not field.has_focus:
            self.focus_next()
            return
        from tui.screens.completing import Completing  # noqa: PLC0415 - loaded by those who complete

        if self._completing is None or not self._completing.goes_on(field):
            self._completing = Completing(field, self.asked_rows())
        self._completing.next(field)
        self.draw_status()

    async def do_leave_filter(self) -> None:
        """Stop waiting for Contentstack; else leave the filter; else unmark all."""
        filtering = self.field.display
        if not filtering and self.stop_reading():
            return
        if not filtering:
            self.table.clear_marks()
        self.field.value = ""
        self._close_filter()

    async def do_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()
        self.draw_status()

    async def do_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_backwards()
        self.draw_status()

    async def do_mark(self) -> None:
        """Mark or unmark the token under the cursor, and go to the next."""
        self.table.toggle_mark()
        self.table.action_step(1)

    async def do_mark_all(self) -> None:
        """Mark all tokens shown, or none."""
        self.table.mark_shown()

    def show_row(self, tab: TokenKind, key: str) -> None:
        """Put the cursor on a row, in its tab, and clear a filter that hides it."""
        self.tab = tab
        # It may be new and not in its table yet.
        self.draw_table(tab)
        if not self.table.move_to(key):
            self.table.filter_text = ""
            self.table.move_to(key)
        self.show_tab()
        self.draw_all()

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key, which shows whether a filter is set."""
        if item.id == "find":
            # The list's own keys need the room.
            return ""
        if item.id == "copy_preview":
            # Its key is in the details. Here it would dim and light up from row to row,
            # which costs as many bytes as the row itself.
            return ""
        if item.id == "leave_filter":
            return self.clears
        if item.id == "details" and self.field.has_focus:
            return "to the list"
        if item.id == "filter" and self.table.filter_text:
            return "filter on"
        word, marked = super().hint_word(item), len(self.present.marked)
        if item.id == "details" and marked > 1:
            # It acts on one token: leave the room for keys that act on all.
            return ""
        return f"{word} {marked}" if marked and item.id in FOR_ALL_MARKED else word

    def show_view(self, query: str) -> None:
        """Filter both tabs by a query, and show one that has matches."""
        for tab in self.COLUMNS:
            self.query_one(f"#{tab}", TokenTable).filter_text = query
        if not self.table.shown_count:
            others = [tab for tab in self.COLUMNS if tab != self.tab]
            tables = {tab: self.query_one(f"#{tab}", TokenTable) for tab in others}
            self.tab = next((t for t in others if tables[t].shown_count), self.tab)
        self.show_tab()
        self.draw_all()

    @property
    def clears(self) -> str:
        """What Esc clears now; "" if there is nothing to clear."""
        if self.table.filter_text or self.field.has_focus:
            return "clear filter"
        return "unmark" if self.table.marked else ""

    @on(TokenTable.CursorMoved)
    def _cursor_moved(self, event: TokenTable.CursorMoved) -> None:
        event.stop()
        self.draw_card()
        self.draw_hints()

    @on(TokenTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.draw_card()
        self.draw_status()
        self.draw_hints()

    @on(TokenTable.Arranged)
    def _arranged(self) -> None:
        self.place_card(*self.size)
        self.draw_card()
        self.draw_status()
        self.draw_hints()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._is_answered = False
        self.table.filter_text = event.value
        self._problem = self.table.mark_problem(self.field)
        self.draw_card()
        self.draw_status()
        if self.table.marked:
            # Keys act on the marks that are shown.
            self.draw_hints()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.set_focus(self.table)
        if not self.table.filter_text:
            self._close_filter()

    def _close_filter(self) -> None:
        self.field.display = False
        self.set_focus(self.table)

    def show_tab(self) -> None:
        """Show the table of the current tab, with its filter."""
        for tab in self.COLUMNS:
            self.query_one(f"#{tab}").display = tab == self.tab
        field = self.field
        had_focus = field.has_focus
        with field.prevent(Input.Changed):
            field.value = self.table.filter_text
        self._problem = self.table.mark_problem(field)
        field.cursor_position = len(field.value)
        field.display = had_focus or bool(field.value)
        self.set_focus(field if had_focus else self.table)

    def place_card(self, width: int, height: int) -> None:
        """Put the details below the table or beside it, whichever loses less."""
        table = self.table
        lines = height - _LINES_AROUND - table.head
        hidden = max(0, table.total_count - (lines - _CARD_LINES))
        rows_lost = hidden / max(1, table.total_count)
        whole = table.cells_shown(width)
        beside = table.cells_shown(width - width // _CARD_SHARE - 1)
        cells_lost = 1 - beside / max(1, whole)
        too_low = lines <= _CARD_LINES * 2
        is_beside = width >= _LEAST_BESIDE and (too_low or cells_lost < rows_lost)
        self.set_class(is_beside, "beside")
        self.set_class(not is_beside, "below")
        self.set_class(too_low and not is_beside, "short")

    def draw_card(self) -> None:
        """Show the token that keys act on; with several marks, the cursor's row."""
        marked, key = self.marked_shown, self.session.key
        token, odd = self._token_at_cursor, self._odd_at_cursor
        if len(marked) == 1:
            token, odd = marked[0], None
        # Another token is always shown masked, whatever put it there.
        uid = token.uid if token else ""
        self.revealed, self._on_card = self.revealed and uid == self._on_card, uid
        if odd:
            title, facts = odd.title, odd_facts(odd, key)
        else:
            title = token.name if token else ""
            facts = self.facts(token)
        if len(marked) == 1:
            title = f"{shortened(title)} (marked)"
        elif marked:
            facts = _without_refused(facts, key)
        self.query_one(FactsCard).set_facts(title, facts)

    def facts(self, token: Token | None) -> list[Fact]:
        """Return the details of a token."""
        return token_facts(
            token,
            self.snapshot,
            self.session.workspace.clock(),
            self.session.key,
            revealed=self.revealed,
            brief=True,
            production=self.session.settings.production_environments,
        )

    @property
    def order_words(self) -> str:
        """The order of the rows, in words."""
        table = self.table
        if table.sort_key is not None:
            return table.order_words
        words = self.order_as_read(self.tab)
        return f"{words}, reversed" if table.backwards else words

    def forget_status(self) -> None:
        """Make the next status appear, whatever else was said since."""
        self._status, self._is_answered = "", False

    def say(self, text: str, kind: Tone = "info", more: str = "") -> None:
        """Show a message, which stays until the next key press despite news."""
        super().say(text, kind, more)
        self._is_answered = bool(text)

    async def action_command(self, command_id: str) -> None:
        """Carry out a command; by now the last one's message has been read."""
        self._is_answered = False
        await super().action_command(command_id)

    def say_status(self, words: str, kind: Tone) -> None:
        """Show the status, unless that would hide what a command just said."""
        completing = self._completing
        if self._problem:
            words, kind = self._problem, "warn"
        elif completing is not None and completing.stands_in(self.field):
            words = completing.words or words
        if self.session.glyphs.plain_screen:
            # There is no line of tabs above the list.
            words = f"{self.tab.title()}: {words} · {self.session.key('help')} help"
        is_held_back = self._is_answered and kind == "info"
        if words != self._status and not is_held_back:
            self._status = words
            self.say_for_now(words, kind)


def _without_refused(facts: Sequence[Fact], key: Key) -> list[Fact]:
    """Return the facts without keys for commands that several marks rule out."""
    taken = copy_hint(key, "copy_api_key")
    return [
        fact if fact.key_hint == taken else replace(fact, key_hint="") for fact in facts
    ]
