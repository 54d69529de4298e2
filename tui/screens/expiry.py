"""What expires when: the tokens of a list by expiry date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from tui.commands import Place
from tui.display import visible
from tui.fleet.due import DueToken, due_tokens
from tui.fleet.rows import FleetRow
from tui.messages.ages import expiry
from tui.query.fields import FIELDS, Field
from tui.screens.search import SearchScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.table_model import Row


class ExpiryScreen(SearchScreen[str], place=Place.EXPIRY):
    """The tokens that expire, soonest first; returns the uid of the chosen one."""

    COLUMNS = (
        Column("expires", "EXPIRES", 24, least=22),
        Column("name", "NAME", None, least=14),
        Column("access", "ACCESS", 10, least=10, drop=1),
        Column("stack", "STACK", 24, least=10, drop=3),
        Column("organization", "ORGANIZATION", 20, least=12, drop=2),
    )
    NO_MATCH = "No matches."
    FIELDS: ClassVar[Mapping[str, Field]] = FIELDS

    def __init__(self, session: Session, rows: Iterable[FleetRow]) -> None:
        super().__init__(session)
        self._now = session.workspace.clock()
        self._asked = {row.token.uid: row for row in rows if row.token is not None}
        self._due = due_tokens(self._asked.values(), self._now)

    def on_mount(self) -> None:
        """List the tokens that expire, and count those that never do."""
        super().on_mount()
        ending = [token for token in self._due if token.expires is not None]
        never = sum(
            token.kind == "management" for token in self._due if token.expires is None
        )
        self.table.say_empty("No token expires.")
        rows: Sequence[FleetRow] = [self._asked[token.uid] for token in ending]
        offered = [(self._row(token), token.uid) for token in ending]
        self.offer(offered, rows.__getitem__)
        self.say_for_now(_count_words(len(ending), never))

    def _row(self, token: DueToken) -> Row:
        cells = (
            expiry(token.expires, self._now),
            token.name,
            token.access,
            token.place.stack_name,
            token.place.organization,
        )
        row = Row(token.uid, tuple(map(visible, cells)))
        return row if token.state == "later" else replace(row, style="warn")


def _count_words(ending: int, never: int) -> str:
    expire = "1 token expires" if ending == 1 else f"{ending:,} tokens expire"
    if not never:
        return f"{expire}."
    verb = "token never does" if never == 1 else "tokens never do"
    return f"{expire}. {never:,} management {verb}."
