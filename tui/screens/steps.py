"""The steps of the wizard: each shows a part of the plan and takes entries for it.

A field, list or switch that has the name of an entry shows and takes that entry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui.contentstack.models import (
    Alias,
    Branch,
    Environment,
    ManagementToken,
    Odd,
    Thing,
)
from tui.messages.plan import (
    access_problem,
    environment_problem,
    expiry_problem,
    name_problem,
    scope_problem,
)
from tui.messages.scopes import unnamed_words
from tui.messages.verification import PREVIEW_OFF
from tui.screens.messages import management as management_words
from tui.screens.messages.creation import change_facts, plan_facts
from tui.screens.messages.status import count_words
from tui.screens.session import Session
from tui.widgets.choice_list import Choice, ChoiceList
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.text_field import TextField
from tui.widgets.toggle import Toggle
from tui.workspace.confirmation import confirmation
from tui.workspace.creation import at_risk
from tui.workspace.plan import (
    LIFETIMES,
    Form,
    Lifetime,
    Plan,
)
from tui.workspace.snapshot import Listing, Snapshot

Entry: TypeAlias = str | bool | tuple[str, ...]
"""What is typed, switched or marked."""


class WizardStep(Vertical):
    """One step.

    `enter` is called each time that it comes to the front, `tell` at any news.
    """

    TITLE: ClassVar[str]

    class Edited(Message):
        """Something was entered."""

    def __init__(self, session: Session, form: Form) -> None:
        super().__init__(id=self.TITLE.split()[0].lower(), classes="step")
        self.session = session
        self.form = form

    @property
    def plan(self) -> Plan:
        """The entries so far."""
        return self.form.plan

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the stack."""
        return self.session.workspace.snapshot

    def choices(self, _entry: str) -> list[Choice]:
        """What there is to choose from for an entry."""
        return []

    def fill(self) -> None:
        """Show the plan's part."""
        for field in self.query(TextField):
            if field.id and hasattr(self.plan, field.id):
                with field.prevent(Input.Changed):
                    field.value = getattr(self.plan, field.id)
                field.cursor_position = len(field.value)
        for toggle in self.query(Toggle):
            toggle.set_on(getattr(self.plan, str(toggle.id)))
        for choices in self.query(ChoiceList):
            entry = getattr(self.plan, str(choices.id))
            marked = (entry,) if isinstance(entry, str) else entry
            listing = getattr(self.snapshot, str(choices.id), None)
            stray = "not in the stack any more"
            if isinstance(listing, Listing) and not listing.whole:
                stray = "not among those that could be read"
            choices.set_choices(
                _with_marked(self.choices(str(choices.id)), marked, stray)
            )
            choices.set_marked(marked)
        self.tell()

    def enter(self) -> None:
        """Show the plan's part, and give the focus to the first field."""
        self.fill()
        fields = (
            part
            for part in self.children
            if isinstance(part, TextField | ChoiceList | Toggle)
        )
        first = next((field for field in fields if field.display), None)
        if isinstance(first, ChoiceList):
            first.focus()
        else:
            self.screen.set_focus(first)

    def tell(self) -> None:
        """Bring what is shown up to the snapshot."""

    def problem(self) -> str | None:
        """What must be mended before the next step; None if nothing."""
        return None

    def edit(self, **entries: Any) -> None:
        """Write entries into the plan."""
        plan = replace(self.plan, **entries)
        if plan != self.plan:
            self.form.plan = plan
            self.post_message(self.Edited())

    def entered(self, entry: str, value: Entry) -> None:
        """Take what was entered; a word to confirm is no part of the plan."""
        if hasattr(self.plan, entry):
            self.edit(**{entry: value})
        else:
            self.post_message(self.Edited())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.entered(str(event.input.id), event.value)

    @on(ChoiceList.MarksChanged)
    def _marked(self, event: ChoiceList.MarksChanged) -> None:
        event.stop()
        self.entered(str(event.control.id), event.keys)

    @on(Toggle.Switched)
    def _switched(self, event: Toggle.Switched) -> None:
        event.stop()
        self.entered(str(event.control.id), event.on)


class DetailsStep(WizardStep):
    """Name and description."""

    TITLE = "Details"

    def compose(self) -> ComposeResult:
        """Two fields."""
        glyphs = self.session.glyphs
        yield Label("Name (required, unique in the stack)")
        yield TextField(id="name", placeholder="web-production", glyphs=glyphs)
        yield Label("Description")
        yield TextField(
            id="description",
            placeholder="optional: who uses it, and for what",
            glyphs=glyphs,
        )

    def problem(self) -> str | None:
        """A name must be there, and be new."""
        return name_problem(self.plan, self.snapshot)


