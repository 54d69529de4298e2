"""The steps that every token has: each shows a part of the plan, takes entries, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.screens import outcomes
from tui.screens.base import Deck
from tui.widgets.choice_list import Choice, ChoiceList
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.text_field import TextField
from tui.workspace.plan import Edit, Entries, Plan, Planned, name_problem, scope_problem
from tui.workspace.snapshot import Snapshot


class Step(Vertical, Generic[Planned]):
    """One step. `enter` is called each time that it comes to the front, `tell` whenever there is news."""

    TITLE: ClassVar[str]

    class Edited(Message):
        """Something was entered."""

    def __init__(self, deck: Deck, entries: Entries[Planned]) -> None:
        super().__init__(id=self.TITLE.split()[0].lower(), classes="step")
        self.deck = deck
        self.entries = entries

    @property
    def plan(self) -> Planned:
        """The entries so far."""
        return self.entries.plan

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack."""
        return self.deck.workspace.snapshot

    def edit(self, **entries: Any) -> None:
        """Write entries into the plan."""
        plan = replace(self.plan, **entries)
        if plan != self.plan:
            self.entries.plan = plan
            self.post_message(self.Edited())

    def enter(self) -> None:
        """Show the plan's part and take the focus."""
        raise NotImplementedError

    def tell(self) -> None:
        """Bring what is shown up to the snapshot."""

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


class DetailsStep(Step[Plan]):
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
        return name_problem(self.plan, self.snapshot)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id is not None:
            self.edit(**{event.input.id: event.value})


class ScopeStep(Step[Plan]):
    """Branches, or aliases."""

    TITLE = "Scope"

    def compose(self) -> ComposeResult:
        """A list for each kind, one of them in front."""
        yield TabsLine(
            id="kinds",
            hint=f"{self.deck.key('other_scope')} switch · {self.deck.key('filter')} filter",
            glyphs=self.deck.glyphs,
        )
        yield ChoiceList(id="branches", glyphs=self.deck.glyphs)
        yield ChoiceList(id="aliases", glyphs=self.deck.glyphs)

    def enter(self) -> None:
        """List what the stack has, with the plan's marks."""
        branches = self.query_one("#branches", ChoiceList)
        found = [Choice(item.uid, item.uid, _from(item.source)) for item in self.snapshot.branches.items]
        branches.set_choices(with_marked(found, self.plan.branches))
        branches.set_marked(self.plan.branches)
        aliases = self.query_one("#aliases", ChoiceList)
        found = [
            Choice(item.uid, item.uid, f"points to {item.branch}") for item in self.snapshot.aliases.items
        ]
        aliases.set_choices(with_marked(found, self.plan.aliases))
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


class ReviewStep(Step[Planned]):
    """What will be made or changed, word for word; `extras` stand between that and what Enter does."""

    TITLE = "Review"

    def compose(self) -> ComposeResult:
        """The facts, and what Enter does."""
        yield FactsCard(focusable=True, id="review-facts", glyphs=self.deck.glyphs)
        yield from self.extras()
        yield Static(id="generate", markup=False)

    def extras(self) -> Iterable[Widget]:
        """What else can be entered for a new token."""
        return ()

    def new_facts(self) -> tuple[str, list[Fact]]:
        """A title, and what will be made."""
        raise NotImplementedError

    def ask(self) -> str:
        """Take the focus for a new token, and say what Enter does."""
        raise NotImplementedError

    def enter(self) -> None:
        """Put the plan into words."""
        self.tell()
        if isinstance(self.entries, Edit):
            self.screen.set_focus(None)
            changed = self._changes(self.entries)
            words = f"{self.deck.key('next')}  Save" if changed else "Nothing is changed"
        else:
            words = self.ask()
        self.query_one("#generate", Static).update(self.deck.glyphs.plain(words))

    def tell(self) -> None:
        """Say what will be made or changed, by what is known now."""
        card = self.query_one(FactsCard)
        if isinstance(self.entries, Edit):
            card.set_facts(f"Changes to {self.entries.seen.name}", self._changes(self.entries))
        else:
            card.set_facts(*self.new_facts())

    def problem(self) -> str | None:
        """A change must change something."""
        if isinstance(self.entries, Edit) and not self.entries.begun:
            return "Nothing is changed, so there is nothing to save."
        return None

    def _changes(self, edit: Edit[Any, Any]) -> list[Fact]:
        draft = edit.draft(has_branches=self.snapshot.has_branches)
        return outcomes.change_facts(edit.seen, draft)


def with_marked(found: list[Choice], marked: tuple[str, ...]) -> list[Choice]:
    """The choices, and before them what is marked without being one of them: it must be there to unmark."""
    strays = dict.fromkeys(marked, "not in the stack any more") | {"$all": "all of them, and those to come"}
    known = {choice.key for choice in found}
    missing = [Choice(key, key, strays[key]) for key in marked if key not in known]
    return [*missing, *found]


def _from(source: str) -> str:
    return f"from {source}" if source else ""
