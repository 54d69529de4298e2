"""What could be better about the tokens: Enter gives the command that mends it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from tui.commands import Command, Place, command
from tui.contentstack.models import Token
from tui.screens.base import TokendeckScreen
from tui.screens.session import Session
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable
from tui.workspace.health import HealthWarning, unjudged
from tui.workspace.snapshot import kind_of

_COLUMNS = (
    Column("name", "TOKEN", 22, least=14),
    Column("what", "HINT", None, least=20),
    Column("kind", "KIND", 10, least=10, drop=1),
)


class HealthScreen(TokendeckScreen[None], place=Place.HINTS):
    """The hints, and the reason for the one under the cursor."""

    AUTO_FOCUS = "TokenTable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._drawn: tuple[HealthWarning, ...] | None = None
        self._by_key: dict[str, HealthWarning] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list and the card of a hint."""
        empty = "There is no hint: every token ends, says what it is for, and reaches no more than it names."
        yield TokenTable(_COLUMNS, empty=empty, id="list", glyphs=self.session.glyphs)
        yield FactsCard(id="hint", glyphs=self.session.glyphs)

    @property
    def hint(self) -> HealthWarning | None:
        """The hint under the cursor."""
        return self._by_key.get(self.query_one(TokenTable).cursor_key or "")

    @property
    def token(self) -> Token | None:
        """The token of the hint."""
        return self.hint.token if self.hint else None

    def draw(self) -> None:
        """Bring the list up to the snapshot."""
        hints = self.session.workspace.warnings
        if hints is self._drawn:
            return
        self._drawn = hints
        self._by_key = {f"{hint.token.uid} {hint.what}": hint for hint in hints}
        keys = list(self._by_key)
        self.query_one(TokenTable).set_lazy_rows(
            keys, lambda index: self._row(keys[index])
        )
        missing = unjudged(self.snapshot)
        self.say(
            f"Not judged, since not all could be read: {', '.join(missing)}."
            if missing
            else ""
        )

    def _row(self, key: str) -> Row:
        hint = self._by_key[key]
        return Row(key, (hint.token.name, hint.what, kind_of(hint.token)))

    def hint_word(self, item: Command) -> str:
        """What Enter does depends on the hint."""
        if item.id == "choose" and self.hint:
            return command(self.hint.command).label.lower()
        return super().hint_word(item)

    async def do_choose(self) -> None:
        """Give the command that mends it, on its token."""
        if self.hint:
            await self.action_command(self.hint.command)

    @on(TokenTable.CursorMoved)
    def _moved(self) -> None:
        title, facts = "", []
        if hint := self.hint:
            label, key = command(hint.command).label, self.session.key
            mend = f"{label}: {key(hint.command)} on the token, or {key('choose')} here"
            facts = [Fact("What", hint.what), Fact("Why", hint.why), Fact("Mend", mend)]
            title = f"{hint.token.name} · {kind_of(hint.token)}"
        self.query_one(FactsCard).set_facts(title, facts)
        self.draw_hints()
