"""The wizard: which step is in front, the ways between them, and generating at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual import on
from textual.widget import Widget
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from tui.commands import Place
from tui.conditions import Facts
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryDraft, DeliveryToken
from tui.display import visible
from tui.screens import outcomes, presentation
from tui.screens.base import Deck, DeckScreen
from tui.screens.delivery_wizard.steps import DetailsStep, EnvironmentsStep, ReviewStep, ScopeStep, Step
from tui.widgets.row_list import RowList
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.toggle import Toggle
from tui.workspace.making import Batch
from tui.workspace.plan import DeliveryPlan, Edit, Entries
from tui.workspace.writing import ChangedSince

_STEPS: tuple[type[Step], ...] = (DetailsStep, ScopeStep, EnvironmentsStep, ReviewStep)
_SCOPE = _STEPS.index(ScopeStep)
_LAST = len(_STEPS) - 1


class DeliveryWizard(DeckScreen[Batch | str | None], place=Place.WIZARD):
    """Makes delivery tokens, or changes one.

    Answers with what was made, with what came of saving in words, or None if it was left before.
    """

    def __init__(self, deck: Deck, edit: Edit | None = None) -> None:
        super().__init__(deck)
        self._at = 0
        self._edit = edit
        self._entries: Entries = edit or deck.workspace
        self._draft = DeliveryDraft(name="")
        self._making: Worker[Batch] | Worker[DeliveryToken] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Where one is, and the step in front."""
        tabs = [Tab(step.TITLE, f"{number} {step.TITLE}") for number, step in enumerate(_STEPS, start=1)]
        what = visible(f"Edit {self._edit.seen.name}") if self._edit else "New delivery token"
        yield TabsLine(tabs, hint=what, id="where", glyphs=self.deck.glyphs)
        with ContentSwitcher(initial=DetailsStep.TITLE.lower()):
            for step in _STEPS:
                yield step(self.deck, self._entries)

    @property
    def step(self) -> Step:
        """The step in front."""
        return self.query_one(_STEPS[self._at])

    def facts(self) -> Facts:
        """The present moment, and whether Contentstack is at work."""
        busy = self._making is not None and self._making.is_running
        return Facts(snapshot=self.snapshot, busy=busy, step=self.step.TITLE)

    def on_mount(self) -> None:
        """Begin, or go on where it was left."""
        self.run_worker(self.deck.workspace.read_live_preview(), group="live preview")
        begun = self._edit.begun if self._edit else self.deck.workspace.plan.begun
        recipe = self.deck.workspace.take_recipe() if not begun and not self._edit else None
        self._go(0)
        over = self.deck.key("start_over")
        if recipe is not None:
            self.say(f"Filled in as {recipe.name} was, which you deleted; {over} empties the form.")
        elif begun:
            self.say(f"Going on where you left it; {over} starts over.")

    def draw(self) -> None:
        """Show where one is."""
        self.query_one("#where", TabsLine).active = self.step.TITLE
        # It may be told only after the step has come up.
        self.query_one("#live-preview").display = self._edit is None and self.snapshot.live_preview is False
        if self.snapshot.waiting:
            self.say(presentation.wait_words(self.snapshot), "warn")

    async def do_next_field(self) -> None:
        """To the other field of the step."""
        self.focus_next()

    async def do_mark(self) -> None:
        """Mark what is under the cursor of the list."""
        if isinstance(self.focused, RowList | Toggle):
            await self.focused.run_action("mark")

    async def do_next(self) -> None:
        """Go on; on the last step, generate."""
        if self.step.leave_filter():
            return
        problem = self.step.problem()
        if problem is not None:
            self.say(problem, "error")
        elif self._at == _LAST:
            self._send()
        else:
            self._go(self._at + (2 if self._next_is_skipped() else 1))

    async def do_back(self) -> None:
        """Back; from the first step, leave; while Contentstack is at work, stop waiting."""
        if self.facts().busy and self._making is not None:
            self._making.cancel()
        elif self._at == 0:
            self.dismiss(None)
        else:
            self._go(self._at - (2 if self._at - 1 == _SCOPE and not self.snapshot.has_branches else 1))

    async def do_other_scope(self) -> None:
        """From branches to aliases and back; the marks of both are kept."""
        plan = self._entries.plan
        self._entries.plan = replace(
            plan, scope_kind="aliases" if plan.scope_kind == "branches" else "branches"
        )
        self.query_one(ScopeStep).show_kind()

    async def do_start_over(self) -> None:
        """Empty the form, or fill it with the token as it is."""
        self._entries.plan = Edit.of(self._edit.seen).plan if self._edit else DeliveryPlan()
        self._go(0)
        self.say("The form shows the token as it is." if self._edit else "The form is empty.")

    @on(Step.Edited)
    def _edited(self) -> None:
        problem = self.step.problem() if isinstance(self.step, DetailsStep) else None
        if problem is not None and self._entries.plan.name:
            self.say(problem, "warn")
        else:
            self.say("")

    @on(Worker.StateChanged)
    def _making_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._making:
            return
        self.draw_hints()
        result = event.worker.result
        if event.state is WorkerState.SUCCESS and isinstance(result, Batch):
            self._made(result)
        elif event.state is WorkerState.SUCCESS and isinstance(result, DeliveryToken):
            self.dismiss(outcomes.saved_words(result, self._draft))
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self._not_saved(event.worker.error)
        elif event.state is WorkerState.CANCELLED:
            self.say("Stopped waiting. What came of it is read from the stack now.", "warn")
            self.app.run_worker(self.deck.workspace.refresh(), group="read", exclusive=True)

    def _made(self, batch: Batch) -> None:
        if batch.made:
            self.dismiss(batch)
        elif batch.failed is not None:
            self.say(f"Not made: {batch.failed.error}", "error")
            if batch.failed.error.remedy == "sign_in":
                self.call_later(self.action_command, "sign_in")

    def _not_saved(self, error: BaseException) -> None:
        if isinstance(error, ChangedSince) and isinstance(error.current, DeliveryToken) and self._edit:
            self._edit.rebase(error.current)
            self.step.enter()
            self.say(
                f"Somebody changed it since: {error}. Below is what your form would change now; "
                f"{self.deck.key('next')} saves that, {self.deck.key('start_over')} takes theirs.",
                "warn",
            )
        elif isinstance(error, ContentstackError):
            self.say(f"Not saved: {error}", "error")
            if error.remedy == "sign_in":
                self.call_later(self.action_command, "sign_in")
        else:
            raise error

    def _send(self) -> None:
        workspace = self.deck.workspace
        if self._edit is not None:
            self.say("Saving …")
            self._draft = self._edit.draft(has_branches=self.snapshot.has_branches)
            save = workspace.update_delivery_token(self._edit.seen, self._draft)
            self._making = self.run_worker(save, group="make", exit_on_error=False)
        else:
            self._making = self.run_worker(workspace.make_delivery_tokens(self._progress), group="make")
        self.draw_hints()

    def _progress(self, number: int, count: int) -> None:
        self.say("Generating the token …" if count == 1 else f"Generating token {number} of {count} …")

    def _go(self, number: int) -> None:
        skipped = number == _SCOPE + 1 and self._at == _SCOPE - 1
        self._at = number
        self.query_one(ContentSwitcher).current = self.step.id
        self.draw()
        self.draw_hints()
        self.step.enter()
        self.say("This stack has no branches; the scope step is skipped." if skipped else "")

    def _next_is_skipped(self) -> bool:
        return self._at + 1 == _SCOPE and not self.snapshot.has_branches
