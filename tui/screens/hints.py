"""What could be better about the tokens: Enter gives the command that mends it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from tui.commands import Command, Place, command
from tui.conditions import Facts, Tab
from tui.contentstack.models import ManagementToken
from tui.screens.base import Deck, DeckScreen
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable
from tui.workspace.hints import Hint, unjudged

_COLUMNS = (
    Column("name", "TOKEN", 22, least=14),
    Column("what", "HINT", None, least=20),
    Column("kind", "KIND", 10, least=10, drop=1),
)


class HintsScreen(DeckScreen[None], place=Place.HINTS):
    """The hints, and the reason for the one under the cursor."""

    def __init__(self, deck: Deck) -> None:
        super().__init__(deck)
        self._drawn: tuple[Hint, ...] | None = None
        self._by_key: dict[str, Hint] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The list and the card of a hint."""
        empty = "There is no hint: every token ends, says what it is for, and reaches no more than it names."
        yield TokenTable(_COLUMNS, empty=empty, id="list", glyphs=self.deck.glyphs)
        yield FactsCard(id="hint", glyphs=self.deck.glyphs)

    def on_mount(self) -> None:
        """Moving comes first."""
        self.set_focus(self.query_one(TokenTable))

    def facts(self) -> Facts:
        """The present moment, with the token of the hint."""
        hint = self._hint()
        token = hint.token if hint else None
        tab: Tab = "management" if isinstance(token, ManagementToken) else "delivery"
        return Facts(snapshot=self.snapshot, tab=tab, token=token)

    def draw(self) -> None:
        """Bring the list up to the snapshot."""
        hints = self.deck.workspace.hints
        if hints is self._drawn:
            return
        self._drawn = hints
        self._by_key = {f"{hint.token.uid} {hint.what}": hint for hint in hints}
        self.query_one(TokenTable).set_rows(
            [Row(key, (hint.token.name, hint.what, _kind(hint))) for key, hint in self._by_key.items()]
        )
        missing = unjudged(self.snapshot)
        self.say(f"Not judged, since not all could be read: {', '.join(missing)}." if missing else "")

    def hint_word(self, item: Command) -> str:
        """What Enter does depends on the hint."""
        hint = self._hint()
        return command(hint.command).label.lower() if item.id == "choose" and hint else item.hint

    async def do_choose(self) -> None:
        """Give the command that mends it, on its token."""
        hint = self._hint()
        if hint is not None:
            await self.action_command(hint.command)

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("choose")

    @on(TokenTable.CursorMoved)
    def _moved(self) -> None:
        hint, card = self._hint(), self.query_one(FactsCard)
        if hint is None:
            card.set_facts("", [])
        else:
            mend = f"{command(hint.command).label}: {self.deck.key(hint.command)} on the token, or"
            mend = f"{mend} {self.deck.key('choose')} here"
            facts = [Fact("What", hint.what), Fact("Why", hint.why), Fact("Mend", mend)]
            card.set_facts(f"{hint.token.name} · {_kind(hint)}", facts)
        self.draw_hints()

    def _hint(self) -> Hint | None:
        return self._by_key.get(self.query_one(TokenTable).cursor_key or "")


def _kind(hint: Hint) -> str:
    return "management" if isinstance(hint.token, ManagementToken) else "delivery"
