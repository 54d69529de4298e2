"""The steps of the wizard: each shows a part of the plan, writes entries into it, and says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui.screens import outcomes, presentation
from tui.screens.base import Deck
from tui.widgets.choice_list import Choice, ChoiceList
from tui.widgets.facts_card import FactsCard
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.text_field import TextField
from tui.widgets.toggle import Toggle
from tui.workspace.plan import (
    DeliveryPlan,
    Edit,
    Entries,
    environment_problem,
    name_problem,
    scope_problem,
)
from tui.workspace.snapshot import Snapshot
from tui.workspace.verifying import PREVIEW_OFF


class Step(Vertical):
    """One step. `enter` is called each time that it comes to the front."""

    TITLE: ClassVar[str]

    class Edited(Message):
        """Something was entered."""

    def __init__(self, deck: Deck, entries: Entries) -> None:
        super().__init__(id=self.TITLE.lower(), classes="step")
        self.deck = deck
        self.entries = entries

    @property
    def plan(self) -> DeliveryPlan:
        """The entries so far."""
        return self.entries.plan

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack."""
        return self.deck.workspace.snapshot

    def edit(self, **entries: Any) -> None:
        """Write entries into the plan."""
        self.entries.plan = replace(self.plan, **entries)
        self.post_message(self.Edited())

    def enter(self) -> None:
        """Show the plan's part and take the focus."""
        raise NotImplementedError

    def problem(self) -> str | None:
        """What must be mended before the next step; None if nothing."""
        return None

    def leave_filter(self) -> bool:
        """Go from a list's filter field back to the list; False if the focus was elsewhere."""
        for choices in self.query(ChoiceList):
            if isinstance(self.screen.focused, Input) and choices in self.screen.focused.ancestors:
                choices.leave_filter(clear=False)
                return True
        return False


class DetailsStep(Step):
    """Name and description."""

    TITLE = "Details"

    def compose(self) -> ComposeResult:
        """Two fields."""
        yield Label("Name (required, unique in the stack)")
        yield TextField(id="name", placeholder="web-production", glyphs=self.deck.glyphs)
        yield Label("Description")
        yield TextField(
            id="description", placeholder="optional: who uses it, and for what", glyphs=self.deck.glyphs
        )

    def enter(self) -> None:
        """Show what was entered before."""
        for field, text in (("name", self.plan.name), ("description", self.plan.description)):
            widget = self.query_one(f"#{field}", TextField)
            with widget.prevent(Input.Changed):
                widget.value = text
            widget.cursor_position = len(text)
        self.screen.set_focus(self.query_one("#name"))

    def problem(self) -> str | None:
        """A name must be there, and be new."""
        return name_problem(replace(self.plan, environments=()), self.snapshot)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id is not None:
            self.edit(**{event.input.id: event.value})


class ScopeStep(Step):
    """Branches, or aliases."""

    TITLE = "Scope"

    def compose(self) -> ComposeResult:
        """A list for each kind, one of them in front."""
        yield TabsLine(id="kinds", hint="alt+o switch · / filter", glyphs=self.deck.glyphs)
        yield ChoiceList(id="branches", glyphs=self.deck.glyphs)
        yield ChoiceList(id="aliases", glyphs=self.deck.glyphs)

    def enter(self) -> None:
        """List what the stack has, with the plan's marks."""
        branches = self.query_one("#branches", ChoiceList)
        found = [Choice(item.uid, item.uid, _from(item.source)) for item in self.snapshot.branches.items]
        branches.set_choices(_with_marked(found, self.plan.branches))
        branches.set_marked(self.plan.branches)
        aliases = self.query_one("#aliases", ChoiceList)
        found = [
            Choice(item.uid, item.uid, f"points to {item.branch}") for item in self.snapshot.aliases.items
        ]
        aliases.set_choices(_with_marked(found, self.plan.aliases))
        aliases.set_marked(self.plan.aliases)
        self.show_kind()

    def show_kind(self) -> None:
        """Bring the chosen kind to the front."""
        kind = self.plan.scope_kind
        tabs = [
            Tab("branches", "Branches", str(len(self.snapshot.branches.items))),
            Tab("aliases", "Aliases", str(len(self.snapshot.aliases.items))),
        ]
        line = self.query_one(TabsLine)
        line.set_tabs(tabs)
        line.active = kind
        for name in ("branches", "aliases"):
            self.query_one(f"#{name}", ChoiceList).display = name == kind
        self.query_one(f"#{kind}", ChoiceList).focus()

    def problem(self) -> str | None:
        """Something of the chosen kind must be marked."""
        return scope_problem(self.plan, self.snapshot)

    @on(ChoiceList.MarksChanged)
    def _marked(self, event: ChoiceList.MarksChanged) -> None:
        event.stop()
        if event.choice_list.id is not None:
            self.edit(**{event.choice_list.id: event.keys})


class EnvironmentsStep(Step):
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
        choices.set_choices(_with_marked(found, self.plan.environments))
        choices.set_marked(self.plan.environments)
        choices.focus()

    def problem(self) -> str | None:
        """One must be marked, and the names that come of it must be new."""
        return environment_problem(self.plan, self.snapshot)

    @on(ChoiceList.MarksChanged)
    def _marked(self, event: ChoiceList.MarksChanged) -> None:
        event.stop()
        self.edit(environments=event.keys)


class ReviewStep(Step):
    """What will be made, word for word."""

    TITLE = "Review"

    def compose(self) -> ComposeResult:
        """The facts, the switch, and what Enter does."""
        yield FactsCard(id="review-facts", glyphs=self.deck.glyphs)
        yield Toggle("Create preview token", "for drafts, on the preview host alone", glyphs=self.deck.glyphs)
        yield Static(PREVIEW_OFF, id="live-preview", classes="quiet", markup=False)
        yield Static(id="generate", markup=False)

    def enter(self) -> None:
        """Put the plan into words."""
        facts, generate = self.query_one(FactsCard), self.query_one("#generate", Static)
        toggle = self.query_one(Toggle)
        if isinstance(self.entries, Edit):
            draft = self.entries.draft(has_branches=self.snapshot.has_branches)
            changes = outcomes.change_facts(self.entries.seen, draft)
            facts.set_facts(f"Changes to {self.entries.seen.name}", changes)
            toggle.display = False
            self.screen.set_focus(None)
            generate.update("Enter  Save" if changes else "Nothing is changed")
            return
        facts.set_facts("New delivery token", presentation.plan_facts(self.plan, self.snapshot))
        toggle.set_on(self.plan.with_preview)
        self.screen.set_focus(toggle)
        count = len(self.plan.environments)
        generate.update("Enter  Generate token" if count == 1 else f"Enter  Generate {count} tokens")

    def problem(self) -> str | None:
        """Somebody may have taken the name since; so may we, by a request whose answer never came."""
        if isinstance(self.entries, Edit) and not self.entries.begun:
            return "Nothing is changed, so there is nothing to save."
        return environment_problem(self.plan, self.snapshot)

    @on(Toggle.Switched)
    def _switched(self, event: Toggle.Switched) -> None:
        event.stop()
        self.edit(with_preview=event.on)


def _with_marked(found: list[Choice], marked: tuple[str, ...]) -> list[Choice]:
    """The choices, and before them what is marked without being one of them: it must be there to unmark."""
    strays = dict.fromkeys(marked, "not in the stack any more") | {"$all": "all of them, and those to come"}
    known = {choice.key for choice in found}
    missing = [Choice(key, key, strays[key]) for key in marked if key not in known]
    return [*missing, *found]


def _from(source: str) -> str:
    return f"from {source}" if source else ""
