"""Messages: the last one in full, and those before it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui.commands import Place
from tui.screens.base import TokendeckScreen
from tui.screens.message_history import Said
from tui.screens.session import Session
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.status_line import TONES, Tone, sign_of


class MessageHistoryScreen(TokendeckScreen[None], place=Place.MESSAGES):
    """What was said in this run, the latest first.

    `shown` and `kind` are what the status line of the screen below says now.
    """

    AUTO_FOCUS = "FactsCard"

    def __init__(self, session: Session, shown: str, kind: Tone) -> None:
        super().__init__(session)
        self._shown = shown
        self._kind = kind

    def compose_body(self) -> Iterable[Widget]:
        """Yield the messages, to scroll through."""
        yield FactsCard(id="said", focusable=True, glyphs=self.session.glyphs)

    def draw(self) -> None:
        """List the messages."""
        said = self.session.messages.newest_first
        facts = [self._fact(f"{each.at:%H:%M:%S}", each) for each in said]
        is_said = bool(said) and said[0].text.startswith(self._shown)
        if self._shown and not is_said:
            now = Said(self.session.workspace.clock(), self._shown, self._kind)
            facts.insert(0, self._fact("now", now))
        if not facts:
            facts = [Fact("", "No messages yet.")]
        self.query_one(FactsCard).set_facts("Messages · times in UTC", facts)

    def _fact(self, label: str, said: Said) -> Fact:
        words = f"{sign_of(said.kind, self.session.glyphs)}{said.text}"
        return Fact(label, words, tone=TONES[said.kind], whole=True)
