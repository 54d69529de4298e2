"""The tokens of all stacks in one table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.timer import Timer

from tui.account.account import Connect
from tui.commands import Command, Place
from tui.conditions import NO_ROW, Moment
from tui.contentstack.models import Odd, Stack, Token, TokenKind
from tui.fleet.fleet import Fleet
from tui.fleet.places import FleetPlace
from tui.fleet.rows import FleetRow
from tui.fleet.snapshot import FleetSnapshot
from tui.screens.across_stacks import AcrossStacks
from tui.screens.messages.fleet import (
    FLEET_COLUMNS,
    fleet_row,
    fleet_status,
    place_facts,
    reason_facts,
)
from tui.screens.session import Session
from tui.screens.stack_sessions import Left
from tui.screens.token_list import TokenListScreen
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact
from tui.widgets.table_model import Row
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.token_table import TokenTable
from tui.workspace.snapshot import kind_of

_BETWEEN_DRAWINGS = 0.25
"""In seconds: hundreds of answers can arrive a second, with thousands of rows."""


@dataclass(frozen=True)
class StackToOpen:
    """The chosen stack, and the token that the cursor was on.

    `connect` leads there if the stack needs another sign-in than the dashboard's own.
    """

    stack: Stack
    uid: str
    connect: Connect | None


class AllStacksScreen(
    TokenListScreen[StackToOpen], AcrossStacks[StackToOpen], place=Place.ALL_STACKS
):
    """Every token of every stack; returns the stack to open, if one was chosen."""

    COLUMNS: ClassVar[Mapping[TokenKind, Sequence[Column]]] = FLEET_COLUMNS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        # Management tokens are read first.
        self.tab = "management"
        self._rows: dict[TokenKind, tuple[FleetRow, ...]] = {}
        self._by_key: dict[TokenKind, dict[str, FleetRow]] = {}
        self._arrived: dict[TokenKind, dict[str, int]] = {
            tab: {} for tab in self.COLUMNS
        }
        self._drawn_rows: dict[tuple[TokenKind, str], tuple[FleetRow, Row]] = {}
        self._drawing: Timer | None = None
        self._stacks_before: tuple[frozenset[str], object, int] = (frozenset(), None, 1)
        self._stop_hearing: Callable[[], None] = lambda: None

    def on_mount(self) -> None:
        """Show the frame first, then read, unless everything was read before."""
        self.show_tab()
        self.run_worker(self._begin, group="open")

    async def _begin(self) -> None:
        fleet = await self.main.stacks.open(self.main)
        self._stop_hearing = fleet.listen(self._hear_of_stacks)
        if not fleet.snapshot.readings and not fleet.snapshot.is_reading:
            self._read(fleet)
        if self.main.stacks.left is not None:
            self._go_back(self.main.stacks.left)
        self.draw_all()

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_hearing()

    def dismiss(self, result: StackToOpen | None = None) -> AwaitComplete:
        """Leave, and remember where the cursor was."""
        table = self.table
        left = Left(self.tab, table.cursor_key or "", table.filter_text)
        self.main.stacks.left = left
        return super().dismiss(result)

    def _go_back(self, left: Left) -> None:
        """Put the cursor back where it was when this screen was left."""
        self.tab = left.tab
        self.draw_table(left.tab)
        self.table.filter_text = left.filter_text
        self.table.move_to(left.key)
        self.show_tab()

    # Reading

    def _read(self, fleet: Fleet, keys: Collection[str] = ()) -> None:
        """Read some stacks, or all; reading goes on if this screen is left."""
        work = partial(fleet.refresh, keys) if keys else fleet.read
        self.run_in_app(work, "fleet")

    async def do_refresh(self) -> None:
        """Refresh the stacks of the marked rows, or all."""
        fleet = self.main.stacks.fleet
        if fleet is None:
            return
        rows = map(self._rows_by_key.get, self.table.marked)
        keys = {row.stack.key for row in rows if row and row.stack}
        self._read(fleet, keys)

    def stop_reading(self) -> bool:
        """Stop reading, and keep what was read."""
        fleet = self.main.stacks.fleet
        if fleet is None or not fleet.snapshot.is_reading:
            return False
        fleet.stop()
        return True

    def _hear_of_stacks(self, _known: FleetSnapshot) -> None:
        """Draw the first news at once, and the rest a few times a second."""
        if self._drawing is None and self.is_here:
            delay = _BETWEEN_DRAWINGS if self._rows.get(self.tab) else 0.001
            self._drawing = self.set_timer(delay, self._draw_news)

    def _draw_news(self) -> None:
        self._drawing = None
        if self.table.is_waiting:
            # Another timer would only delay what is about to be shown.
            self._drawing = self.set_timer(_BETWEEN_DRAWINGS, self._draw_news)
        else:
            self.draw_all()

    # The current row

    @property
    def _rows_by_key(self) -> Mapping[str, FleetRow]:
        return self._by_key.get(self.tab, {})

    @property
    def row(self) -> FleetRow | None:
        """The row that commands are for: a marked one, else the one at the cursor."""
        # Runs at every key press: of thousands of marks, the first is enough.
        key = next(self._keys_at_hand(), "")
        return self._rows_by_key.get(key)

    @property
    def keys_at_hand(self) -> Sequence[str]:
        """The keys of the marked rows that are shown, else the one at the cursor."""
        return [*self._keys_at_hand()]

    def _keys_at_hand(self) -> Iterator[str]:
        table, found = self.table, False
        shown = table.shown_keys if table.marked else ()
        for key in shown:
            if key in table.marked:
                found = True
                yield key
        if not found and table.cursor_key:
            yield table.cursor_key

    @property
    def place(self) -> FleetPlace | None:
        """The stack of that row."""
        return self.row.place if self.row else None

    def token_of(self, key: str) -> Token | None:
        """Return the token of a row."""
        row = self._rows_by_key.get(key)
        return row.token if row else None

    def odd_of(self, key: str) -> Odd | None:
        """Return what wasn't understood of a row."""
        row = self._rows_by_key.get(key)
        return row.odd if row else None

    def tokens_of(self, keys: Collection[str]) -> tuple[Token, ...]:
        """Return the tokens of rows, in the order of the table."""
        shown = (self.token_of(key) for key in self.table.shown_keys if key in keys)
        return tuple(token for token in shown if token is not None)

    def moment(self) -> Moment:
        """The current moment, with the number of stacks that marks are in."""
        return replace(super().moment(), stacks=self._stack_count)

    @property
    def _stack_count(self) -> int:
        """How many stacks the marked rows are in; at least one."""
        table = self.table
        if not table.marked:
            return 1
        # Runs once for each key hint: don't go through thousands of rows each time.
        marked, arrangement, count = self._stacks_before
        if marked is not table.marked or arrangement is not table.arrangement:
            rows = map(self._rows_by_key.get, self.keys_at_hand)
            count = max(1, len({row.place.key for row in rows if row}))
            self._stacks_before = table.marked, table.arrangement, count
        return count

    def show_token(self, uid: str) -> None:
        """Put the cursor on a token, wherever it is."""
        for kind in self.COLUMNS:
            self.draw_table(kind)
            for key, row in self._by_key[kind].items():
                if row.token is not None and row.token.uid == uid:
                    self.show_row(kind_of(row.token), key)
                    return

    def asked_rows(self) -> Sequence[FleetRow]:
        """Return the rows of the current tab as queries see them."""
        return self._rows.get(self.tab, ())

    @property
    def session_of_all(self) -> Session:
        """The dashboard's own session: a row's session would name its stack."""
        return self.main

    def rows_of_all(self) -> Sequence[FleetRow]:
        """Return the rows of both tabs as queries see them."""
        return self.known.rows

    # Leaving

    async def do_leave_filter(self) -> None:
        """Clear what Esc can clear; else go back."""
        fleet = self.main.stacks.fleet
        is_reading = fleet is not None and fleet.snapshot.is_reading
        if self.asking:
            await self.do_close()
        elif self.clears or self.field.display or is_reading:
            await super().do_leave_filter()
        else:
            self.dismiss()

    async def do_open_stack(self) -> None:
        """Return the stack of the row."""
        row, fleet = self.row, self.main.stacks.fleet
        if row is None or row.stack is None or fleet is None:
            return
        connect = None
        if not self.main.stacks.is_mains(row.place.profile):
            connect = fleet.connect_to(row.stack.key)
        uid = row.token.uid if row.token else ""
        self.dismiss(StackToOpen(row.stack.stack, uid, connect))

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("open_stack")

    async def do_health(self) -> None:
        """Show the warnings about all tokens that were read."""
        from tui.screens.all_health import AllHealthScreen  # noqa: PLC0415 - loaded when first wanted

        await self.show(AllHealthScreen(self.main))

    # Drawing

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run: only rows in a stack can be opened."""
        if item.id == "open_stack" and self.row is None:
            return NO_ROW
        return super().reason_against(item)

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key: Esc clears something, or goes back."""
        word = super().hint_word(item)
        if item.id == "leave_filter" and not word:
            return "stop" if self.known.is_reading else "back"
        return word

    def draw_table(self, tab: TokenKind) -> None:
        """Update the rows of a tab from what was read."""
        table, known = self.query_one(f"#{tab}", TokenTable), self.known
        table.say_empty(self._empty_words())
        rows = self._in_order_of_arrival(tab, known)
        if rows == self._rows.get(tab):
            return
        self._rows[tab] = rows
        self._by_key[tab] = {row.key: row for row in rows}
        now = self.main.workspace.clock()
        regions = len({each.stack.region for each in known.readings.values()}) > 1
        keys = list(self._by_key[tab])
        table.set_lazy_rows(
            keys,
            lambda index: self._row_of(rows[index], tab, now, regions=regions),
            unmarkable=[row.key for row in rows if row.token is None],
            asked_at=rows.__getitem__,
        )

    def _in_order_of_arrival(
        self, tab: TokenKind, known: FleetSnapshot
    ) -> tuple[FleetRow, ...]:
        """Return the rows of a tab: those that arrive later go to the bottom."""
        arrived = self._arrived[tab]
        by_stack: dict[str, list[FleetRow]] = {}
        for row in known.rows:
            if row.kind in (tab, ""):
                by_stack.setdefault(row.place.key, []).append(row)
        for key in by_stack:
            arrived.setdefault(key, len(arrived))
        stacks = sorted(by_stack, key=arrived.__getitem__)
        return tuple(row for key in stacks for row in by_stack[key])

    def _row_of(
        self, row: FleetRow, tab: TokenKind, now: datetime, *, regions: bool
    ) -> Row:
        """Return a row of the table, created again only if its token changed."""
        before, drawn = self._drawn_rows.get((tab, row.key), (None, None))
        if drawn is None or before is not row:
            drawn = fleet_row(row, tab, now, regions=regions)
            self._drawn_rows[tab, row.key] = row, drawn
        return drawn

    def draw_tabs(self) -> None:
        """Count the tokens of each tab."""
        counts = {
            tab: sum(row.token is not None for row in self._rows.get(tab, ()))
            for tab in self.COLUMNS
        }
        line = self.query_one(TabsLine)
        line.set_tabs([Tab(tab, tab.title(), f"{counts[tab]:,}") for tab in counts])
        line.active = self.tab

    def draw_status(self) -> None:
        """Say how much has been read, and what is shown."""
        table = self.table
        words = fleet_status(
            self.known,
            table.shown_count,
            table.total_count,
            len(table.marked),
            self.main.key("leave_filter"),
        )
        if not self.known.is_reading:
            words += f" · {self.order_words}"
        self.say_status(words, "info")

    def say_how_it_stands(self) -> None:
        """Put back what the status line said before a stack was read."""
        self.forget_status()
        self.draw_status()

    def order_as_read(self, tab: TokenKind) -> str:
        """Return the order of the rows while no sort column is chosen, in words."""
        return "unsorted" if self._rows.get(tab) else "nothing read"

    def facts(self, token: Token | None) -> list[Fact]:
        """Return where the row is, and what is known of it."""
        row = self._rows_by_key.get(self.table.cursor_key or "")
        if row is None:
            return []
        if token is None:
            return [*place_facts(row), *reason_facts(row)]
        # The description comes first, and keeps its place.
        described, *others = super().facts(token)
        return [described, *place_facts(row), *others]

    def _empty_words(self) -> str:
        if self.known.is_reading or self.main.stacks.fleet is None:
            return "Reading your stacks, management tokens first …"
        if not self.known.readings:
            return "You can't see any stacks."
        return "No tokens."