class ScopeStep(WizardStep):
    """Branches, or aliases."""

    TITLE = "Scope"

    def compose(self) -> ComposeResult:
        """Yield a list for each kind, one of them in front."""
        key = self.session.key
        hint = f"{key('switch_scope')} switch · {key('filter')} filter"
        yield TabsLine(id="kinds", hint=hint, glyphs=self.session.glyphs)
        yield Static(id="unnamed", classes="quiet", markup=False)
        yield ChoiceList(id="branches", glyphs=self.session.glyphs)
        yield ChoiceList(id="aliases", glyphs=self.session.glyphs)

    def tell(self) -> None:
        """A token that came without branches needs none."""
        words = unnamed_words(self.plan.scope)
        line = self.query_one("#unnamed", Static)
        line.update(self.session.clean(words))
        line.display = bool(words)

    def choices(self, entry: str) -> list[Choice]:
        """Return what the stack has."""
        if entry == "aliases":
            return list(map(_alias_choice, self.snapshot.aliases.rows))
        return list(map(_branch_choice, self.snapshot.branches.rows))

    def enter(self) -> None:
        """Bring the chosen kind to the front."""
        lists: dict[str, Listing[Thing]] = {
            "branches": self.snapshot.branches,
            "aliases": self.snapshot.aliases,
        }
        tabs = [
            Tab(kind, kind.title(), count_words(listing) or "0")
            for kind, listing in lists.items()
        ]
        line = self.query_one(TabsLine)
        line.set_tabs(tabs)
        line.active = self.plan.scope_kind
        for choices in self.query(ChoiceList):
            choices.display = choices.id == self.plan.scope_kind
        super().enter()

    def problem(self) -> str | None:
        """Something of the chosen kind must be marked."""
        return scope_problem(self.plan, self.snapshot)


class EnvironmentsStep(WizardStep):
    """The publishing environments."""

    TITLE = "Environments"

    def compose(self) -> ComposeResult:
        """A sentence on what an environment means to a token, and the list."""
        words = "A delivery token reads the content of its one environment."
        if not self.form.seen:
            words += " Mark several to make one token for each."
        yield Static(words, classes="quiet", markup=False)
        yield ChoiceList(id="environments", glyphs=self.session.glyphs)

    def choices(self, _entry: str) -> list[Choice]:
        """Return each environment with its first URL."""
        return list(map(_environment_choice, self.snapshot.environments.rows))

    def problem(self) -> str | None:
        """One must be marked, and the names that come of it must be new."""
        return environment_problem(self.plan, self.snapshot)


class AccessStep(WizardStep):
    """What a management token may do, and for how long."""

    TITLE = "Access and expiry"

    def compose(self) -> ComposeResult:
        """A switch, a list with the date that comes of it, and a switch."""
        glyphs = self.session.glyphs
        yield Toggle(
            "Write as well as read", "off: it reads only", id="write", glyphs=glyphs
        )
        yield Label("Expires (at 00:00 UTC of the day)")
        yield ChoiceList(multi=False, filtered=False, id="lifetime", glyphs=glyphs)
        yield TextField(
            id="ends", placeholder="the day, as in 2026-10-31", glyphs=glyphs
        )
        yield Toggle(
            "E-mail notice",
            "7 days before it expires",
            id="email_notice",
            glyphs=glyphs,
        )

    def choices(self, _entry: str) -> list[Choice]:
        """Return how long it may last, with the dates that come of that."""
        today, found = self.session.workspace.clock().date(), []
        labels = {"never": "Never", "date": "On a date"}
        for lifetime in LIFETIMES:
            label, note = labels.get(lifetime), ""
            if label is None:
                label = f"In {lifetime} days"
                note = self.plan.lasting(lifetime, today).ends
            found.append(Choice(lifetime, label, note))
        return found

    def fill(self) -> None:
        """The cursor stands on the lifetime that is marked."""
        super().fill()
        self.query_one(ChoiceList).move_to(self.plan.lifetime)

    def tell(self) -> None:
        """Date and notice belong to a token that ends."""
        for part in ("#ends", "#email_notice"):
            self.query_one(part).display = self.plan.lifetime != "never"

    def problem(self) -> str | None:
        """A date must be one, and to come."""
        expiry = expiry_problem(
            self.plan, self.form.seen, self.session.workspace.clock()
        )
        return access_problem(self.plan) or expiry

    def entered(self, entry: str, value: Entry) -> None:
        """Work out the date of a lifetime; a date that is typed is one of its own."""
        if entry == "ends":
            self.edit(lifetime="date", ends=value)
            self.query_one(ChoiceList).set_marked(["date"])
        elif entry == "lifetime" and isinstance(value, tuple):
            marked = (each for each in LIFETIMES if each in value)
            self._set_lifetime(next(marked, self.plan.lifetime))
        else:
            super().entered(entry, value)

    def _set_lifetime(self, lifetime: Lifetime) -> None:
        """Show the date that a lifetime comes to."""
        if lifetime == self.plan.lifetime:
            return
        plan = self.plan.lasting(lifetime, self.session.workspace.clock().date())
        self.edit(
            lifetime=plan.lifetime, ends=plan.ends, email_notice=plan.email_notice
        )
        self.fill()
        if lifetime == "date":
            self.screen.set_focus(self.query_one("#ends"))


