"""Help: what the screen in front can do, by purpose, and why something can't now."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on

from tui.commands import Command, Place, Purpose, commands_of, shown_key
from tui.display import visible
from tui.screens.base import AnyScreen
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable

VIEW = "view:"
"""Prefix of the answer if a view was chosen; no command id begins with it."""
_KEYS, _LABEL, _HELP = 11, 22, 40
"""Widths of the columns on 80 columns; longer text is shown elsewhere."""
_MOVING = Row("move", ("↑ ↓ j k", "Move", "g G: first, last. PgUp PgDn: by a page."))


class HelpScreen(SearchScreen[str], place=Place.HELP):
    """The commands; returns the id of the one to run, if any was chosen."""

    COLUMNS = (
        Column("keys", "KEY", _KEYS, least=_KEYS),
        Column("label", "COMMAND", _LABEL, least=14),
        Column("what", "WHAT IT DOES", None, least=20, drop=1),
    )
    NO_MATCH = "No matches."

    def __init__(self, session: Session, *, of: AnyScreen) -> None:
        super().__init__(session)
        self._of = of
        self._in_full: dict[str, str] = {}

    def on_mount(self) -> None:
        """List the commands of the screen that was in front."""
        super().on_mount()
        self.offer(self._rows())

    def _rows(self) -> Iterator[tuple[Row, str]]:
        """Yield the commands under headings by purpose."""
        commands = commands_of(self._of.PLACE, Place.ANYWHERE)
        for purpose in Purpose:
            rows = [self._row(item) for item in commands if item.purpose is purpose]
            if not rows and purpose is not Purpose.LIST:
                continue
            yield Row(purpose.name, ("", purpose.value.upper(), ""), style="dim"), ""
            yield from ((row, row.key) for row in rows)
            if purpose is Purpose.LIST:
                yield _MOVING, ""
                yield from self._views()

    def _views(self) -> Iterator[tuple[Row, str]]:
        """Yield the configured views, if there are tokens to filter."""
        if self._of.lists_tokens:
            for name, query in self.session.settings.views.items():
                key = f"{VIEW}{name}"
                self._in_full[key] = query
                yield Row(key, ("", f"View {visible(name)}", visible(query))), key

    @on(TokenTable.CursorMoved)
    def _explain(self, event: TokenTable.CursorMoved) -> None:
        """Say in full what a narrow screen cuts, and why a command can't run."""
        self.say_for_now(self._in_full.get(event.key or "", ""))

    def _row(self, item: Command) -> Row:
        reason = self._of.reason_against(item)
        what = self._in_full[item.id] = f"Not now: {reason}" if reason else item.help
        if len(what) > _HELP:
            what = "Not now."
        cells = (self._keys(item), item.label, what)
        return Row(item.id, cells, style="dim" if reason else "normal")

    def _keys(self, item: Command) -> str:
        """Return the keys of a command, as many as fit without being cut."""
        first, *others = (shown_key(key) for key in self.session.keys_of(item.id))
        keys = first
        for key in others:
            if len(keys) + 1 + len(key) <= _KEYS:
                keys = f"{keys} {key}"
        return keys
