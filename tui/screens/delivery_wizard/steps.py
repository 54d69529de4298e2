"""The steps that a delivery token alone has, and its review."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from tui.screens import presentation
from tui.screens.wizard.steps import ReviewStep, Step, with_marked
from tui.widgets.choice_list import Choice, ChoiceList
from tui.widgets.facts_card import Fact
from tui.widgets.toggle import Toggle
from tui.workspace.plan import DeliveryPlan, Edit, environment_problem
from tui.workspace.verifying import PREVIEW_OFF


class EnvironmentsStep(Step[DeliveryPlan]):
    """The publishing environments."""

    TITLE = "Environments"

    def compose(self) -> ComposeResult:
        """A sentence on what an environment means to a token, and the list."""
        words = "A delivery token reads the content of its one environment."
        if not self.plan.changes:
            words += " Mark several to make one token for each."
        yield Static(words, classes="quiet", markup=False)
        yield ChoiceList(id="environments", glyphs=self.deck.glyphs)

    def enter(self) -> None:
        """List the environments, with the plan's marks."""
        choices = self.query_one(ChoiceList)
        found = [
            Choice(item.name, item.name, next((url for url in item.urls if url), ""))
            for item in self.snapshot.environments.items
        ]
        choices.set_choices(with_marked(found, self.plan.environments))
        choices.set_marked(self.plan.environments)
        choices.focus()

    def problem(self) -> str | None:
        """One must be marked, and the names that come of it must be new."""
        return environment_problem(self.plan, self.snapshot)

    @on(ChoiceList.MarksChanged)
    def _marked(self, event: ChoiceList.MarksChanged) -> None:
        event.stop()
        self.edit(environments=event.keys)


class DeliveryReview(ReviewStep[DeliveryPlan]):
    """With the switch for the preview token, and where that would resolve to nothing."""

    def extras(self) -> Iterable[Widget]:
        """The switch; a token that is changed has keys of its own for that."""
        if not isinstance(self.entries, Edit):
            yield Toggle(
                "Create preview token", "for drafts, on the preview host alone", glyphs=self.deck.glyphs
            )
            yield Static(PREVIEW_OFF, id="live-preview", classes="quiet", markup=False)

    def new_facts(self) -> tuple[str, list[Fact]]:
        """What will be made."""
        return "New delivery token", presentation.plan_facts(self.plan, self.snapshot)

    def tell(self) -> None:
        """Whether Live Preview is on may be told only after the step has come up."""
        super().tell()
        for warning in self.query("#live-preview"):
            warning.display = self.snapshot.live_preview is False

    def ask(self) -> str:
        """The switch takes the focus."""
        toggle = self.query_one(Toggle)
        toggle.set_on(self.plan.with_preview)
        self.screen.set_focus(toggle)
        count = len(self.plan.environments)
        return f"{self.deck.key('next')}  Generate {'token' if count == 1 else f'{count} tokens'}"

    def problem(self) -> str | None:
        """Somebody may have taken the name since; so may we, by a request whose answer never came."""
        return super().problem() or environment_problem(self.plan, self.snapshot)

    @on(Toggle.Switched)
    def _switched(self, event: Toggle.Switched) -> None:
        event.stop()
        self.edit(with_preview=event.on)