class ReviewStep(WizardStep):
    """What will be created or changed, and what is left to decide for a new token.

    That is a switch for the preview token, or the name of the oldest management token,
    to type where one more may end it.
    """

    TITLE = "Review"

    def compose(self) -> ComposeResult:
        """The facts, what is left to decide, and what Enter does."""
        glyphs = self.session.glyphs
        yield FactsCard(focusable=True, id="review-facts", glyphs=glyphs)
        if not self.form.seen and self.plan.kind == "delivery":
            note = "for drafts, on the preview host alone"
            yield Toggle("Create preview token", note, id="with_preview", glyphs=glyphs)
            yield Static(PREVIEW_OFF, id="live-preview", classes="quiet", markup=False)
        elif not self.form.seen:
            yield Static(id="ask", markup=False)
            yield TextField(id="word", glyphs=glyphs)
        yield Static(id="generate", markup=False)

    @property
    def oldest(self) -> ManagementToken | None:
        """The token that may end for a new one."""
        new = self.plan.kind == "management" and not self.form.seen
        listing = self.snapshot.management
        return at_risk(listing.items, len(listing.odd)) if new else None

    def tell(self) -> None:
        """Show it by what is known now: of other tokens, and of Live Preview."""
        title, facts, does = self._words()
        self.query_one(FactsCard).set_facts(title, facts)
        self.query_one("#generate", Static).update(self.session.glyphs.plain(does))
        for warning in self.query("#live-preview"):
            warning.display = self.snapshot.live_preview is False
        ask = ""
        if self.oldest:
            wanted = confirmation((self.oldest,)).ask
            ask = f"To go on all the same, type {wanted}:"
        for line in self.query("#ask").results(Static):
            line.update(self.session.clean(ask))
        for part in self.query("#ask, #word"):
            part.display = self.oldest is not None

    def _words(self) -> tuple[str, list[Fact], str]:
        """Return a title, what will be created or changed, and what Enter does."""
        plan, snapshot, key = self.plan, self.snapshot, self.session.key("next")
        if seen := self.form.seen:
            request = self.form.request(has_branches=snapshot.has_branches)
            facts = change_facts(seen, request)
            does = f"{key}  Save" if facts else "Nothing is changed"
            return f"Changes to {seen.name}", facts, does
        if plan.kind == "delivery":
            facts = plan_facts(plan, snapshot)
        else:
            now = self.session.workspace.clock()
            facts = management_words.new_facts(plan, snapshot, now)
        if self.oldest:
            risk = management_words.risk_fact(self.oldest, snapshot.management)
            facts.insert(0, risk)
        count = len(plan.token_names())
        does = f"{key}  Generate {'token' if count == 1 else f'{count} tokens'}"
        return f"New {plan.kind} token", facts, does

    def problem(self) -> str | None:
        """A change must change something, and the oldest token must be named."""
        if self.form.seen and not self._words()[1]:
            return "Nothing is changed, so there is nothing to save."
        wanted = confirmation((self.oldest,)) if self.oldest else None
        if wanted and self.query_one("#word", TextField).value != wanted.word:
            return (
                f"Nothing was made: type {wanted.ask}, since one more token may end it."
            )
        return None


STEPS: dict[str, tuple[type[WizardStep], ...]] = {
    "delivery": (DetailsStep, ScopeStep, EnvironmentsStep, ReviewStep),
    "management": (DetailsStep, ScopeStep, AccessStep, ReviewStep),
}
"""By the kind of a plan."""


def _alias_choice(row: Alias | Odd) -> Choice:
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.uid, row.uid, f"points to {row.branch}")


def _branch_choice(row: Branch | Odd) -> Choice:
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.uid, row.uid, f"from {row.source}" if row.source else "")


def _environment_choice(row: Environment | Odd) -> Choice:
    if isinstance(row, Odd):
        return _odd_choice(row)
    return Choice(row.name, row.name, next(filter(None, row.urls), ""))


def _odd_choice(row: Odd) -> Choice:
    """Return a row that was not understood, which can't be marked."""
    refusal = f"{row.title} is not understood, so it can't be marked: {row.why}."
    return Choice(row.key, row.title, "not understood", refusal)


def _with_marked(
    found: list[Choice], marked: tuple[str, ...], stray: str
) -> list[Choice]:
    """Return the choices, and before them what is marked without being one.

    It must be there to unmark.
    """
    strays = dict.fromkeys(marked, stray) | {"$all": "all of them, and those to come"}
    known = {choice.key for choice in found}
    missing = [Choice(key, key, strays[key]) for key in marked if key not in known]
    return [*missing, *found]
