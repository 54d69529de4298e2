"""The frame of the wizards: which step is in front, the ways between them, and sending at the end."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from tui.commands import Command, Place
from tui.conditions import Facts
from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.display import visible
from tui.screens import outcomes, presentation
from tui.screens.base import Deck, DeckScreen, Result
from tui.screens.wizard.steps import DetailsStep, ScopeStep, Step
from tui.widgets.row_list import RowList
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.toggle import Toggle
from tui.workspace.plan import Edit, Entries
from tui.workspace.writing import ChangedSince


class Wizard(DeckScreen[Result | str | None], place=Place.WIZARD):
    """Makes tokens of one kind, or changes one.

    Answers with what was made, with what came of saving in words, or None if it was left before.

    Args:
        deck: what screens work with.
        entries: the plan of a new token, or the edit of one.
    """

    STEPS: ClassVar[tuple[type[Step[Any]], ...]]
    WHAT: ClassVar[str]
    KIND: ClassVar[type[Token]]

    def __init__(self, deck: Deck, entries: Entries[Any]) -> None:
        super().__init__(deck)
        self._at = 0
        self._entries = entries
        self._edit: Edit[Any, Any] | None = entries if isinstance(entries, Edit) else None
        self._draft: Any = None
        self._work: Worker[Any] | None = None

    def save(self, seen: Any, draft: Any) -> Coroutine[Any, Any, Token]:
        """What is carried out at the end for a token that is changed."""
        raise NotImplementedError

    def make(self) -> Coroutine[Any, Any, Result]:
        """What is carried out at the end for a new token; it may raise what `failed` knows."""
        raise NotImplementedError

    def made(self, result: Result) -> None:
        """Go on with what was made, or say why nothing was."""
        self.dismiss(result)

    def failed(self, error: BaseException) -> bool:
        """Say what stands in the way; False where nobody foresaw it."""
        if not isinstance(error, ContentstackError):
            return False
        self._work = None
        self.draw_hints()
        lead = "In doubt" if error.may_have_happened else "Not saved" if self._edit else "Not made"
        self.say(f"{lead}: {error}", "error")
        if error.remedy == "sign_in":
            self.call_later(self.action_command, "sign_in")
        return True

    def stopped(self) -> None:
        """Nobody waits for the answer any more."""
        self.say("Stopped waiting. What came of it is read from the stack now.", "warn")
        self.app.run_worker(self.deck.workspace.refresh(), group="read", exclusive=True)

    def compose_body(self) -> Iterable[Widget]:
        """Where one is, and the step in front."""
        tabs = [Tab(step.TITLE, f"{number} {step.TITLE}") for number, step in enumerate(self.STEPS, start=1)]
        what = visible(f"Edit {self._edit.seen.name}") if self._edit else self.WHAT
        yield TabsLine(tabs, hint=what, id="where", glyphs=self.deck.glyphs)
        with ContentSwitcher(initial=DetailsStep.TITLE.lower()):
            for step in self.STEPS:
                yield step(self.deck, self._entries)

    @property
    def step(self) -> Step[Any]:
        """The step in front."""
        return self.query_one(self.STEPS[self._at])

    def facts(self) -> Facts:
        """The present moment, and whether Contentstack is at work."""
        return Facts(snapshot=self.snapshot, busy=self._work is not None, step=self.step.TITLE)

    def on_mount(self) -> None:
        """Begin, or go on where it was left."""
        begun = self._edit.begun if self._edit else self._entries.plan.begun
        recipe = self.deck.workspace.take_recipe(self.KIND) if not begun and not self._edit else None
        self._go(0)
        over = self.deck.key("start_over")
        if recipe is not None:
            self.say(f"Filled in as {recipe.name} was, which you deleted; {over} empties the form.")
        elif begun:
            self.say(f"Going on where you left it; {over} starts over.")

    def draw(self) -> None:
        """Show where one is, and what is new."""
        self.query_one("#where", TabsLine).active = self.step.TITLE
        if self._work is None:
            self.step.tell()
        if self.snapshot.waiting:
            self.say(presentation.wait_words(self.snapshot, self.deck.key("back")), "warn")

    async def do_next_field(self) -> None:
        """To the other field of the step."""
        self.focus_next()

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
        """Go on; on the last step, generate."""
        if self.step.leave_filter():
            return
        problem = self.step.problem()
        if problem is not None:
            self.say(problem, "error")
        elif self._at == len(self.STEPS) - 1:
            self._send()
        else:
            self._go(self._at + (2 if self._skips(self._at + 1) else 1))

    async def do_back(self) -> None:
        """Back; from the first step, leave; while Contentstack is at work, stop waiting."""
        if self._work is not None:
            self._work.cancel()
            self.say("Stopping; the stack is read to see what came of it …", "warn")
        elif self._at == 0:
            self.dismiss(None)
        else:
            self._go(self._at - (2 if self._skips(self._at - 1) else 1))

    async def do_other_scope(self) -> None:
        """From branches to aliases and back; the marks of both are kept."""
        plan = self._entries.plan
        self._entries.plan = replace(
            plan, scope_kind="aliases" if plan.scope_kind == "branches" else "branches"
        )
        self.query_one(ScopeStep).show_kind()

    async def do_start_over(self) -> None:
        """Empty the form, or fill it with the token as it is."""
        edit, entries = self._edit, self._entries
        entries.plan = edit.filled(edit.seen) if edit else type(entries.plan)()
        self._go(0)
        self.say("The form shows the token as it is." if edit else "The form is empty.")

    @on(Step.Edited)
    def _edited(self) -> None:
        problem = self.step.problem() if isinstance(self.step, DetailsStep) else None
        if problem is not None and self._entries.plan.name:
            self.say(problem, "warn")
        else:
            self.say("")

    @on(Worker.StateChanged)
    def _work_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._work:
            return
        result, error = event.worker.result, event.worker.error
        if event.state in (WorkerState.ERROR, WorkerState.CANCELLED):
            self._work = None
        self.draw_hints()
        if event.state is WorkerState.SUCCESS and isinstance(result, DeliveryToken | ManagementToken):
            self.dismiss(outcomes.saved_words(result, self._draft))
        elif event.state is WorkerState.SUCCESS and result is not None:
            self.made(result)
        elif event.state is WorkerState.ERROR and error is not None:
            if not self._overtaken(error) and not self.failed(error):
                raise error
        elif event.state is WorkerState.CANCELLED:
            self.stopped()

    def _overtaken(self, error: BaseException) -> bool:
        """Where somebody changed the token meanwhile: show what the form would change now."""
        if not isinstance(error, ChangedSince) or self._edit is None:
            return False
        self._edit.rebase(error.current)
        self.step.enter()
        self.say(
            f"Somebody changed it since: {error}. Below is what your form would change now; "
            f"{self.deck.key('next')} saves that, {self.deck.key('start_over')} takes theirs.",
            "warn",
        )
        return True

    def _send(self) -> None:
        work: Coroutine[Any, Any, Any]
        if self._edit is not None:
            self.say("Saving …")
            self._draft = self._edit.draft(has_branches=self.snapshot.has_branches)
            work = self.save(self._edit.seen, self._draft)
        else:
            work = self.make()
        self._work = self.run_worker(work, group="make", exit_on_error=False)
        self.draw_hints()

    def _go(self, number: int) -> None:
        skipped = number == self._at + 2
        self._at = number
        self.query_one(ContentSwitcher).current = self.step.id
        self.draw()
        self.draw_hints()
        self.step.enter()
        self.say("This stack has no branches; the scope step is skipped." if skipped else "")

    def _skips(self, number: int) -> bool:
        return self.STEPS[number] is ScopeStep and not self.snapshot.has_branches
