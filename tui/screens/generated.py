"""What was just created: the values to copy, and what they are used with.

A management token's value is shown only here, so leaving without it asks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from textual import on
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import Place
from tui.contentstack.models import ManagementToken, Token
from tui.display import shortened
from tui.messages.creation import otherwise_words
from tui.messages.names import user_name
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.deliver import DeliverScreen
from tui.screens.export import ExportScreen, exported_words
from tui.screens.messages import management as management_words
from tui.screens.messages.creation import delivery_use_facts, failure_words
from tui.screens.messages.details import copy_hint
from tui.screens.messages.rows import DELIVERY_COLUMNS, token_rows
from tui.screens.session import Session
from tui.targets.delivering import arrived
from tui.widgets.facts_card import FactsCard
from tui.widgets.secret_field import SecretField
from tui.widgets.title_line import TitleLine
from tui.widgets.token_table import TokenTable
from tui.workspace.creation import Created

_FIELDS = {"Delivery token": "copy", "Preview token": "copy_preview"}
_ONCE = "Contentstack shows this value only once. Copy it before you leave."


class GeneratedScreen(TokendeckScreen[tuple[Token, ...]], place=Place.GENERATED):
    """The new tokens. Returns those whose value wasn't copied.

    Args:
        created: The outcome of creating them.
        targets: The targets that they will likely be delivered to.
    """

    AUTO_FOCUS = "SecretField"

    def __init__(
        self, session: Session, created: Created[Token], targets: Sequence[str] = ()
    ) -> None:
        super().__init__(session)
        self._targets = targets
        self._created = created
        self._once = created.tokens[0].kind == "management"
        self._collected: set[str] = set()

    def compose_body(self) -> Iterable[Widget]:
        """Yield a list if there are several, then the values of the current one."""
        count = len(self._created.tokens)
        title = f"Generated {shortened(self._created.tokens[0].name)}"
        if count > 1:
            title = f"Generated {count} tokens, one for each environment"
        yield TitleLine(title, id="title", glyphs=self.session.glyphs)
        if count > 1:
            yield TokenTable(DELIVERY_COLUMNS, id="created", glyphs=self.session.glyphs)
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
        """The current new token, with its value, which later reads may not have."""
        tables = self.query(TokenTable)
        uid = tables.first().cursor_key if tables else None
        created: Token = next(
            (token for token in self._created.tokens if token.uid == uid),
            self._created.tokens[0],
        )
        return self.snapshot.delivery_token(created.uid) or created

    def on_mount(self) -> None:
        """List the new tokens, and say what differs from what was asked for."""
        for table in self.query(TokenTable):
            now = self.session.workspace.clock()
            name_of = partial(user_name, snapshot=self.snapshot)
            rows = token_rows(self._created.tokens, now, name_of)
            table.set_lazy_rows(*rows)
            table.styles.height = len(self._created.tokens) + table.head
            self.set_focus(table)
        if self._created.failed is not None:
            words = failure_words(self._created, self.session.key("new"))
            self.say(words, "error")
            return
        gone = management_words.gone_words(self._created)
        otherwise = otherwise_words(self._created)
        if words := f"{gone} {otherwise}".strip():
            self.say(words, "warn")
        elif self._targets:
            key, names = self.session.key("deliver"), ", ".join(self._targets)
            self.say(f"{names} had the deleted one. {key} delivers this.", "warn")

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
            facts = management_words.management_use_facts(
                token, self.snapshot, self.session.workspace.clock(), key
            )
        else:
            production = self.session.settings.production_environments
            facts = delivery_use_facts(token, self.snapshot, key, production)
        self.query_one(FactsCard).set_facts("Use with", facts)

    async def do_copy(self) -> None:
        """Copy the value, and remember that it was collected."""
        token = self.token
        if token.value is None:
            return
        if await self.copy(token.value, shortened(token.name)):
            self._collect(token.uid)

    async def do_export(self) -> None:
        """Export the token, and remember that its value was collected."""
        token = self.token
        exported = await self.show(ExportScreen(self.session, token))
        if exported is not None:
            self._collect(token.uid)
            self.say(exported_words(exported))

    async def do_deliver(self) -> None:
        """Deliver the token, and remember that a target has its value."""
        token = self.token
        screen = DeliverScreen(self.session, token, wanted=self._targets)
        deliveries = await self.show(screen)
        if arrived(deliveries or ()):
            self._collect(token.uid)

    async def do_done(self) -> None:
        """Go back to the tokens; ask first if a value is shown only here."""
        created, collected = self._created.tokens, self._collected
        left = tuple(token for token in created if token.uid not in collected)
        if left and self._once:
            question = Confirm(
                f"Leave without the value of {shortened(left[0].name)}?",
                "You haven't copied it, and Contentstack never shows it again.",
                glyphs=self.session.glyphs,
            )
            if not await self.show(question):
                return
            self._collect(left[0].uid)
        self.dismiss(left)

    def _collect(self, uid: str) -> None:
        """Remember that a value is somewhere else now, or was given up."""
        self._collected.add(uid)
        if self._once:
            self.session.let_go(self.token)

    @on(TokenTable.CursorMoved)
    def _another(self) -> None:
        self.revealed = False
        self.draw_all()
