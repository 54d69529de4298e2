"""The wizard: a new token of either kind, or one that is changed, in four steps.

All that is entered goes to the form at once, so that nothing is lost by going back, by
a refusal, or by a login that ran out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual import on
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.errors import ContentstackError
from tui.display import visible
from tui.screens.base import TokendeckScreen
from tui.screens.messages.creation import saved_words
from tui.screens.messages.status import wait_words
from tui.screens.session import Session
from tui.screens.steps import STEPS, DetailsStep, ReviewStep, ScopeStep, WizardStep
from tui.widgets.choice_list import ChoiceList
from tui.widgets.row_list import RowList
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.toggle import Toggle
from tui.workspace.creation import Created, OldestUnnamed
from tui.workspace.plan import EditForm, Form
from tui.workspace.writing import ChangedSince


class Wizard(TokendeckScreen[Created | str | None], place=Place.WIZARD):
    """Answers with what was made, with what came of saving in words, or None if it was left before."""

    def __init__(self, session: Session, form: Form) -> None:
        super().__init__(session)
        self._form = form
        self._steps = STEPS[form.plan.kind]
        self._at = 0

    def compose_body(self) -> Iterable[Widget]:
        """Where one is, and the step in front."""
        tabs = [
            Tab(step.TITLE, f"{number} {step.TITLE}")
            for number, step in enumerate(self._steps, start=1)
        ]
        seen = self._form.seen
        what = (
            visible(f"Edit {seen.name}")
            if seen
            else f"New {self._form.plan.kind} token"
        )
        yield TabsLine(tabs, hint=what, id="where", glyphs=self.session.glyphs)
        with ContentSwitcher(initial=DetailsStep.TITLE.lower()):
            for step in self._steps:
                yield step(self.session, self._form)

    @property
    def step(self) -> WizardStep:
        """The step in front."""
        return self.query_one(self._steps[self._at])

    def facts(self) -> Moment:
        """The present moment, and whether Contentstack is at work."""
        return Moment(snapshot=self.snapshot, busy=self.asking, step=self.step.TITLE)

    def on_mount(self) -> None:
        """Begin, or go on where it was left."""
        begun, kind = self._form.begun, self._form.plan.kind
        last_deleted = (
            None
            if begun or self._form.seen
            else self.session.workspace.take_last_deleted(kind)
        )
        self._go(0)
        over = self.session.key("start_over")
        if last_deleted is not None:
            self.say(
                f"Filled in as {last_deleted.name} was, which you deleted; {over} empties the form."
            )
        elif begun:
            self.say(f"Going on where you left it; {over} starts over.")
        if kind == "delivery":
            # Before the review, which says what that means for a preview token.
            self.run_worker(
                self.session.workspace.read_live_preview, group="live preview"
            )

    def draw(self) -> None:
        """Show where one is, and what is new."""
        self.query_one("#where", TabsLine).active = self.step.TITLE
        if not self.asking:
            self.step.tell()
        if self.snapshot.waiting:
            self.say(wait_words(self.snapshot, self.session.key("back")), "warn")

    async def do_mark(self) -> None:
        """Mark what is under the cursor of the list."""
        if isinstance(self.focused, RowList | Toggle):
            await self.focused.run_action("mark")

    async def do_mark_all(self) -> None:
        """Mark all that the list shows."""
        if isinstance(self.focused, RowList):
            await self.focused.run_action("mark_all")

    async def do_filter(self) -> None:
        """To the filter of the list."""
        if isinstance(self.focused, RowList):
            await self.focused.run_action("filter")

    def hint_word(self, item: Command) -> str:
        """The filter's key stands beside its field."""
        return "" if item.id == "filter" else super().hint_word(item)

    async def do_next(self) -> None:
        """Go on; on the last step, send."""
        choices = self.focused.parent if isinstance(self.focused, Input) else None
        if isinstance(choices, ChoiceList):
            choices.leave_filter(clear=False)
            return
        last = self._at == len(self._steps) - 1
        # What was well when it was entered may not be any more: a name may be taken, a
        # day over.
        asked: Iterable[WizardStep] = self.query(WizardStep) if last else [self.step]
        problem = next(filter(None, (step.problem() for step in asked)), None)
        if problem is not None:
            self.say(problem, "error")
        elif not last:
            self._go(self._at + (2 if self._skips(self._at + 1) else 1))
        else:
            saving = self._form.seen is not None
            # Should the answer never come, the next start says that it may be there.
            trouble = self.session.keep_drafts()
            words = "Saving …" if saving else "Generating the token …"
            self.ask(f"{words} {trouble}".strip(), self._save if saving else self._make)

    async def do_back(self) -> None:
        """Back; from the first step, leave.

        While Contentstack is at work, stop waiting.
        """
        if self.asking:
            await self.do_close()
            self.say("Stopping; what was sent is looked up …", "warn")
        elif self._at == 0:
            self.dismiss(None)
        else:
            self._go(self._at - (2 if self._skips(self._at - 1) else 1))

    async def do_other_scope(self) -> None:
        """From branches to aliases and back; the marks of both are kept."""
        branches = self._form.plan.scope_kind == "branches"
        self._form.plan = replace(
            self._form.plan, scope_kind="aliases" if branches else "branches"
        )
        self.step.enter()

    async def do_start_over(self) -> None:
        """Empty the form, or fill it with the token as it is."""
        self._form.plan = self._form.blank
        self._go(0)
        self.say(
            "The form shows the token as it is."
            if self._form.seen
            else "The form is empty."
        )

    async def _save(self) -> str:
        seen = self._form.seen
        if seen is None:
            raise RuntimeError("a new token is created, not saved")
        request = self._form.request(has_branches=self.snapshot.has_branches)
        saved = await self.session.workspace.update_token(seen, request)
        return saved_words(saved, request)

    async def _make(self) -> Created:
        workspace = self.session.workspace
        if self._form.plan.kind == "delivery":
            return await workspace.create_delivery_tokens(self._progress)
        oldest = self.query_one(ReviewStep).oldest
        made = await workspace.create_management_token(oldest.uid if oldest else "")
        # Until somebody takes its value, which is in this answer alone.
        self.session.hold(made.tokens[0])
        return made

    def _progress(self, number: int, count: int) -> None:
        one, several = (
            "Generating the token …",
            f"Generating token {number} of {count} …",
        )
        self.say_so_far(one if count == 1 else several)

    def answered(self, answer: Created | str) -> None:
        """Go on with what was made or saved."""
        if (
            isinstance(answer, Created)
            and not answer.tokens
            and answer.error is not None
        ):
            self.unanswered(answer.error)
        else:
            self.dismiss(answer)

    def given_up(self) -> None:
        """What was sent is looked up, even then; so nothing was."""
        self.say(
            f"Stopped: nothing was sent. {self.session.key('next')} tries again.",
            "warn",
        )

    def unanswered(self, error: BaseException) -> None:
        """Say what stands in the way; the form stays as it is."""
        if isinstance(error, ChangedSince) and isinstance(self._form, EditForm):
            self._form.rebase(error.current)
            self.step.enter()
            self.say(
                f"Somebody changed it since: {error}. Below is what your form would change now; "
                f"{self.session.key('next')} saves that, {self.session.key('start_over')} takes theirs.",
                "warn",
            )
        elif isinstance(error, OldestUnnamed):
            self.step.enter()
            count = len(error.listed)
            self.say(
                f"Nothing was made: by now the stack holds {count} management tokens.",
                "warn",
            )
        elif isinstance(error, ContentstackError):
            lead = (
                "In doubt"
                if error.may_have_happened
                else "Not saved"
                if self._form.seen
                else "Not made"
            )
            self.say_error(error, f"{lead}:")
        else:
            super().unanswered(error)

    @on(ChoiceList.Refused)
    def _refused(self, event: ChoiceList.Refused) -> None:
        event.stop()
        self.say(event.reason, "warn")

    @on(WizardStep.Edited)
    def _edited(self) -> None:
        problem = self.step.problem() if isinstance(self.step, DetailsStep) else None
        self.say(problem if problem and self._form.plan.name else "", "warn")

    def _go(self, number: int) -> None:
        skipped = number == self._at + 2
        self._at = number
        self.query_one(ContentSwitcher).current = self.step.id
        self.draw()
        self.draw_hints()
        self.step.enter()
        self.say(
            "This stack has no branches; the scope step is skipped." if skipped else ""
        )

    def _skips(self, number: int) -> bool:
        return self._steps[number] is ScopeStep and not self.snapshot.has_branches
