"""The dashboard: two tabs of tokens, and the details of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual import on
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.models import Odd, Token, TokenKind
from tui.screens.base import TokendeckScreen
from tui.screens.messages.details import odd_facts, token_facts
from tui.screens.messages.rows import (
    DELIVERY_COLUMNS,
    MANAGEMENT_COLUMNS,
    columns_for,
    token_rows,
)
from tui.screens.messages.status import count_words, status_words
from tui.screens.session import Session
from tui.screens.unfinished import unfinished
from tui.widgets.columns import Column
from tui.widgets.facts_card import FactsCard
from tui.widgets.lines import AFTER_THE_FRAME, Box
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable
from tui.workspace.snapshot import Listing, kind_of

_COUNTED_AT_ONCE = 500
"""Tokens whose warnings are counted before they are drawn.

The count of more takes a while: done after the frame, it has 10,000 tokens drawn in 23
ms (benchmarks/results.md).
"""
_COLUMNS: dict[TokenKind, Sequence[Column]] = {
    "delivery": DELIVERY_COLUMNS,
    "management": MANAGEMENT_COLUMNS,
}

_REMEDIES = {
    "sign_in": "signs in",
    "stacks": "lists the stacks",
    "region": "looks for the region that knows the stack",
}
"""What the command does that helps where the stack could not be read."""


class TokensScreen(TokendeckScreen[None], place=Place.TOKENS):
    """Delivery and management tokens of the stack."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.tab: TokenKind = "delivery"
        self._drawn: dict[TokenKind, Listing[Token]] = {}
        self._warning_counts: dict[TokenKind, int] = dict.fromkeys(_COLUMNS, 0)
        self._counting: Timer | None = None
        self._reading: Worker[None] | None = None
        self._status = ""
        self._on_card = ""
        self._reminded = ""
        self._noticed = ""

    def compose_body(self) -> Iterable[Widget]:
        """Tabs and filter on one line, then the table with its card."""
        glyphs, key = self.session.glyphs, self.session.key
        no_match = (
            f"No token holds all these words. {key('leave_filter')} shows all again."
        )
        hint = f"{key('switch_tab')} switch · {key('filter')} filter"
        with Box(id="top"):
            yield TabsLine(id="tabs", hint=hint, glyphs=glyphs)
            yield TextField(id="filter", placeholder="words to look for", glyphs=glyphs)
        with Box(id="body"):
            for tab, columns in _COLUMNS.items():
                yield TokenTable(columns, no_match=no_match, id=tab, glyphs=glyphs)
            yield FactsCard(id="card", glyphs=glyphs)

    def on_mount(self) -> None:
        """Show the frame first, then read the stack."""
        self._show_tab()
        self.call_after_refresh(self.do_refresh)

    @property
    def table(self) -> TokenTable:
        """The table of the tab in front."""
        return self.query_one(f"#{self.tab}", TokenTable)

    @property
    def _field(self) -> TextField:
        return self.query_one("#filter", TextField)

    @property
    def token(self) -> Token | None:
        """The token under the cursor."""
        return self.snapshot.listing(self.tab).by_uid.get(self.table.cursor_key or "")

    @property
    def odd(self) -> Odd | None:
        """The row under the cursor, where it is not understood."""
        rows = self.snapshot.listing(self.tab).odd_by_key
        return rows.get(self.table.cursor_key or "")

    def moment(self) -> Moment:
        """The present moment, with the tab in front and the marked tokens."""
        moment = super().moment()
        return replace(moment, tab=self.tab, marked=self._marked_tokens)

    @property
    def _marked_tokens(self) -> tuple[Token, ...]:
        marked = self.table.marked
        if not marked:
            # Asked at every key: don't walk through thousands for nothing.
            return ()
        tokens = self.snapshot.listing(self.tab).items
        return tuple(token for token in tokens if token.uid in marked)

    def draw(self) -> None:
        """Bring tabs, tables, details and status line up to the snapshot."""
        for tab in _COLUMNS:
            self._draw_table(tab)
        self._count_warnings()
        self._draw_tabs()
        self._draw_card()
        self._draw_status()
        self._remind()

    async def do_refresh(self) -> None:
        """Read the stack anew; marks, cursor and filter stay."""
        self._reading = self.read_anew()

    async def do_switch_tab(self) -> None:
        """Show the other kind of tokens."""
        self.tab = "management" if self.tab == "delivery" else "delivery"
        self._show_tab()
        self.draw_all()

    async def do_filter(self) -> None:
        """Open the filter field."""
        self._field.display = True
        self.set_focus(self._field)

    async def do_leave_filter(self) -> None:
        """Stop waiting for Contentstack; else leave the filter; else unmark all."""
        reading, filtering = self._reading, self._field.display
        if reading is not None and reading.is_running and not filtering:
            reading.cancel()
            self.session.workspace.stop_reading()
            return
        if not filtering:
            self.table.clear_marks()
        self._field.value = ""
        self._close_filter()

    async def do_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()
        column = self.table.sort_key
        self.say(f"Sorted by {column}." if column else "In the order as read.")

    async def do_mark(self) -> None:
        """Mark the token under the cursor and go to the next; or take its mark away."""
        self.table.toggle_mark()
        self.table.action_step(1)

    async def do_mark_all(self) -> None:
        """Mark all tokens shown, or none."""
        self.table.mark_shown()

    def show_token(self, uid: str) -> None:
        """Put the cursor on a token, in its tab, and out of a filter that hides it."""
        if token := self.snapshot.token(uid):
            self.tab = kind_of(token)
            if not self.table.move_to(uid):
                self.table.filter_text = ""
                self.table.move_to(uid)
            self._show_tab()
            self.draw_all()

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key, which tells of a filter that is set."""
        if item.id == "copy_preview":
            # Its key stands in the details. Here it would be dimmed and lit from row to
            # row, which costs as many bytes as the row itself.
            return ""
        if item.id == "filter" and self.table.filter_text:
            return "filter on"
        return super().hint_word(item)

    @on(TokenTable.CursorMoved)
    def _cursor_moved(self, event: TokenTable.CursorMoved) -> None:
        event.stop()
        self._draw_card()
        self.draw_hints()

    @on(TokenTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._draw_status()
        self.draw_hints()

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("details")

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.table.filter_text = event.value
        self._draw_card()
        self._draw_status()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.set_focus(self.table)
        if not self.table.filter_text:
            self._close_filter()

    def _close_filter(self) -> None:
        self._field.display = False
        self.set_focus(self.table)

    def _show_tab(self) -> None:
        for tab in _COLUMNS:
            self.query_one(f"#{tab}").display = tab == self.tab
        field = self._field
        had_focus = field.has_focus
        with field.prevent(Input.Changed):
            field.value = self.table.filter_text
        field.cursor_position = len(field.value)
        field.display = had_focus or bool(field.value)
        self.set_focus(field if had_focus else self.table)

    def _draw_table(self, tab: TokenKind) -> None:
        table = self.query_one(f"#{tab}", TokenTable)
        listing = self.snapshot.listing(tab)
        table.say_empty(self._empty_words(tab))
        if self._drawn.get(tab) is listing:
            return
        self._drawn[tab] = listing
        table.set_columns(columns_for(listing.items, tab))
        rows = token_rows(listing.rows, self.session.workspace.clock())
        table.set_lazy_rows(*rows, unmarkable=listing.odd_by_key.keys())

    def _empty_words(self, tab: TokenKind) -> str:
        """Say why there are no rows, and which key to press next."""
        snapshot, key = self.snapshot, self.session.key
        listing = snapshot.listing(tab)
        if tab == "management" and snapshot.permissions.management_refusal:
            return snapshot.permissions.management_refusal
        if listing.refused:
            return f"{listing.error}\n{key('refresh')} reads again."
        if snapshot.trouble and not listing.read:
            keys = f"{key('refresh')} reads again; {key('quit')} quits."
            if snapshot.remedy in _REMEDIES:
                keys = f"{key(snapshot.remedy)} {_REMEDIES[snapshot.remedy]}; {keys}"
            return f"{snapshot.trouble}\n{keys}"
        if not listing.read:
            return ""
        return f"This stack has no {tab} token yet. {key('new')} makes the first."

    def _draw_tabs(self) -> None:
        tabs = []
        for tab in _COLUMNS:
            listing, warnings = self.snapshot.listing(tab), self._warning_counts[tab]
            count = count_words(listing, warnings)
            tabs.append(Tab(tab, tab.title(), count))
        line = self.query_one(TabsLine)
        line.set_tabs(tabs)
        line.active = self.tab

    def _count_warnings(self) -> None:
        """Count the warnings now, or once the frame is drawn where that takes long."""
        total = sum(len(self.snapshot.listing(tab).items) for tab in _COLUMNS)
        if total <= _COUNTED_AT_ONCE:
            self._count_warnings_now()
        elif self._counting is None:
            self._counting = self.set_timer(AFTER_THE_FRAME, self._count_warnings_late)

    def _count_warnings_late(self) -> None:
        self._counting = None
        self._count_warnings_now()
        self._draw_tabs()

    def _count_warnings_now(self) -> None:
        count = self.session.workspace.warning_count
        self._warning_counts = {tab: count(tab) for tab in _COLUMNS}

    def _draw_card(self) -> None:
        token, now, key = self.token, self.session.workspace.clock(), self.session.key
        # Another token under the cursor comes masked, whatever brought it there.
        uid = token.uid if token else ""
        self.revealed, self._on_card = self.revealed and uid == self._on_card, uid
        if odd := self.odd:
            title, facts = odd.title, odd_facts(odd, key)
        else:
            title = token.name if token else ""
            facts = token_facts(
                token, self.snapshot, now, key, revealed=self.revealed, brief=True
            )
        self.query_one(FactsCard).set_facts(title, facts)

    def _remind(self) -> None:
        """Tell once what an earlier run left unfinished, and what a value came with."""
        snapshot, words = self.snapshot, ""
        stack, is_read = snapshot.stack, snapshot.read_at is not None
        if stack is not None and is_read and stack.uid != self._reminded:
            self._reminded = stack.uid
            words, uid = unfinished(self.session)
            self.show_token(uid)
        is_over = not snapshot.reading and (is_read or snapshot.trouble)
        if is_over and snapshot.notice != self._noticed:
            self._noticed = snapshot.notice
            parts = (snapshot.trouble, snapshot.notice, words)
            words = " ".join(filter(None, parts))
        if words:
            self.say(words, "warn")

    def _draw_status(self) -> None:
        snapshot, table = self.snapshot, self.table
        listing = snapshot.listing(self.tab)
        words = status_words(
            snapshot,
            listing,
            table.shown_count,
            self.session.key("leave_filter"),
            len(table.marked),
        )
        if snapshot.trouble and listing.read:
            words = f"{snapshot.trouble} {words}"
        # What a command said stays until there is news.
        if words != self._status:
            self._status = words
            self.say(words, "error" if snapshot.trouble else "info")
