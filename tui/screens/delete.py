"""What stops working with a token, and the word to type before it is deleted."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.commands import Place
from tui.contentstack.models import Token
from tui.messages.deletion import confirmation_words, deletion_words
from tui.screens.base import TokendeckScreen
from tui.screens.messages.deletion import ending_facts
from tui.screens.messages.production import touched_by
from tui.screens.session import Session
from tui.widgets.facts_card import FactsCard
from tui.widgets.text_field import TextField
from tui.workspace.confirmation import confirmation
from tui.workspace.writing import Deletion, delete_each


class DeleteScreen(TokendeckScreen[Deletion], place=Place.DELETE):
    """Deletes tokens, or with `preview_only` the preview token of one.

    Returns the outcome; None if the screen was left before everything was deleted.
    """

    def __init__(
        self, session: Session, tokens: tuple[Token, ...], *, preview_only: bool = False
    ) -> None:
        super().__init__(session)
        self._tokens = tokens
        self._preview_only = preview_only
        self._confirmation = confirmation(tokens)
        self._stop = False

    def compose_body(self) -> Iterable[Widget]:
        """Yield what stops working, and the field."""
        yield FactsCard(id="ends", glyphs=self.session.glyphs)
        yield Static(classes="ask", markup=False)
        yield TextField(id="word", glyphs=self.session.glyphs)

    def on_mount(self) -> None:
        """Show what stops working, and let the user type."""
        title, facts = ending_facts(
            self._tokens,
            self.snapshot,
            self.session.workspace.clock(),
            preview_only=self._preview_only,
            production=self.session.settings.production_environments,
        )
        title = f"{title}{self.session.of_stack}"
        self.query_one(FactsCard).set_facts(title, facts)
        self._ask(":")
        self.set_focus(self.query_one(TextField))

    @property
    def token(self) -> Token:
        """The first token to delete."""
        return self._tokens[0]

    @property
    def alarm(self) -> str:
        """PRODUCTION, if one of the tokens serves it."""
        production = self.session.settings.production_environments
        return "PRODUCTION" if touched_by(self._tokens, production) else ""

    async def do_delete_now(self) -> None:
        """Delete, if the word was typed; ask for it again if some tokens are left."""
        if self.query_one(TextField).value != self._confirmation.word:
            self.say(
                f"Not deleted. Type {confirmation_words(self._confirmation)}.", "error"
            )
            self.set_focus(self.query_one(TextField))
            return
        self._stop = False
        result = await self.waiting(
            "Deleting …",
            delete_each,
            self._delete_one,
            self._tokens,
            self._progress,
            lambda: self._stop,
        )
        if result.error is None:
            self.dismiss(result)
            return
        self._tokens = tuple(
            token for token in (result.failed, *result.untried) if token
        )
        self._confirmation = confirmation(self._tokens)
        self._ask(", to retry:")
        self.set_focus(self.query_one(TextField))
        self.say_error(result.error, self._so_far(result))

    async def do_close(self) -> None:
        """Leave; while tokens are being deleted, stop after the current one."""
        if self.asking:
            self._stop = True
            self.say_for_now("Stopping after this one …")
        else:
            self.dismiss()

    async def _delete_one(self, token: Token) -> object:
        """Delete a token, or its preview token; return False if it was already gone."""
        workspace = self.session.workspace
        if not self._preview_only:
            return await workspace.delete_token(token)
        if token.kind == "management":
            raise TypeError("a management token has no preview token")
        return await workspace.delete_preview_token(token)

    def _so_far(self, result: Deletion) -> str:
        """Return what was deleted before one failed: never a preview token."""
        if self._preview_only:
            return ""
        return deletion_words(result, self.session.key("recreate"))

    def _ask(self, ending: str) -> None:
        self.query_one(".ask", Static).update(
            self.session.clean(f"Type {confirmation_words(self._confirmation)}{ending}")
        )

    def _progress(self, number: int, count: int) -> None:
        several = f"Deleting token {number} of {count} …"
        self.say_so_far("Deleting …" if count == 1 else several)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.say("")
