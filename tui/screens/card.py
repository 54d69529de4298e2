"""The card of one token, on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui.commands import Place
from tui.conditions import Facts
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.screens import presentation
from tui.screens.base import Deck, DeckScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.status_line import Kind


class CardScreen(DeckScreen[str], place=Place.CARD):
    """Everything that is known of a token; its values can be shown in full here.

    Answers with what ended the token, if that happened from here.
    """

    AUTO_FOCUS = "FactsCard"

    def __init__(self, deck: Deck, uid: str) -> None:
        super().__init__(deck)
        self._uid = uid

    def compose_body(self) -> Iterable[Widget]:
        """The card alone."""
        yield FactsCard(id="full-card", glyphs=self.deck.glyphs)

    def facts(self) -> Facts:
        """The present moment, with this token."""
        token = self._token()
        return Facts(
            snapshot=self.snapshot,
            tab="management" if isinstance(token, ManagementToken) else "delivery",
            token=token,
        )

    def draw(self) -> None:
        """Show the token as last read."""
        token, now = self._token(), self.deck.workspace.clock()
        card = self.query_one(FactsCard)
        if token is None:
            card.set_facts("", [])
            self.say(f"This token is no longer in the stack; {self.deck.key('close')} goes back.", "warn")
        elif isinstance(token, DeliveryToken):
            card.set_facts(
                token.name,
                presentation.delivery_facts(token, self.snapshot, now, self.deck.key, revealed=self.revealed),
            )
        else:
            card.set_facts(
                token.name, presentation.management_facts(token, self.snapshot, now, self.deck.key)
            )

    def hear_of(self, words: str | None, kind: Kind = "info") -> None:
        """Say it here, or where one came from if the token is gone."""
        if words and self._token() is None:
            self.dismiss(words)
        else:
            super().hear_of(words, kind)

    async def do_refresh(self) -> None:
        """Read the stack anew."""
        self.run_worker(self.deck.workspace.refresh, group="read", exclusive=True)

    def _token(self) -> Token | None:
        return self.snapshot.delivery_token(self._uid) or self.snapshot.management_token(self._uid)
