"""What was just made: the values to copy, and what they are used with."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Place
from tui.conditions import Facts
from tui.contentstack.models import DeliveryToken
from tui.display import visible
from tui.screens import doors, outcomes, presentation
from tui.screens.base import Deck, DeckScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.secret_field import SecretField
from tui.widgets.token_table import TokenTable
from tui.workspace.making import Batch


class GeneratedScreen(DeckScreen[str], place=Place.GENERATED):
    """The new tokens. Answers with a sentence on what was left uncopied; empty if nothing was."""

    def __init__(self, deck: Deck, batch: Batch) -> None:
        super().__init__(deck)
        self._batch = batch
        self._copied: set[str] = set()

    def compose_body(self) -> Iterable[Widget]:
        """A list if there are several; then the values of the one under the cursor."""
        yield Static(id="title", markup=False)
        if len(self._batch.made) > 1:
            yield TokenTable(presentation.DELIVERY_COLUMNS, id="made", glyphs=self.deck.glyphs)
        with Vertical(id="values"):
            for kind, copies in (("delivery", "copy"), ("preview", "copy_preview")):
                yield SecretField(
                    f"{kind.title()} token",
                    id=f"{kind}-value",
                    key_hint=presentation.copy_hint(self.deck.key, copies),
                    label_width=14,
                    glyphs=self.deck.glyphs,
                )
        yield FactsCard(id="use", glyphs=self.deck.glyphs)

    @property
    def token(self) -> DeliveryToken:
        """The new token that is shown."""
        tables = self.query(TokenTable)
        uid = tables.first().cursor_key if tables else None
        made = next((token for token in self._batch.made if token.uid == uid), self._batch.made[0])
        return self.snapshot.delivery_token(made.uid) or made

    def facts(self) -> Facts:
        """The present moment, with the token that is shown."""
        return Facts(snapshot=self.snapshot, token=self.token)

    def on_mount(self) -> None:
        """List the new tokens, and say what was not made."""
        for table in self.query(TokenTable):
            now = self.deck.workspace.clock()
            table.set_rows([presentation.delivery_row(token, now) for token in self._batch.made])
            self.set_focus(table)
        if self._batch.otherwise:
            self.say(outcomes.otherwise_words(self._batch), "warn")
        if self._batch.failed is not None:
            self.say(outcomes.failure_words(self._batch, self.deck.key("new")), "error")

    def draw(self) -> None:
        """Show the token's values and their use."""
        token, count = self.token, len(self._batch.made)
        title = (
            f"Generated: {token.name}"
            if count == 1
            else f"Generated {count} tokens, one for each environment"
        )
        self.query_one("#title", Static).update(self.deck.glyphs.plain(visible(title)))
        for name, value in (("delivery", token.value), ("preview", token.preview)):
            field = self.query_one(f"#{name}-value", SecretField)
            field.set_secret(value)
            field.concealed = not self.revealed
        self.query_one(FactsCard).set_facts(
            "Use with", presentation.use_facts(token, self.snapshot, self.deck.key)
        )

    async def do_copy(self) -> None:
        """Copy the delivery token, and remember that it was taken."""
        if await self.copy(self.token.value, f"the token {self.token.name}"):
            self._copied.add(self.token.uid)

    async def do_hand_out(self) -> None:
        """Hand the token out, and remember that it was taken."""
        uid = self.token.uid
        await doors.open_hand_out(self, self.token, lambda handed: self._taken(uid, handed))

    async def do_done(self) -> None:
        """Back to the tokens, with a word on what was not copied."""
        left = [token.name for token in self._batch.made if token.uid not in self._copied]
        later = f"{self.deck.key('copy')} copies it from the list at any time."
        self.dismiss(f"Not copied: {', '.join(left)}. {later}" if left else "")

    def _taken(self, uid: str, handed: str | None) -> None:
        if handed:
            self._copied.add(uid)
            self.say(handed)

    @on(TokenTable.CursorMoved)
    def _another(self) -> None:
        self.revealed = False
        self.draw_all()

    @on(TokenTable.Opened)
    async def _opened(self) -> None:
        await self.action_command("done")
