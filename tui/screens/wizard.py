"""The wizard: a new token of either kind, or a change to one, in four steps.

Entries go to the form at once, so that nothing is lost by going back, a refusal, or an
expired session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual import on
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from tui.commands import Command, Place
from tui.conditions import Moment
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Token
from tui.screens.base import Stopped, TokendeckScreen
from tui.screens.copy_command import copy_for_form
from tui.screens.messages.status import wait_words
from tui.screens.session import Session
from tui.screens.steps import STEPS, DetailsStep, ReviewStep, ScopeStep, WizardStep
from tui.widgets.choice_list import ChoiceList
from tui.widgets.row_list import RowList
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.toggle import Toggle
from tui.workspace.comparison import Version
from tui.workspace.creation import Created, OldestUnnamed
from tui.workspace.plan import EditForm, Form
from tui.workspace.writing import ChangedSince


@dataclass(frozen=True)
class Saved:
    """A token as it is after the change, and the change that was requested."""

    token: Token
    request: Version


class Wizard(TokendeckScreen[Created[Token] | Saved], place=Place.WIZARD):
    """Returns what was created or saved; None if it was left before that.

    `words` say what the form was filled in with.
    """

    def __init__(self, session: Session, form: Form, words: str = "") -> None:
        super().__init__(session)
        self._form = form
        self._words = words
        self._steps = STEPS[form.plan.kind]
        self._at = 0

    def compose_body(self) -> Iterable[Widget]:
        """Yield the line of steps, and the steps."""
        what = f"New {self._form.plan.kind} token"
        if self._form.seen:
            what = f"Edit {self.session.named(self._form.seen.name)}"
        yield TabsLine(hint=what, id="where", glyphs=self.session.glyphs)
        with ContentSwitcher(initial=DetailsStep.TITLE.lower()):
            for step in self._steps:
                yield step(self.session, self._form)

    def _tabs(self) -> list[Tab]:
        return [
            Tab(step.TITLE, f"{number} {step.TITLE}", done=number <= self._at)
            for number, step in enumerate(self._steps, start=1)
        ]

    @property
    def step(self) -> WizardStep:
        """The current step."""
        return self.query_one(self._steps[self._at])

    def moment(self) -> Moment:
        """The current moment, with the current step."""
        return replace(super().moment(), step=self.step.TITLE)

    def on_mount(self) -> None:
        """Start, or continue where it was left."""
        words = self._words or self._filled_in_words()
        self._go(0)
        if words:
            self.say(words)
        if self._form.plan.kind == "delivery":
            # Needed before the review, which says what it means for a preview token.
            self.run_worker(
                self.session.workspace.read_live_preview, group="live preview"
            )

    def _filled_in_words(self) -> str:
        """Return what is in the form, in words; empty if nothing is."""
        over = self.session.key("start_over")
        if not self._form.begun:
            return ""
        return f"This is what you typed before. {over} starts over."

    def draw(self) -> None:
        """Show the current step, and any news."""
        where = self.query_one("#where", TabsLine)
        where.set_tabs(self._tabs())
        where.active = self.step.TITLE
        if not self.asking:
            self.step.tell()
        if self.snapshot.waiting:
            self.say_for_now(
                wait_words(self.snapshot, self.session.key("back")), "warn"
            )

    async def do_mark(self) -> None:
        """Mark what is under the cursor of the list."""
        if isinstance(self.focused, RowList | Toggle):
            await self.focused.run_action("mark")

    async def do_mark_all(self) -> None:
        """Mark all that the list shows."""
        if isinstance(self.focused, RowList):
            await self.focused.run_action("mark_all")

    async def do_filter(self) -> None:
        """Go to the filter of the list."""
        if isinstance(self.focused, RowList):
            await self.focused.run_action("filter")

    def hint_word(self, item: Command) -> str:
        """Return the word beside a key, for the current step and field."""
        filtering = self._filtering
        if item.id == "filter":
            # Its key is shown beside its field.
            return ""
        if filtering is not None and item.id in ("next", "back"):
            return "to the list" if item.id == "next" else "clear filter"
        if item.id == "next":
            return self.step.does
        if item.id == "save":
            return "review" if self._form.seen and self._at < self._last else ""
        if item.id == "switch_scope":
            return self._other_kind
        if item.id == "mark" and not isinstance(self.focused, RowList | Toggle):
            return ""
        return super().hint_word(item)

    @property
    def _other_kind(self) -> str:
        """What the scope step's list can be switched to; "" in other steps."""
        if not isinstance(self.step, ScopeStep):
            return ""
        return "aliases" if self._form.plan.scope_kind == "branches" else "branches"

    @property
    def _filtering(self) -> ChoiceList | None:
        """The list whose filter is being typed."""
        parent = self.focused.parent if isinstance(self.focused, Input) else None
        return parent if isinstance(parent, ChoiceList) else None

    async def do_next(self) -> None:
        """Go on; on the last step, send."""
        if filtering := self._filtering:
            filtering.leave_filter(clear=False)
            return
        if self._at == self._last:
            # Entries may have become wrong meanwhile: a name may be taken, a date may
            # have passed.
            if self._is_right(range(self._last + 1)):
                await self._send()
        elif self._is_right([self._at]):
            self._go(self._at + (2 if self._skips(self._at + 1) else 1))
            self.step.offer()

    async def do_save(self) -> None:
        """Show the review from any step; on the review, send."""
        if self._at == self._last:
            await self.do_next()
            return
        for later in self._steps[self._at + 1 :]:
            self.query_one(later).offer()
        if self._is_right(range(self._last)):
            self._go(self._last)

    @property
    def _last(self) -> int:
        return len(self._steps) - 1

    def _is_right(self, numbers: Iterable[int]) -> bool:
        """Return whether nothing in these steps has to be fixed.

        Otherwise say what, and focus its field.
        """
        for number in numbers:
            step = self.query_one(self._steps[number])
            if not self._skips(number) and (problem := step.problem()):
                self._point_at(number, step.problem_entry())
                self.say(problem, "error")
                return False
        return True

    def _point_at(self, number: int, entry: str) -> None:
        """Focus the field of an entry, in its step."""
        if number != self._at:
            self._go(number)
        self.step.focus_on(entry)

    def _point_at_refused(self, error: ContentstackError) -> None:
        """Focus the field that Contentstack's answer names, if any."""
        for name, _reason in error.details:
            for number, step in enumerate(self._steps):
                for part, entry in step.REFUSED.items():
                    if part in name and not self._skips(number):
                        self._point_at(number, entry)
                        return

    async def do_back(self) -> None:
        """Go back, or leave from the first step; while sending, stop waiting."""
        if self.asking:
            await self.do_close()
            self.say("Stopping. Checking what was sent …", "warn")
        elif self._at == 0:
            self.dismiss(None)
        else:
            self._go(self._at - (2 if self._skips(self._at - 1) else 1))

    async def do_switch_scope(self) -> None:
        """Switch between branches and aliases; both keep their marks."""
        plan = self._form.plan
        branches = plan.scope_kind == "branches"
        other = replace(plan, scope_kind="aliases" if branches else "branches")
        self._form.plan = other
        self.step.enter()

    async def do_copy_command(self) -> None:
        """Copy the command that would create or save what is in the form."""
        await copy_for_form(self, self._form)

    async def do_start_over(self) -> None:
        """Empty the form, or fill it with the token as it is."""
        self._form.plan = self._form.blank
        self._go(0)
        words = "The form is empty."
        if self._form.seen:
            words = "The form shows the token as it is now."
        self.say(words)

    async def _send(self) -> None:
        """Create or save; if that fails, say why and leave the form as it is."""
        saving = self._form.seen is not None
        # If the answer never comes, the next start says that the token may exist.
        trouble = self.session.keep_drafts()
        words = "Saving …" if saving else "Generating the token …"
        work = self._save if saving else self._create
        try:
            self.dismiss(await self.waiting(f"{words} {trouble}".strip(), work))
        except Stopped:
            # Anything sent is looked up even after a stop, so nothing was sent.
            key = self.session.key("next")
            self.say(f"Stopped. Nothing was sent. Press {key} to retry.", "warn")
        except ChangedSince as error:
            if isinstance(self._form, EditForm):
                self._form.rebase(error.current)
            self.step.enter()
            key, over = self.session.key("next"), self.session.key("start_over")
            words = (
                f"Someone else changed it ({error}). {key} saves yours, {over} keeps"
                " theirs."
            )
            self.say(words, "warn")
        except OldestUnnamed as error:
            self.step.enter()
            now = f"the stack now has {len(error.listed)} management tokens"
            self.say(f"Nothing was created: {now}.", "warn")
        except ContentstackError as error:
            lead = "Not saved" if saving else "Not created"
            if error.may_have_happened:
                lead = "Maybe not saved" if saving else "Maybe not created"
            self._point_at_refused(error)
            self.say_error(error, f"{lead}:")

    async def _save(self) -> Saved:
        seen = self._form.seen
        if seen is None:
            raise RuntimeError("a new token is created, not saved")
        request = self._form.request(has_branches=self.snapshot.has_branches)
        saved = await self.session.workspace.update_token(seen, request)
        return Saved(saved, request)

    async def _create(self) -> Created[Token]:
        workspace = self.session.workspace
        if self._form.plan.kind == "delivery":
            several = await workspace.create_delivery_tokens(self._progress)
            if several.error is not None and not several.tokens:
                raise several.error
            return several
        oldest = self.query_one(ReviewStep).oldest
        created = await workspace.create_management_token(oldest.uid if oldest else "")
        # Keep it until its value, which is only in this answer, is collected.
        self.session.hold(created.tokens[0])
        return created

    def _progress(self, number: int, count: int) -> None:
        several = f"Generating token {number} of {count} …"
        self.say_so_far("Generating the token …" if count == 1 else several)

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
        words = "This stack has no branches, so there is no scope step."
        self.say(words if skipped else self._where)

    @property
    def _where(self) -> str:
        """The current step, if no line of steps shows it."""
        if not self.session.glyphs.plain_screen:
            return ""
        return f"Step {self._at + 1} of {len(self._steps)}: {self.step.TITLE}."

    def _skips(self, number: int) -> bool:
        return self._steps[number] is ScopeStep and not self.snapshot.has_branches
