"""A token in the format a program needs: to view, to copy, or to write to a file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.models import DeliveryToken, Token
from tui.export.env_file import FileEdit, KeyChange, plan_file
from tui.export.formats import ExportFormat, formats_for_all
from tui.export.source import ExportValue, Source, Unfit, Uses
from tui.files.refusal import FileRefused, shown
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.screens.messages.details import Key
from tui.screens.messages.rows import use_words
from tui.screens.session import Session
from tui.secret import Secret
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row
from tui.widgets.text_field import TextField
from tui.widgets.title_line import TitleLine
from tui.widgets.token_table import TokenTable

_REFERENCE_CELLS = 40
"""Enough of a reference to recognize it."""


@dataclass(frozen=True)
class Exported:
    """What was copied, or written into `file`."""

    token: Token
    export_format: ExportFormat
    file: FileEdit | None = None


class ExportScreen(TokendeckScreen[Exported], place=Place.EXPORT):
    """Returns the last export; None if there was none.

    Several tokens of one kind are shown one at a time.
    Enter asks for a file, then shows what would change in it, then writes it.
    """

    def __init__(self, session: Session, *tokens: Token) -> None:
        super().__init__(session)
        self._tokens = tokens
        self._at = 0
        self._formats = {item.id: item for item in formats_for_all(tokens)}
        self._use = 0
        self._preview = True
        self._plan: FileEdit | None = None
        self._exported: Exported | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Yield the formats, the text of the one in front, and the name of the file."""
        glyphs = self.session.glyphs
        yield TitleLine(id="title", glyphs=glyphs)
        columns = (
            Column("form", "EXPORT AS", 19, least=12),
            Column("note", "NAMES", None, least=10),
        )
        yield TokenTable(columns, id="forms", glyphs=glyphs)
        yield FactsCard(id="text", focusable=True, glyphs=glyphs)
        yield TextField(id="file", placeholder="the file to write to", glyphs=glyphs)

    def on_mount(self) -> None:
        """List the formats."""
        self._table.set_rows(
            [Row(item.id, (item.label, item.note)) for item in self._formats.values()]
        )
        self.set_focus(self._table)
        if not isinstance(self.token, DeliveryToken):
            self.say(
                "Formats that end up in browsers aren't offered for management tokens."
            )

    @property
    def token(self) -> Token:
        """The token to export: of several, the one that is shown."""
        return self._tokens[self._at]

    @property
    def _uses(self) -> Uses:
        return Uses(self.token)

    @property
    def _use_counts(self) -> list[int]:
        return [len(Uses(token)) for token in self._tokens]

    def moment(self) -> Moment:
        """The current moment, with what the token shown and the others serve."""
        return replace(super().moment(), uses=sum(self._use_counts))

    @property
    def export_format(self) -> ExportFormat:
        """The format under the cursor."""
        return self._formats[self._table.cursor_key or next(iter(self._formats))]

    @property
    def source(self) -> Source:
        """What is exported.

        Raises:
            Unfit: if it isn't known what the token is used with.
        """
        use = self._uses[self._use]
        return self.snapshot.source(self.token, use, preview=self._preview)

    def draw(self) -> None:
        """Show the text of the format, or what would change in the file."""
        self.query_one(TitleLine).set_text(self._title())
        self.set_class(self._plan is not None, "planned")
        card = self.query_one(FactsCard)
        if self._plan is not None:
            facts = _plan_facts(self._plan, self.revealed)
            card.set_facts(f"Changes in {self._plan.path}", facts)
            return
        try:
            text = self.export_format.text(self.source, masked=not self.revealed)
        except Unfit as unfit:
            text = str(unfit)
        card.set_facts(
            self.export_format.label, [Fact("", line) for line in text.splitlines()]
        )

    async def do_copy_form(self) -> None:
        """Copy the text without its last newline, which would run a pasted command."""
        what = f"{self.token.name} as {self.export_format.label}"
        try:
            text = Secret(self.export_format.text(self.source).rstrip("\n"))
        except Unfit as unfit:
            self.say(str(unfit), "error")
        else:
            if await self.copy(text, what):
                self._exported = Exported(self.token, self.export_format)

    async def do_to_file(self) -> None:
        """Name the file; show what changes; write."""
        if not self._field.display:
            self._field.value = self.export_format.file
            self._field.display = True
            self.set_focus(self._field)
            key = self.session.key("to_file")
            self.say(f"{key} shows what would change; nothing is written yet.")
        elif self._plan is None:
            self.run_worker(
                partial(self._look, self._field.value), group="file", exclusive=True
            )
        elif not self._plan.idle:
            await self._agree_and_write(self._plan)
        self.draw_hints()

    async def _agree_and_write(self, plan: FileEdit) -> None:
        if plan.replaced_references and not await self.show(Confirm(_question(plan))):
            self.say("Nothing was written.")
            return
        # The next Enter, or a held one, checks the file again and doesn't cut this
        # short.
        self._plan = None
        exported = Exported(self.token, self.export_format, plan)
        self.run_in_app(partial(self._write, plan, exported), "write")

    async def do_with_preview(self) -> None:
        """Include the preview token, or leave it out."""
        self._preview = not self._preview
        self._redraw()

    async def do_next_use(self) -> None:
        """Use the next environment and branch of the scope, or the next token."""
        self._use += 1
        if self._use == len(self._uses):
            self._use = 0
            self._at = (self._at + 1) % len(self._tokens)
            # Another token is shown masked.
            self.revealed = self.revealed and len(self._tokens) == 1
        self._redraw()

    async def do_close(self) -> None:
        """Go back from the file to the formats; from there, leave."""
        if self._field.display:
            self._close_file()
            self.say("Nothing was written.")
        else:
            self.dismiss(self._exported)

    def hint_word(self, item: Command) -> str:
        """What Enter does next."""
        if item.id == "to_file" and self._field.display:
            return "show changes" if self._plan is None else "write"
        return super().hint_word(item)

    async def _look(self, name: str) -> None:
        try:
            planning = asyncio.to_thread(
                plan_file, name, self.export_format, self.source
            )
            plan = await self.while_here(planning)
        except (FileRefused, Unfit) as error:
            self.say(str(error), "error")
            return
        # The name was changed while the file and git were being checked.
        if not self._field.display or self._field.value != name:
            return
        self._plan = plan
        self.draw_all()
        path, key = shown(plan.path), self.session.key
        keys = f"{key('to_file')} writes; {key('close')} leaves the file as it is."
        if plan.idle:
            self.say(f"{path} already has all of this.", "good")
        elif plan.other_form:
            self.say(_other_form_words(plan, self.session.key), "warn")
        elif plan.replaced_references:
            asks = (
                f"{key('to_file')} asks you first; {key('close')} leaves it as it is."
            )
            self.say(f"{_replaced_words(plan)} {asks}", "warn")
        elif plan.exposed:
            risk = f"git doesn't ignore {path}, so you could commit it by accident."
            self.say(f"{risk} {keys}", "warn")
        else:
            self.say(keys)

    async def _write(self, plan: FileEdit, exported: Exported) -> None:
        try:
            await asyncio.to_thread(plan.write, over_references=True)
        except FileRefused as error:
            self.draw_all()
            self.say(str(error), "error")
            return
        self._exported = exported
        if self.is_here:
            self._close_file()
        self.say(exported_words(exported), "good")

    def _close_file(self) -> None:
        self._plan = None
        self._field.display = False
        self.set_focus(self._table)
        self.draw_all()

    def _redraw(self) -> None:
        self._plan = None
        self.draw_all()

    def _title(self) -> str:
        use, counts = self._uses[self._use], self._use_counts
        words = [self.session.named(self.token.name)]
        if sum(counts) > 1:
            number = sum(counts[: self._at]) + self._use + 1
            words.append(f"{number:,} of {sum(counts):,}")
        words += use_words(use, self.token)
        if self.token.preview:
            words.append("preview on" if self._preview else "preview off")
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


