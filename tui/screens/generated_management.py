"""A new management token: the one moment in which its value can be taken."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Place
from tui.conditions import Facts
from tui.display import visible
from tui.screens import doors, management_words, presentation
from tui.screens.base import Deck, DeckScreen
from tui.screens.confirm import Confirm
from tui.widgets.facts_card import FactsCard
from tui.widgets.secret_field import SecretField
from tui.workspace.making_management import ManagementMade


class GeneratedManagementScreen(DeckScreen[str], place=Place.GENERATED):
    """The new token. Answers with a sentence if its value was left behind."""

    def __init__(self, deck: Deck, made: ManagementMade) -> None:
        super().__init__(deck)
        self._made = made

    def compose_body(self) -> Iterable[Widget]:
        """The value, what it is used with, and that it is shown only now."""
        glyphs = self.deck.glyphs
        yield Static(glyphs.plain(visible(f"Generated: {self._made.token.name}")), id="title", markup=False)
        with Vertical(id="values"):
            copied = presentation.copy_hint(self.deck.key, "copy")
            yield SecretField(
                "Management token", self._made.token.value, key_hint=copied, label_width=16, glyphs=glyphs
            )
            yield Static(
                "Contentstack shows this value only now: take it before you leave.",
                classes="quiet",
                markup=False,
            )
        yield FactsCard(id="use", glyphs=glyphs)

    def facts(self) -> Facts:
        """The present moment, with the token and its value."""
        return Facts(snapshot=self.snapshot, tab="management", token=self._made.token)

    def on_mount(self) -> None:
        """Say what came otherwise than asked."""
        news = management_words.news_of(self._made)
        if news:
            self.say(news, "warn")

    def draw(self) -> None:
        """Show the value and what it is used with."""
        self.query_one(SecretField).concealed = not self.revealed
        now = self.deck.workspace.clock()
        self.query_one(FactsCard).set_facts(
            "Use with", management_words.use_facts(self._made, self.snapshot, now, self.deck.key)
        )

    def taken(self) -> None:
        """The value is somewhere else now, or given up: nothing is left to remind of."""
        self.deck.workspace.untaken = None
        if self.deck.memory is not None:
            self.deck.memory.forget_untaken(self._made.token.uid)

    async def do_copy(self) -> None:
        """Copy the value, and remember that it was taken."""
        token = self._made.token
        if token.value is not None and await self.copy(token.value, f"the token {token.name}"):
            self.taken()

    async def do_hand_out(self) -> None:
        """Hand the token out, and remember that it was taken."""
        await doors.open_hand_out(self, self._made.token, self._handed_out)

    async def do_done(self) -> None:
        """Back to the tokens; a value that nobody took is asked about."""
        if self.deck.workspace.untaken is None:
            self.dismiss("")
            return
        question = f"The value of {self._made.token.name} was not taken, and is never shown again. Leave it?"
        await self.app.push_screen(Confirm(question), self._leave_if)

    def _handed_out(self, words: str | None) -> None:
        if words:
            self.taken()
            self.say(words)

    def _leave_if(self, answer: bool | None) -> None:
        if answer:
            self.taken()
            self.dismiss(management_words.untaken_words([self._made.token.name], self.deck.key))
