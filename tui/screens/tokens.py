"""The dashboard: two tabs of tokens, and the details of the one that keys act on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from operator import is_
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.worker import Worker

from tui.commands import Place
from tui.contentstack.errors import NotAllowed
from tui.contentstack.models import Odd, Token, TokenKind
from tui.messages.names import user_name
from tui.messages.permissions import refusal_words
from tui.screens.messages.rows import (
    DELIVERY_COLUMNS,
    MANAGEMENT_COLUMNS,
    OrderAsRead,
    order_as_read,
)
from tui.screens.messages.status import count_words, status_words
from tui.screens.session import Session
from tui.screens.token_list import TokenListScreen
from tui.widgets.columns import Column
from tui.widgets.lines import AFTER_THE_FRAME
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.token_table import TokenTable
from tui.workspace.gone import gone_from
from tui.workspace.snapshot import kind_of

if TYPE_CHECKING:
    from tui.fleet.one_stack import AskedAt
    from tui.fleet.rows import FleetRow

_COUNTED_AT_ONCE = 500
"""The most tokens whose warnings are counted before they are drawn.

Counting more takes a while. Doing it after the frame lets 10,000 tokens appear in 23 ms
(benchmarks/results.md).
"""
_REMEDIES = {
    "sign_in": "sign in",
    "stacks": "choose a stack",
    "region": "find the region of the stack",
}
"""What the command does that helps if the stack couldn't be read."""


class TokensScreen(TokenListScreen[None], place=Place.TOKENS):
    """Delivery and management tokens of the stack."""

    COLUMNS: ClassVar[Mapping[TokenKind, Sequence[Column]]] = {
        "delivery": DELIVERY_COLUMNS,
        "management": MANAGEMENT_COLUMNS,
    }

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._drawn: dict[TokenKind, tuple[object, ...]] = {}
        self._asked: dict[TokenKind, AskedAt] = {}
        self._orders: dict[TokenKind, OrderAsRead] = {}
        self._order_words: dict[TokenKind, str] = {}
        self._warning_counts: dict[TokenKind, int] = dict.fromkeys(self.COLUMNS, 0)
        self._counting: Worker[None] | None = None
        self._reading: Worker[None] | None = None
        self._reminded = ""
        self._noticed = ""

    def on_mount(self) -> None:
        """Show the current tab."""
        self.show_tab()

    def draw(self) -> None:
        """Update everything from the snapshot."""
        super().draw()
        self._remind()

    async def do_refresh(self) -> None:
        """Read the stack again; marks, cursor and filter stay."""
        self._reading = self.read_anew()

    def stop_reading(self) -> bool:
        """Stop waiting for the stack."""
        reading = self._reading
        if reading is None or not reading.is_running:
            return False
        reading.cancel()
        self.session.workspace.stop_reading()
        return True

    def token_of(self, key: str) -> Token | None:
        """Return the token of a row, whose key is its uid."""
        return self.snapshot.listing(self.tab).by_uid.get(key)

    def odd_of(self, key: str) -> Odd | None:
        """Return what wasn't understood of a row."""
        return self.snapshot.listing(self.tab).odd_by_key.get(key)

    def tokens_of(self, keys: Collection[str]) -> tuple[Token, ...]:
        """Return the tokens of rows, in the order of the list."""
        tokens = self.snapshot.listing(self.tab).items
        return tuple(token for token in tokens if token.uid in keys)

    def order_as_read(self, tab: TokenKind) -> str:
        """Return the order of the rows while no sort column is chosen, in words."""
        return self._order_words.get(tab, "")

    def show_token(self, uid: str) -> None:
        """Put the cursor on a token, in its tab, and clear a filter that hides it."""
        if token := self.snapshot.token(uid):
            self.show_row(kind_of(token), uid)

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("details")

    def draw_table(self, tab: TokenKind) -> None:
        """Update the rows of a tab from the snapshot."""
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
        if not drawn or drawn[0] is not listing:
            # Data that arrives after the tokens, such as user names, keeps the order.
            self._orders[tab] = OrderAsRead.of(listing.rows, now)
            self._order_words[tab] = order_as_read(listing.items, now)
        order, name_of = self._orders[tab], partial(user_name, snapshot=snapshot)
        table.set_lazy_rows(
            order.keys,
            order.row_at(now, name_of, gone_from(snapshot)),
            unmarkable=listing.odd_by_key.keys(),
            asked_at=self._asked_at(tab, order.keys),
        )

    def _asked_at(self, tab: TokenKind, keys: Sequence[str]) -> AskedAt:
        """Return a function that gives the fields of the row at an index to queries.

        The module it needs is imported on first use.
        """
        snapshot = self.snapshot

        @cache
        def asked() -> AskedAt:
            from tui.fleet.one_stack import asked_at  # noqa: PLC0415

            return asked_at(snapshot, tab, keys)

        def at(index: int) -> FleetRow:
            return asked()(index)

        self._asked[tab] = at
        return at

    def asked_rows(self) -> Sequence[FleetRow]:
        """Return the rows of the current tab as queries see them."""
        rows = self.snapshot.listing(self.tab).rows
        return [*map(self._asked[self.tab], range(len(rows)))]

    def rows_of_all(self) -> Sequence[FleetRow]:
        """Return the rows of both tabs as queries see them."""
        from tui.fleet.one_stack import asked_of  # noqa: PLC0415

        return [
            row
            for kind in self.COLUMNS
            for row in map(
                asked_of(self.snapshot, kind), self.snapshot.listing(kind).items
            )
        ]

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
                # What was typed into the form may be wrong.
                sign_in = f"{self.session.letter('sign_in')} to sign in"
                keys = f"{retry}, {sign_in}, or {key('quit')} to quit"
            return f"{snapshot.trouble}\nPress {keys}."
        if not listing.read:
            return ""
        return f"This stack has no {tab} tokens. {key('new')} creates the first."

    def draw_tabs(self) -> None:
        """Count the tokens and the warnings of each tab."""
        self._count_warnings()
        self._draw_tabs()

    def _draw_tabs(self) -> None:
        tabs: list[Tab] = []
        for tab in self.COLUMNS:
            listing, warnings = self.snapshot.listing(tab), self._warning_counts[tab]
            shows = self.session.key("health") if tab == self.tab else ""
            tabs.append(Tab(tab, tab.title(), count_words(listing), warnings, shows))
        line = self.query_one(TabsLine)
        line.set_tabs(tabs)
        line.active = self.tab

    def _count_warnings(self) -> None:
        """Count the warnings now, or after the frame is drawn if that takes long."""
        total = sum(len(self.snapshot.listing(tab).items) for tab in self.COLUMNS)
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
        for tab in self.COLUMNS:
            self._warning_counts[tab] = workspace.warning_count(tab)
        warned = frozenset(warning.token.uid for warning in workspace.warnings)
        for table in self.query(TokenTable):
            table.warn_about(warned)

    def _remind(self) -> None:
        """Say once what an earlier run left unfinished, and what a value came with."""
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

    def draw_status(self) -> None:
        """Say how many tokens there are, and how they were read."""
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
            words += f" · {self.order_words}"
        if snapshot.trouble:
            retry = (
                "" if listing.read else f"Press {self.session.key('refresh')} to retry."
            )
            words = f"{snapshot.trouble} {words or retry}"
        self.say_status(words, "error" if snapshot.trouble else "info")
