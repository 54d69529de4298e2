"""A token in the form that a program wants.

Looked at, copied, or written into a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.commands import Command, Place
from tui.contentstack.models import DeliveryToken, Token
from tui.export.env_file import FileEdit, plan_file
from tui.export.formats import ExportFormat, forms_for
from tui.export.source import ExportValue, Source, Unfit, Uses
from tui.files import FileRefused, shown
from tui.screens.base import TokendeckScreen
from tui.screens.session import Session
from tui.secret import Secret
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField
from tui.widgets.token_table import TokenTable


class ExportScreen(TokendeckScreen[str], place=Place.HAND_OUT):
    """Answers with a sentence on what was handed out; None if nothing was.

    Enter names a file, shows what would change in it, and writes: a key press for each.
    """

    def __init__(self, session: Session, token: Token) -> None:
        super().__init__(session)
        self._token = token
        self._forms = {form.id: form for form in forms_for(token)}
        self._uses = Uses(token)
        self._use = 0
        self._preview = True
        self._plan: FileEdit | None = None
        self._handed: str | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The forms, the text of the one under the cursor, and the file once one is to be named."""
        glyphs = self.session.glyphs
        yield Static(id="title", markup=False)
        columns = (
            Column("form", "HAND OUT AS", 19, least=12),
            Column("note", "NAMES", None, least=10),
        )
        yield TokenTable(columns, id="forms", glyphs=glyphs)
        yield FactsCard(id="text", focusable=True, glyphs=glyphs)
        yield TextField(id="file", placeholder="the file to write to", glyphs=glyphs)

    def on_mount(self) -> None:
        """List the forms."""
        self._table.set_rows(
            [Row(form.id, (form.label, form.note)) for form in self._forms.values()]
        )
        self.set_focus(self._table)
        if not isinstance(self._token, DeliveryToken):
            self.say(
                "Names that frameworks ship to browsers are left out: this token may change content."
            )

    @property
    def token(self) -> Token:
        """The token that is handed out."""
        return self._token

    @property
    def form(self) -> ExportFormat:
        """The form under the cursor."""
        return self._forms[self._table.cursor_key or next(iter(self._forms))]

    @property
    def source(self) -> Source:
        """What is handed out.

        Raises:
            Unfit: if it is not known what the token is used with.
        """
        stack, region = self.snapshot.stack, self.snapshot.region
        if stack is None or region is None:
            raise Unfit("The stack is not known.")
        return Source(
            self._token, stack.api_key, region, self._uses[self._use], self._preview
        )

    def draw(self) -> None:
        """Show the text of the form, or what would change in the file."""
        self.query_one("#title", Static).update(self.session.clean(self._title()))
        self.set_class(self._plan is not None, "planned")
        if self._plan is not None:
            title, facts = (
                f"Changes in {self._plan.path}",
                _plan_facts(self._plan, self.revealed),
            )
        else:
            try:
                text = self.form.text(self.source, masked=not self.revealed)
            except Unfit as unfit:
                text = str(unfit)
            title, facts = (
                self.form.label,
                [Fact("", line) for line in text.splitlines()],
            )
        self.query_one(FactsCard).set_facts(title, facts)

    async def do_copy_form(self) -> None:
        """Copy the text, without the end of its last line, which would start a command that is pasted."""
        what = f"{self._token.name} as {self.form.label}"
        try:
            text = Secret(self.form.text(self.source).rstrip("\n"))
        except Unfit as unfit:
            self.say(str(unfit), "error")
        else:
            if await self.copy(text, what):
                self._handed = f"Copied {what}."

    async def do_to_file(self) -> None:
        """Name the file; show what changes; write."""
        if not self._field.display:
            self._field.value = self.form.file
            self._field.display = True
            self.set_focus(self._field)
            self.say(
                f"{self.session.key('to_file')} shows what would change; nothing is written yet."
            )
        elif self._plan is None:
            self.run_worker(
                partial(self._look, self._field.value), group="file", exclusive=True
            )
        elif not self._plan.idle:
            plan, self._plan = self._plan, None
            # The next Enter, or a held one, looks at the file again and does not cut
            # this short.
            self.run_in_app(partial(self._write, plan, self.form.label), "write")
        self.draw_hints()

    async def do_with_preview(self) -> None:
        """With the preview token, or without it."""
        self._preview = not self._preview
        self._redraw()

    async def do_other_use(self) -> None:
        """For the next environment and branch of the token's scope."""
        self._use = (self._use + 1) % len(self._uses)
        self._redraw()

    async def do_close(self) -> None:
        """From the file back to the forms, from there back to the tokens."""
        if self._field.display:
            self._close_file()
            self.say("Nothing was written.")
        else:
            self.dismiss(self._handed)

    def hint_word(self, item: Command) -> str:
        """What Enter does next."""
        if item.id == "to_file" and self._field.display:
            return "show changes" if self._plan is None else "write"
        return super().hint_word(item)

    async def _look(self, name: str) -> None:
        try:
            planning = asyncio.to_thread(plan_file, name, self.form, self.source)
            plan = await self.waiting(planning)
        except (FileRefused, Unfit) as error:
            self.say(str(error), "error")
            return
        # Typed over while the file and git were asked.
        if not self._field.display or self._field.value != name:
            return
        self._plan = plan
        self.draw_all()
        path, key = shown(plan.path), self.session.key
        keys = f"{key('to_file')} writes; {key('close')} leaves the file as it is."
        if plan.idle:
            self.say(f"{path} holds all of this already.", "good")
        elif plan.exposed:
            self.say(
                f"git does not ignore {path}, so a commit can carry it off. {keys}",
                "warn",
            )
        else:
            self.say(keys)

    async def _write(self, plan: FileEdit, form: str) -> None:
        try:
            await asyncio.to_thread(plan.write)
        except FileRefused as error:
            self.draw_all()
            self.say(str(error), "error")
            return
        who = (
            "; only you can read it"
            if plan.mode & 0o077 == 0
            else f", whose mode stays {plan.mode:04o}"
        )
        self._handed = (
            f"Wrote {self._token.name} as {form} into {shown(plan.path)}{who}."
        )
        if self.is_here:
            self._close_file()
        self.say(self._handed, "good")

    def _close_file(self) -> None:
        self._plan = None
        self._field.display = False
        self.set_focus(self._table)
        self.draw_all()

    def _redraw(self) -> None:
        self._plan = None
        self.draw_all()

    def _title(self) -> str:
        use = self._uses[self._use]
        words = [self._token.name]
        words += (
            [f"{self._use + 1:,} of {len(self._uses):,}"] if len(self._uses) > 1 else []
        )
        words += [f"environment {use.environment}"] if use.environment else []
        words += [f"branch {use.branch}"] if use.branch else []
        if isinstance(self._token, DeliveryToken) and self._token.preview:
            words.append("with preview" if self._preview else "without preview")
        return " · ".join(words)

    @property
    def _table(self) -> TokenTable:
        return self.query_one(TokenTable)

    @property
    def _field(self) -> TextField:
        return self.query_one("#file", TextField)

    @on(TokenTable.CursorMoved)
    def _another(self) -> None:
        if self._field.display:
            self._close_file()
        self._redraw()

    @on(Input.Changed, "#file")
    def _typed(self) -> None:
        self._redraw()


def _plan_facts(plan: FileEdit, revealed: bool) -> list[Fact]:
    """What becomes of each key; both sides of a token are masked."""

    def shown(value: ExportValue) -> str:
        if value and not isinstance(value, str):
            return value.reveal() if revealed else value.masked
        return str(value) if value else "nothing"

    new = "A new file, which only you can read."
    facts = [
        Fact("", new if plan.seen is None else "All other lines stay as they are.")
    ]
    for change in plan.changes:
        words = shown(change.after)
        if change.before is None:
            words = f"new: {words}"
        elif change.before == change.after:
            words = f"stays {words}"
        else:
            words = f"{shown(change.before)} becomes {words}"
        facts.append(Fact(change.key, words))
    return facts
