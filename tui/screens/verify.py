"""Whether tokens work: a row for each call, and the details of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual import events, on
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.dressing import NoValue, told, undress
from tui.contentstack.models import Token
from tui.contentstack.verify import Verdict
from tui.display import shortened, visible
from tui.messages.verification import (
    check_words,
    unasked_words,
    verification_words,
)
from tui.screens.base import Stopped, TokendeckScreen
from tui.screens.messages.status import again_words, wait_words
from tui.screens.session import Session
from tui.secret import Secret
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.table_model import Row, RowStyle
from tui.widgets.text_field import TextField
from tui.widgets.title_line import TitleLine
from tui.widgets.token_table import TokenTable
from tui.workspace.verify.verification import Check

_FEW = 50
_COLUMNS = (
    Column("name", "NAME", None, least=12),
    Column("kind", "KIND", 10, least=10, drop=3),
    Column("environment", "ENVIRONMENT", 12, least=11, drop=2),
    Column("branch", "BRANCH / ALIAS", 14, least=12, drop=1),
    Column("verdict", "VERDICT", 17, least=17),
)


class VerifyScreen(TokendeckScreen[None], place=Place.VERIFY):
    """Verifies tokens as soon as it opens.

    If the value of a single one isn't known, it asks for it first. `fresh` means that
    they were just created.
    """

    def __init__(
        self, session: Session, tokens: tuple[Token, ...], *, fresh: bool = False
    ) -> None:
        super().__init__(session)
        self._tokens = tokens
        self._fresh = fresh
        self._asks = len(tokens) == 1 and not tokens[0].value
        self._pasted: Secret | None = None
        self._removed = ""
        self._checks: Sequence[Check] = ()
        self._next_look: Timer | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Yield the field for an unknown value, the calls, and the details of one."""
        glyphs, count = self.session.glyphs, len(self._tokens)
        what = f"{count} tokens" if count > 1 else shortened(self.token.name)
        title = f"Verify {what}{self.session.of_stack}"
        yield TitleLine(title, id="title", glyphs=glyphs)
        if self._asks:
            yield TextField(
                id="value",
                password=True,
                placeholder="paste the token's value",
                glyphs=glyphs,
            )
        with Container(id="body"):
            yield TokenTable(_COLUMNS, id="checks", glyphs=glyphs)
            yield FactsCard(id="card", glyphs=glyphs)

    @property
    def table(self) -> TokenTable:
        """The calls."""
        return self.query_one(TokenTable)

    @property
    def token(self) -> Token:
        """The first token to verify."""
        return self._tokens[0]

    def moment(self) -> Moment:
        """The current moment, with whether a value is asked for."""
        return replace(super().moment(), step="value" if self._asks else "")

    def reason_against(self, item: Command) -> str | None:
        """Return why a command can't run; an unknown value must be pasted first."""
        lacks_value = {
            "verify": self._asks and self._pasted is None,
            "verify_pasted": self._asks and not self.query_one(TextField).value.strip(),
        }
        if lacks_value.get(item.id) and not self.asking:
            return "Paste the value first."
        return super().reason_against(item)

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key; Enter has one only in the field."""
        if item.id == "verify_pasted" and not isinstance(self.focused, TextField):
            return ""
        return super().hint_word(item)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.draw_hints()

    @on(events.Mount)
    async def _begin(self) -> None:
        if self._asks:
            self.set_focus(self.query_one(TextField))
            key = self.session.key("verify_pasted")
            self.say(f"Paste the value, then press {key}. Tokendeck won't save it.")
        else:
            self.set_focus(self.table)
            await self.carry_out(self._verify)

    def draw(self) -> None:
        """Show the progress of the calls."""
        aliases = {alias.uid for alias in self.snapshot.aliases.items}
        self.table.set_rows(
            [_row(place, check, aliases) for place, check in enumerate(self._checks)]
        )
        self._draw_card()
        close = self.session.key("close")
        if self.snapshot.waiting:
            self.say_for_now(wait_words(self.snapshot, close), "warn")
        elif self.asking:
            again = again_words(self._checks)
            done = f"{self._done} of {len(self._checks)} calls done{again}"
            self.say_for_now(f"{done}. {close} stops.")

    async def do_verify(self) -> None:
        """Make all calls, or make them again."""
        await self._verify()

    async def do_verify_pasted(self) -> None:
        """Verify the value in the field, and clear the field."""
        field = self.query_one(TextField)
        given, field.value = field.value, ""
        self._pasted, self._removed = None, ""
        try:
            found = undress(given)
        except NoValue as wrong:
            self.say(f"What you pasted {wrong}", "warn")
            return
        self._pasted, self._removed = found.value, told(found.removed)
        self.set_focus(self.table)
        await self._verify()

    async def _verify(self) -> None:
        """Make the calls, say whether all work, and go to the first that doesn't."""
        try:
            done = await self.waiting(
                "Verifying …",
                self.session.workspace.verifier.verify,
                self._tokens,
                self._on_checks,
                pasted=self._pasted,
                fresh=self._fresh,
            )
        except Stopped:
            self.draw_all()
            so_far = f"Stopped after {self._done} of {len(self._checks)} calls."
            self.say(f"{so_far} {self._again}", "warn")
            return
        self.draw_all()
        failed, count = done.failed, len(done.checks)
        removed = f"{self._removed}." if self._removed else ""
        if failed:
            self.table.move_to(str(done.checks.index(failed[0])))
            words = f"{len(failed)} of {count} calls failed. {self._again}"
            words = f"{removed} {words} {unasked_words(done.unasked)}"
            self.say(words.strip(), "error")
        else:
            words = verification_words(done) if count > 1 else "It works."
            self.say(f"{removed} {words}".strip(), "good")

    @property
    def _done(self) -> int:
        return sum(check.finding is not None for check in self._checks)

    def _on_checks(self, checks: Sequence[Check]) -> None:
        """Show the results so far; many only once a second, since drawing is slow."""
        self._checks = checks
        if len(checks) <= _FEW:
            self._hear(self.snapshot)
        elif self._next_look is None:
            self._next_look = self.set_timer(1.0, self._look)

    def _look(self) -> None:
        self._next_look = None
        self.draw_all()

    @property
    def _again(self) -> str:
        return f"Press {self.session.key('verify')} to verify again."

    @on(TokenTable.CursorMoved)
    def _draw_card(self) -> None:
        key, card = self.table.cursor_key, self.query_one(FactsCard)
        if key is None:
            card.set_facts("", [])
            return
        check = self._checks[int(key)]
        words = check_words(check)
        facts = [Fact("", words or "No answer yet.")]
        if check.said and check.said not in words:
            facts.append(Fact("Answer", check.said))
        card.set_facts(check.token.name, facts)

    @on(Input.Submitted)
    async def _submitted(self) -> None:
        await self.action_command("verify_pasted")


def _row(place: int, check: Check, aliases: set[str]) -> Row:
    probe = check.probe
    branch = f"alias {probe.branch}" if probe.branch in aliases else probe.branch
    verdict = check.finding.value if check.finding else "-"
    cells = (
        check.token.name,
        probe.kind,
        probe.environment or "-",
        branch or "-",
        verdict,
    )
    return Row(str(place), tuple(map(visible, cells)), style=_style_of(check))


def _style_of(check: Check) -> RowStyle:
    if check.finding is None:
        return "normal"
    if check.finding is Verdict.PREVIEW_OFF:
        # This isn't the token's fault, so it doesn't count as failed.
        return "warn"
    return "good" if check.finding is Verdict.WORKS else "error"
