"""What was just made: the values to copy, and what they are used with.

A management token's value can be taken only here: leaving it behind is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Place
from tui.contentstack.models import ManagementToken, Token
from tui.screens import navigation
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.messages import management as management_words
from tui.screens.messages.creation import failure_words, otherwise_words, use_facts
from tui.screens.messages.details import copy_hint
from tui.screens.messages.rows import DELIVERY_COLUMNS, token_rows
from tui.screens.session import Session
from tui.widgets.facts_card import FactsCard
from tui.widgets.secret_field import SecretField
from tui.widgets.token_table import TokenTable
from tui.workspace.creation import Created

_FIELDS = {"Delivery token": "copy", "Preview token": "copy_preview"}
_ONCE = "Contentstack shows this value only now: take it before you leave."


class GeneratedScreen(TokendeckScreen[str], place=Place.GENERATED):
    """The new tokens. Answers with a sentence on what was left uncopied.

    Empty if nothing was.
    """

    def __init__(self, session: Session, made: Created) -> None:
        super().__init__(session)
        self._made = made
        self._once = isinstance(made.tokens[0], ManagementToken)
        self._taken: set[str] = set()

    def compose_body(self) -> Iterable[Widget]:
        """A list if there are several; then the values of the one under the cursor."""
        count = len(self._made.tokens)
        several = f"Generated {count} tokens, one for each environment"
        title = several if count > 1 else f"Generated: {self._made.tokens[0].name}"
        yield Static(self.session.clean(title), id="title", markup=False)
        if count > 1:
            yield TokenTable(DELIVERY_COLUMNS, id="made", glyphs=self.session.glyphs)
        fields = {"Management token": "copy"} if self._once else _FIELDS
        with Vertical(id="values"):
            for label, copies in fields.items():
                yield SecretField(
                    label,
                    key_hint=copy_hint(self.session.key, copies),
                    label_width=max(map(len, fields)),
                    glyphs=self.session.glyphs,
                )
            if self._once:
                yield Static(_ONCE, classes="quiet", markup=False)
        yield FactsCard(id="use", glyphs=self.session.glyphs)

    @property
    def token(self) -> Token:
        """The new token that is shown, with its value, which no reading has of a management token."""
        tables = self.query(TokenTable)
        uid = tables.first().cursor_key if tables else None
        made: Token = next(
            (token for token in self._made.tokens if token.uid == uid),
            self._made.tokens[0],
        )
        return self.snapshot.delivery_token(made.uid) or made

    def on_mount(self) -> None:
        """List the new tokens, and say what came otherwise than asked."""
        for table in self.query(TokenTable):
            now = self.session.workspace.clock()
            table.set_lazy_rows(*token_rows(self._made.tokens, now))
            table.styles.height = len(self._made.tokens) + table.head
            self.set_focus(table)
        news = f"{management_words.gone_words(self._made)} {otherwise_words(self._made)}".strip()
        if self._made.failed is not None:
            self.say(failure_words(self._made, self.session.key("new")), "error")
        elif news:
            self.say(news, "warn")

    def draw(self) -> None:
        """Show the token's values and their use."""
        token, key = self.token, self.session.key
        for field, value in zip(
            self.query(SecretField),
            (token.value, getattr(token, "preview", None)),
            strict=False,
        ):
            field.set_secret(value)
            field.concealed = not self.revealed
        if isinstance(token, ManagementToken):
            facts = management_words.use_facts(
                token, self.snapshot, self.session.workspace.clock(), key
            )
        else:
            facts = use_facts(token, self.snapshot, key)
        self.query_one(FactsCard).set_facts("Use with", facts)

    async def do_copy(self) -> None:
        """Copy the value, and remember that it was taken."""
        token = self.token
        if token.value is not None and await self.copy(
            token.value, f"the token {token.name}"
        ):
            self._take(token.uid)

    async def do_hand_out(self) -> None:
        """Hand the token out, and remember that it was taken."""
        uid = self.token.uid

        def handed_out(words: str | None) -> None:
            if words:
                self._take(uid)
                self.say(words)

        await navigation.open_hand_out(self, self.token, handed_out)

    async def do_done(self) -> None:
        """Back to the tokens, with a word on what was not taken."""
        left = [
            token.name for token in self._made.tokens if token.uid not in self._taken
        ]
        if not left:
            self.dismiss("")
        elif self._once:
            question = f"The value of {left[0]} was not taken, and is never shown again. Leave it?"
            await self.app.push_screen(Confirm(question), self._leave_if)
        else:
            later = f"{self.session.key('copy')} copies it from the list at any time."
            self.dismiss(f"Not copied: {', '.join(left)}. {later}")

    def _take(self, uid: str) -> None:
        """The value is somewhere else now, or given up.

        Nothing is left to remind of.
        """
        self._taken.add(uid)
        if self._once:
            self.session.let_go(self.token)

    def _leave_if(self, answer: bool | None) -> None:
        if answer:
            self._take(self.token.uid)
            self.dismiss(
                management_words.uncollected_words([self.token.name], self.session.key)
            )

    @on(TokenTable.CursorMoved)
    def _another(self) -> None:
        self.revealed = False
        self.draw_all()