def exported_words(exported: Exported) -> str:
    """What was exported, and where it is now."""
    what = f"{exported.token.name} as {exported.export_format.label}"
    file = exported.file
    if file is None:
        return f"Copied {what}."
    who = f", whose mode stays {file.mode:04o}"
    if file.mode & 0o077 == 0:
        who = "; only you can read it"
    return f"Wrote {what} into {shown(file.path)}{who}."


def _other_form_words(plan: FileEdit, key: Key) -> str:
    """Say that the file uses another format's names, and how to choose that format."""
    return (
        f"{shown(plan.path)} has the names of {plan.other_form}. {key('close')} goes"
        f" back; {key('to_file')} adds these names."
    )


def _replaced_words(plan: FileEdit) -> str:
    """Say that plain text replaces references, by name and kind."""
    named: dict[str, list[str]] = {}
    for change in plan.replaced_references:
        if change.reference is not None:
            named.setdefault(change.reference.kind, []).append(change.key)
    words = [f"{', '.join(keys)} ({kind})" for kind, keys in named.items()]
    risk = " git doesn't ignore the file." if plan.exposed else ""
    return f"Plain text would replace {'; '.join(words)}.{risk}"


def _question(plan: FileEdit) -> str:
    changes = plan.replaced_references
    what = f"{len(changes)} references"
    if len(changes) == 1 and changes[0].reference is not None:
        what = f"the {changes[0].reference.kind} of {changes[0].key}"
    return f"Replace {what} with plain text?"


def _plan_facts(plan: FileEdit, revealed: bool) -> list[Fact]:
    """Return what happens to each key, with both values of a token masked."""
    facts = [Fact("", _lead(plan))]
    facts += [Fact(each.key, _change_words(each, revealed)) for each in plan.changes]
    for leftover in plan.leftovers:
        words = (
            f"Line {leftover.line} still has an old value of {leftover.key}."
            " Delete it by hand."
        )
        facts.append(Fact("", words))
    return facts


def _lead(plan: FileEdit) -> str:
    if plan.seen is None:
        return "A new file, which only you can read."
    lead = "All other lines stay as they are."
    if plan.other_form:
        lead += f" They have the names of {plan.other_form}."
    if plan.sealed:
        lead += (
            " Other values are references or encrypted, so this file may be meant for"
            " git."
        )
    return lead


def _change_words(change: KeyChange, revealed: bool) -> str:
    def shown_value(value: ExportValue) -> str:
        if value and not isinstance(value, str):
            return value.reveal() if revealed else value.masked
        return str(value) if value else "nothing"

    after = shown_value(change.after)
    if change.before is None:
        return f"new: {after}"
    if change.before == change.after:
        return f"stays {after}"
    if change.reference is None:
        return f"{shown_value(change.before)} becomes {after}"
    # A reference isn't secret; ciphertext tells nobody anything.
    before = change.reference.kind
    if change.reference.shown:
        before = f"{change.reference.shown[:_REFERENCE_CELLS]} ({before})"
    return f"{before} becomes {after}"
