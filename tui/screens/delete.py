"""What ends with a token, and the word to type before it does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import Worker

from tui.commands import Place
from tui.conditions import Facts
from tui.contentstack.models import Token
from tui.screens import outcomes
from tui.screens.base import Deck, DeckScreen
from tui.widgets.facts_card import FactsCard
from tui.widgets.text_field import TextField
from tui.workspace.confirmation import confirmation
from tui.workspace.writing import Deletion, delete_each


class DeleteScreen(DeckScreen[str], place=Place.DELETE):
    """Deletes tokens, or with `preview_only` the preview token of one. Answers with what came of it."""

    def __init__(self, deck: Deck, tokens: tuple[Token, ...], *, preview_only: bool = False) -> None:
        super().__init__(deck)
        self._tokens = tokens
        self._preview_only = preview_only
        self._confirmation = confirmation(tokens)
        self._work: Worker[Deletion] | None = None
        self._stop = False

    def compose_body(self) -> Iterable[Widget]:
        """What ends, and the field."""
        yield FactsCard(id="ends", glyphs=self.deck.glyphs)
        yield Static(classes="ask", markup=False)
        yield TextField(id="word", glyphs=self.deck.glyphs)

    def on_mount(self) -> None:
        """Say what ends; typing comes first."""
        title, facts = outcomes.ending_facts(
            self._tokens, self.snapshot, self.deck.workspace.clock(), preview_only=self._preview_only
        )
        self.query_one(FactsCard).set_facts(title, facts)
        self._ask(":")
        self.set_focus(self.query_one(TextField))

    def facts(self) -> Facts:
        """The present moment, and whether Contentstack is at work."""
        return Facts(snapshot=self.snapshot, token=self._tokens[0], busy=self._busy)

    @property
    def _busy(self) -> bool:
        return self._work is not None and self._work.is_running

    async def do_delete_now(self) -> None:
        """Delete, if what was typed is the word."""
        if self.query_one(TextField).value != self._confirmation.word:
            self.say(f"Nothing was deleted: this is not {self._confirmation.ask}.", "warn")
            return
        workspace = self.deck.workspace
        delete = workspace.drop_preview_token if self._preview_only else workspace.delete_token
        work = partial(delete_each, delete, self._tokens, self._progress, lambda: self._stop)
        self._work = self.run_worker(work)
        self.draw_hints()

    async def do_close(self) -> None:
        """Leave; while tokens are being deleted, stop after the present one."""
        if self._busy:
            self._stop = True
            self.say("Stopping after this one …")
        else:
            self.dismiss("")

    def _ask(self, ending: str) -> None:
        self.query_one(".ask", Static).update(self.deck.clean(f"Type {self._confirmation.ask}{ending}"))

    def _progress(self, number: int, count: int) -> None:
        self.say("Deleting …" if count == 1 else f"Deleting token {number} of {count} …")

    @on(Worker.StateChanged)
    def _done(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._work:
            return
        self.draw_hints()
        result = event.worker.result
        if not isinstance(result, Deletion):
            return
        words = outcomes.deletion_words(result, self.deck.key("new"))
        if self._preview_only:
            name = self._tokens[0].name
            words = f"Deleted the preview token of {name}; the delivery token goes on." if result.done else ""
        if result.error is None:
            self.dismiss(words)
            return
        self._tokens = tuple(token for token in (result.failed, *result.untried) if token)
        self._confirmation = confirmation(self._tokens)
        self._ask(", to try again:")
        self.say(f"{words} {result.error}".strip(), "error")
        if result.error.remedy == "sign_in":
            self.call_later(self.action_command, "sign_in")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.say("")
