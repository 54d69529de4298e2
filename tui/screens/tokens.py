"""The dashboard: two tabs of tokens, and the details of the one that keys act on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import is_

from textual import events, on, work
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.errors import NotAllowed
from tui.contentstack.models import Odd, Token, TokenKind
from tui.display import shortened
from tui.messages.names import user_name
from tui.messages.permissions import refusal_words
from tui.screens.base import TokendeckScreen
from tui.screens.footer import FOR_ALL_MARKED
from tui.screens.messages.details import Key, copy_hint, odd_facts, token_facts
from tui.screens.messages.rows import (
    DELIVERY_COLUMNS,
    MANAGEMENT_COLUMNS,
    order_as_read,
    token_rows,
)
from tui.screens.messages.status import count_words, status_words
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.lines import AFTER_THE_FRAME, Box
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable
from tui.workspace.gone import gone_from
from tui.workspace.snapshot import kind_of

_COUNTED_AT_ONCE = 500
"""Tokens whose warnings are counted before they are drawn.

The count of more takes a while: done after the frame, it has 10,000 tokens drawn in 23
ms (benchmarks/results.md).
"""
_COLUMNS: dict[TokenKind, Sequence[Column]] = {
    "delivery": DELIVERY_COLUMNS,
    "management": MANAGEMENT_COLUMNS,
}

_CARD_LINES = 8
_CARD_SHARE = 3
"""Beside the table the details have a third of the width."""
_LEAST_BESIDE = 100
_LINES_AROUND = 4
"""Of the screen, above and below the table and the details."""

_REMEDIES = {
    "sign_in": "sign in",
    "stacks": "choose a stack",
    "region": "find the region of the stack",
}
"""What the command does that helps where the stack could not be read."""


class TokensScreen(TokendeckScreen[None], place=Place.TOKENS):
    """Delivery and management tokens of the stack."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.tab: TokenKind = "delivery"
        self._drawn: dict[TokenKind, tuple[object, ...]] = {}
        self._orders: dict[TokenKind, str] = {}
        self._warning_counts: dict[TokenKind, int] = dict.fromkeys(_COLUMNS, 0)
        self._counting: Worker[None] | None = None
        self._reading: Worker[None] | None = None
        self._status = ""
        self._on_card = ""
        self._reminded = ""
        self._noticed = ""

    def compose_body(self) -> Iterable[Widget]:
        """Tabs and filter on one line, then the table with its card."""
        glyphs, key = self.session.glyphs, self.session.key
        no_match = f"No matches. {key('leave_filter')} shows all tokens again."
        keys = f"{key('switch_tab')} switch"
        with Box(id="top"):
            yield TabsLine(id="tabs", keys=keys, glyphs=glyphs)
            yield TextField(id="filter", placeholder="words to look for", glyphs=glyphs)
        with Box(id="body"):
            for tab, columns in _COLUMNS.items():
                yield TokenTable(
                    columns, no_match=no_match, signs=True, id=tab, glyphs=glyphs
                )
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
        """The token that commands are for: a marked one, else the one at the cursor."""
        marked = self._marked_shown
        return marked[0] if marked else self._token_at_cursor

    @property
    def odd(self) -> Odd | None:
        """The row that commands are for, where it is not understood."""
        return None if self._marked_shown else self._odd_at_cursor

    @property
    def _token_at_cursor(self) -> Token | None:
        return self.snapshot.listing(self.tab).by_uid.get(self.table.cursor_key or "")

    @property
    def _odd_at_cursor(self) -> Odd | None:
        rows = self.snapshot.listing(self.tab).odd_by_key
        return rows.get(self.table.cursor_key or "")

    def on_resize(self, event: events.Resize) -> None:
        """Place the details anew."""
        self._place_card(*event.size)

    def moment(self) -> Moment:
        """The present moment, with the tab in front and the marked tokens shown."""
        moment = super().moment()
        return replace(
            moment,
            tab=self.tab,
            marked=self._marked_shown,
            filtered=self._field.display,
        )

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't be given; marking is about the cursor's row."""
        if item.id == "mark":
            token, odd = self._token_at_cursor, self._odd_at_cursor
            return item.reason(replace(self.moment(), token=token, odd=odd))
        return super().reason_against(item)

    @property
    def _marked_shown(self) -> tuple[Token, ...]:
        """The marked tokens, without those that the filter hides."""
        if not self.table.marked:
            # Asked at every key: don't walk through thousands for nothing.
            return ()
        shown = self.table.marked.intersection(self.table.shown_keys)
        tokens = self.snapshot.listing(self.tab).items
        return tuple(token for token in tokens if token.uid in shown)

    def draw(self) -> None:
        """Bring tabs, tables, details and status line up to the snapshot."""
        for tab in _COLUMNS:
            self._draw_table(tab)
        self._place_card(*self.size)
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
        self._draw_status()

    async def do_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_backwards()
        self._draw_status()

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
            # It may be new, and not in its table yet.
            self._draw_table(self.tab)
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
        if item.id == "leave_filter":
            return self._clears
        if item.id == "details" and self._field.has_focus:
            return "to the list"
        if item.id == "filter" and self.table.filter_text:
            return "filter on"
        word, marked = super().hint_word(item), len(self._marked_shown)
        if item.id == "details" and marked > 1:
            # It takes one: the room is for the keys that take all.
            return ""
        return f"{word} {marked}" if marked and item.id in FOR_ALL_MARKED else word

    @property
    def _clears(self) -> str:
        """What Esc takes away now; "" where there is nothing to take away."""
        if self.table.filter_text or self._field.has_focus:
            return "clear filter"
        return "unmark" if self.table.marked else ""

    @on(TokenTable.CursorMoved)
    def _cursor_moved(self, event: TokenTable.CursorMoved) -> None:
        event.stop()
        self._draw_card()
        self.draw_hints()

    @on(TokenTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._draw_card()
        self._draw_status()
        self.draw_hints()

    @on(TokenTable.Arranged)
    def _arranged(self) -> None:
        self._place_card(*self.size)
        self._draw_card()
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
        if self.table.marked:
            # Keys act on the marks that are shown.
            self.draw_hints()

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
        snapshot, drawn = self.snapshot, self._drawn.get(tab, ())
        shown = (
            listing,
            *(snapshot.user, snapshot.people),
            *(snapshot.environments, snapshot.branches, snapshot.aliases),
        )
        if drawn and all(map(is_, shown, drawn)):
            return
        self._drawn[tab] = shown
        now = self.session.workspace.clock()
        self._orders[tab] = order_as_read(listing.items, now)
        name_of = partial(user_name, snapshot=snapshot)
        rows = token_rows(listing.rows, now, name_of, gone_from(snapshot))
        table.set_lazy_rows(*rows, unmarkable=listing.odd_by_key.keys())

    def _place_card(self, width: int, height: int) -> None:
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

    def _empty_words(self, tab: TokenKind) -> str:
        """Say why there are no rows, and which key to press next."""
        snapshot, key = self.snapshot, self.session.key
        listing = snapshot.listing(tab)
        retry = f"{key('refresh')} to retry"
        hidden = isinstance(listing.error, NotAllowed)
        if tab == "management" and (hidden or snapshot.permissions.refuse(tab)):
            return refusal_words(snapshot.permissions, tab)
        if listing.refused:
            return f"{listing.error}\nPress {retry}."
        if snapshot.trouble and not listing.read:
            keys = f"{retry}, or {key('quit')} to quit"
            if snapshot.remedy in _REMEDIES:
                keys = f"{key(snapshot.remedy)} to {_REMEDIES[snapshot.remedy]}, {keys}"
            elif snapshot.user is None:
                # What was typed into the form may be what is wrong.
                sign_in = f"{self.session.letter('sign_in')} to sign in"
                keys = f"{retry}, {sign_in}, or {key('quit')} to quit"
            return f"{snapshot.trouble}\nPress {keys}."
        if not listing.read:
            return ""
        return f"This stack has no {tab} tokens. {key('new')} creates the first."

    def _draw_tabs(self) -> None:
        tabs: list[Tab] = []
        for tab in _COLUMNS:
            listing, warnings = self.snapshot.listing(tab), self._warning_counts[tab]
            shows = self.session.key("health") if tab == self.tab else ""
            tabs.append(Tab(tab, tab.title(), count_words(listing), warnings, shows))
        line = self.query_one(TabsLine)
        line.set_tabs(tabs)
        line.active = self.tab

    def _count_warnings(self) -> None:
        """Count the warnings now, or once the frame is drawn where that takes long."""
        total = sum(len(self.snapshot.listing(tab).items) for tab in _COLUMNS)
        if total <= _COUNTED_AT_ONCE:
            self._count_warnings_now()
        elif self._counting is None or self._counting.is_finished:
            self._counting = self._count_warnings_late()

    @work
    async def _count_warnings_late(self) -> None:
        await asyncio.sleep(AFTER_THE_FRAME)
        await self.session.workspace.judge()
        self._count_warnings_now()
        self._draw_tabs()

    def _count_warnings_now(self) -> None:
        workspace = self.session.workspace
        for tab in _COLUMNS:
            self._warning_counts[tab] = workspace.warning_count(tab)
        warned = frozenset(warning.token.uid for warning in workspace.warnings)
        for table in self.query(TokenTable):
            table.warn_about(warned)

    def _draw_card(self) -> None:
        """Show the token that keys act on; of several marks, the cursor's row."""
        marked, key = self._marked_shown, self.session.key
        token, odd = self._token_at_cursor, self._odd_at_cursor
        if len(marked) == 1:
            token, odd = marked[0], None
        # Another token comes masked, whatever brought it there.
        uid = token.uid if token else ""
        self.revealed, self._on_card = self.revealed and uid == self._on_card, uid
        if odd:
            title, facts = odd.title, odd_facts(odd, key)
        else:
            title = token.name if token else ""
            facts = self._facts(token)
        if len(marked) == 1:
            title = f"{shortened(title)} (marked)"
        elif marked:
            facts = _without_refused(facts, key)
        self.query_one(FactsCard).set_facts(title, facts)

    def _facts(self, token: Token | None) -> list[Fact]:
        return token_facts(
            token,
            self.snapshot,
            self.session.workspace.clock(),
            self.session.key,
            revealed=self.revealed,
            brief=True,
            production=self.session.settings.production_environments,
        )

    def _remind(self) -> None:
        """Tell once what an earlier run left unfinished, and what a value came with."""
        snapshot, words = self.snapshot, ""
        stack, is_read = snapshot.stack, snapshot.read_at is not None
        if stack is not None and is_read and stack.uid != self._reminded:
            from tui.screens.unfinished import unfinished  # noqa: PLC0415 - not before the first row

            self._reminded = stack.uid
            words, uid = unfinished(self.session)
            self.show_token(uid)
        is_over = not snapshot.reading and (is_read or snapshot.trouble)
        if is_over and snapshot.notice != self._noticed:
            self._noticed = snapshot.notice
            parts = (str(snapshot.trouble or ""), snapshot.notice, words)
            words = " ".join(filter(None, parts))
        if words:
            self.say(words, "warn")

    @property
    def _order_words(self) -> str:
        table = self.table
        if table.sort_key is not None:
            return table.order_words
        words = self._orders.get(self.tab, "")
        return f"{words}, reversed" if table.backwards else words

    def _draw_status(self) -> None:
        snapshot, table = self.snapshot, self.table
        listing = snapshot.listing(self.tab)
        words = status_words(
            snapshot,
            listing,
            table.shown_count,
            self.session.key("leave_filter"),
            len(table.marked),
            len(table.marked.difference(table.shown_keys)) if table.marked else 0,
        )
        if listing.read and not (snapshot.waiting or snapshot.reading):
            words += f" · {self._order_words}"
        if snapshot.trouble and listing.read:
            words = f"{snapshot.trouble} {words}"
        if self.session.glyphs.plain_screen:
            # No line of tabs stands above the list.
            words = f"{self.tab.title()}: {words} · {self.session.key('help')} help"
        # What a command said stays until there is news.
        if words != self._status:
            self._status = words
            self.say_for_now(words, "error" if snapshot.trouble else "info")


def _without_refused(facts: Sequence[Fact], key: Key) -> list[Fact]:
    """Return the facts without the keys that take one token: several are marked."""
    taken = copy_hint(key, "copy_api_key")
    return [
        fact if fact.key_hint == taken else replace(fact, key_hint="") for fact in facts
    ]
