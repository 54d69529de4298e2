"""The details of one token, on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui.commands import Place
from tui.contentstack.models import Odd, Token
from tui.screens.base import TokendeckScreen
from tui.screens.messages.details import odd_facts, token_facts
from tui.screens.session import Session
from tui.widgets.facts_card import FactsCard
from tui.widgets.status_line import Tone


class DetailsScreen(TokendeckScreen[None], place=Place.DETAILS):
    """Everything that is known of a token; its values can be shown in full here."""

    AUTO_FOCUS = "FactsCard"

    def __init__(self, session: Session, uid: str) -> None:
        super().__init__(session)
        self._uid = uid

    def compose_body(self) -> Iterable[Widget]:
        """Yield the details, and nothing else."""
        yield FactsCard(id="full-card", focusable=True, glyphs=self.session.glyphs)

    @property
    def token(self) -> Token | None:
        """The token as last read."""
        return self.snapshot.token(self._uid.strip("\0"))

    @property
    def odd(self) -> Odd | None:
        """The row as last read, if it wasn't understood."""
        return None if self.token else self.snapshot.odd(self._uid)

    def draw(self) -> None:
        """Show the token."""
        token, now, key = self.token, self.session.workspace.clock(), self.session.key
        card = self.query_one(FactsCard)
        if odd := self.odd:
            card.set_facts(odd.title, odd_facts(odd, key))
            return
        facts = token_facts(
            token,
            self.snapshot,
            now,
            key,
            revealed=self.revealed,
            production=self.session.settings.production_environments,
        )
        title = f"{token.name}{self.session.of_stack}" if token else ""
        card.set_facts(title, facts)
        if token is None:
            self.say(
                f"This token is {self._missing}. Press {key('close')} to go back.",
                "warn",
            )

    @property
    def _missing(self) -> str:
        listings = self.snapshot.delivery, self.snapshot.management
        if any(listing.read and not listing.whole for listing in listings):
            return "not in the part of the list that could be read"
        return "no longer in the stack"

    def hear_of(self, words: str | None, kind: Tone = "info") -> None:
        """Say it here, or on the screen below if the token is gone."""
        if words and self.token is None and self.odd is None:
            self.dismiss()
        super().hear_of(words, kind)

    async def do_refresh(self) -> None:
        """Read the stack again."""
        self.read_anew()
