"""The steps of the wizard: each shows and edits a part of the plan.

A field, list or switch named after an entry shows and edits that entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui.contentstack.models import (
    ManagementToken,
    Thing,
)
from tui.display import shortened
from tui.messages.deletion import confirmation_words
from tui.messages.plan import (
    access_problem,
    environment_problem,
    expiry_problem,
    name_problem,
    scope_problem,
)
from tui.messages.scopes import unnamed_words
from tui.messages.verification import PREVIEW_OFF
from tui.screens.choices import (
    alias_choice,
    branch_choice,
    environment_choice,
    with_marked,
)
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
    DEFAULT_BRANCH,
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

    `enter` is called each time it comes to the front, `tell` whenever there is news.
    """

    TITLE: ClassVar[str]
    REFUSED: ClassVar[Mapping[str, str]] = {}
    """The entry that a refusal is about, by a part of the refused field's name."""

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
        """Return what there is to choose from for an entry."""
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
            stray = "no longer in the stack"
            if isinstance(listing, Listing) and not listing.whole:
                stray = "not among those that could be read"
            choices.set_choices(
                with_marked(self.choices(str(choices.id)), marked, stray)
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
        if first is None:
            # The list of changes, to read.
            self.screen.set_focus(next(iter(self.query(FactsCard)), None))
        elif isinstance(first, ChoiceList):
            first.focus()
        else:
            self.screen.set_focus(first)

    def offer(self) -> None:
        """Mark what most people want, if nothing is marked yet."""

    def tell(self) -> None:
        """Update what is shown from the snapshot."""

    @property
    def does(self) -> str:
        """Return what the key for the next step does here."""
        return "next"

    def problem(self) -> str | None:
        """Return what must be fixed before the next step; None if nothing."""
        return None

    def problem_entry(self) -> str:
        """Return the entry that `problem` is about: the one to focus."""
        return ""

    def focus_on(self, entry: str) -> None:
        """Give the focus to the field, list or switch of an entry."""
        for part in self.query(f"#{entry}" if entry else "TextField, ChoiceList"):
            if isinstance(part, ChoiceList) and part.display:
                part.focus()
                return
            if part.focusable:
                self.screen.set_focus(part)
                return

    def edit(self, **entries: Any) -> None:
        """Write entries into the plan."""
        plan = replace(self.plan, **entries)
        if plan != self.plan:
            self.form.plan = plan
            self.post_message(self.Edited())

    def entered(self, entry: str, value: Entry) -> None:
        """Take what was entered; a word to confirm isn't part of the plan."""
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
    REFUSED: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "description": "description",
    }

    def compose(self) -> ComposeResult:
        """Yield the two fields."""
        glyphs = self.session.glyphs
        yield Label("Name (required, unique in the stack)")
        yield TextField(
            id="name", placeholder="the site or app that uses it", glyphs=glyphs
        )
        yield Label("Description")
        yield TextField(
            id="description",
            placeholder="optional: who uses it, and what for",
            glyphs=glyphs,
        )

    def problem(self) -> str | None:
        """Require a name that isn't taken."""
        return name_problem(self.plan, self.snapshot)

    def problem_entry(self) -> str:
        """Return the name: any description is valid."""
        return "name"


class ScopeStep(WizardStep):
    """Branches, or aliases."""

    TITLE = "Scope"
    REFUSED: ClassVar[Mapping[str, str]] = {
        "alias": "aliases",
        "branch": "branches",
    }

    def compose(self) -> ComposeResult:
        """Yield a list for each kind, one of them in front."""
        key = self.session.key
        keys = f"{key('switch_scope')} switch · {key('filter')} filter"
        yield TabsLine(id="kinds", keys=keys, glyphs=self.session.glyphs)
        yield Static(id="unnamed", classes="quiet", markup=False)
        yield ChoiceList(id="branches", glyphs=self.session.glyphs)
        yield ChoiceList(id="aliases", glyphs=self.session.glyphs)

    def tell(self) -> None:
        """Show a note if the token came without branches: it needs none."""
        words = unnamed_words(self.plan.scope)
        line = self.query_one("#unnamed", Static)
        line.update(self.session.clean(words))
        line.display = bool(words)

    def choices(self, entry: str) -> list[Choice]:
        """Return what the stack has."""
        if entry == "aliases":
            return list(map(alias_choice, self.snapshot.aliases.rows))
        return list(map(branch_choice, self.snapshot.branches.rows))

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

    def offer(self) -> None:
        """Mark the branch that a new token gets by default."""
        plan = self.plan
        is_blank = not (plan.branches or plan.aliases or plan.scope or self.form.seen)
        is_there = DEFAULT_BRANCH in self.snapshot.branches.by_uid
        if is_blank and is_there and plan.scope_kind == "branches":
            # The user didn't enter it, so the screen's message stays.
            self.form.plan = replace(plan, branches=(DEFAULT_BRANCH,))
            self.fill()

    def problem(self) -> str | None:
        """Require something of the chosen kind to be marked."""
        return scope_problem(self.plan, self.snapshot)

    def problem_entry(self) -> str:
        """Return the list in front."""
        return self.plan.scope_kind


class EnvironmentsStep(WizardStep):
    """The publishing environments."""

    TITLE = "Environments"
    REFUSED: ClassVar[Mapping[str, str]] = {"environment": "environments"}

    def compose(self) -> ComposeResult:
        """Yield a sentence on what environments mean for a token, and the list."""
        words = "A delivery token can only read its one environment's content."
        if not self.form.seen:
            words += " Mark several to create one token for each."
        yield Static(words, classes="quiet", markup=False)
        yield ChoiceList(id="environments", glyphs=self.session.glyphs)

    def choices(self, _entry: str) -> list[Choice]:
        """Return each environment with its first URL."""
        return list(map(environment_choice, self.snapshot.environments.rows))

    def problem(self) -> str | None:
        """Require one to be marked, and the resulting names not to be taken."""
        return environment_problem(self.plan, self.snapshot)

    def problem_entry(self) -> str:
        """Return the list."""
        return "environments"


class AccessStep(WizardStep):
    """What a management token may do, and for how long."""

    TITLE = "Access and expiry"
    REFUSED: ClassVar[Mapping[str, str]] = {
        "expires_on": "ends",
        "is_email": "email_notice",
    }

    def compose(self) -> ComposeResult:
        """Yield a switch, a list with the resulting date, and another switch."""
        glyphs = self.session.glyphs
        yield Toggle("Read and write", "off: read-only", id="write", glyphs=glyphs)
        yield Label("Expires (at 00:00 UTC of the day)")
        yield ChoiceList(multi=False, filtered=False, id="lifetime", glyphs=glyphs)
        yield TextField(
            id="ends", placeholder="a day, such as 2026-10-31", glyphs=glyphs
        )
        yield Toggle(
            "E-mail notice",
            "7 days before it expires",
            id="email_notice",
            glyphs=glyphs,
        )

    def choices(self, _entry: str) -> list[Choice]:
        """Return the lifetimes, with the resulting dates."""
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
        """Show the plan's part, with the cursor on the marked lifetime."""
        super().fill()
        self.query_one(ChoiceList).move_to(self.plan.lifetime)

    def tell(self) -> None:
        """Show date and notice only for a token that expires."""
        for part in ("#ends", "#email_notice"):
            self.query_one(part).display = self.plan.lifetime != "never"

    def problem(self) -> str | None:
        """Require a valid date in the future."""
        expiry = expiry_problem(
            self.plan, self.form.seen, self.session.workspace.clock()
        )
        return access_problem(self.plan) or expiry

    def problem_entry(self) -> str:
        """Return the switch if that is the problem, else the date."""
        return "write" if access_problem(self.plan) else "ends"

    def entered(self, entry: str, value: Entry) -> None:
        """Work out the date of a lifetime; a typed date is a lifetime of its own."""
        if entry == "ends":
            self.edit(lifetime="date", ends=value)
            self.query_one(ChoiceList).set_marked(["date"])
        elif entry == "lifetime" and isinstance(value, tuple):
            marked = (each for each in LIFETIMES if each in value)
            self._set_lifetime(next(marked, self.plan.lifetime))
        else:
            super().entered(entry, value)

    def _set_lifetime(self, lifetime: Lifetime) -> None:
        """Show the date that a lifetime results in."""
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
    """What will be created or changed, and the last choice for a new token.

    That is a switch for the preview token, or a field for the name of the oldest
    management token if one more may delete it.
    """

    TITLE = "Review"

    def compose(self) -> ComposeResult:
        """Yield the facts, the last choice, and what Enter does."""
        glyphs = self.session.glyphs
        yield FactsCard(focusable=True, id="review-facts", glyphs=glyphs)
        if not self.form.seen and self.plan.kind == "delivery":
            note = "for drafts, on the preview host"
            yield Toggle("Create Preview Token", note, id="with_preview", glyphs=glyphs)
            yield Static(PREVIEW_OFF, id="live-preview", classes="quiet", markup=False)
        elif not self.form.seen:
            yield Static(id="ask", markup=False)
            yield TextField(id="word", glyphs=glyphs)
        yield Static(id="generate", markup=False)

    @property
    def oldest(self) -> ManagementToken | None:
        """The token that may be deleted for a new one."""
        new = self.plan.kind == "management" and not self.form.seen
        listing = self.snapshot.management
        return at_risk(listing.items, len(listing.odd)) if new else None

    def tell(self) -> None:
        """Update it from what is known now about other tokens and Live Preview."""
        title, facts, does = self._words()
        self.query_one(FactsCard).set_facts(title, facts)
        self.query_one("#generate", Static).update(self.session.glyphs.plain(does))
        for warning in self.query("#live-preview"):
            warning.display = self.snapshot.live_preview is False
        ask = ""
        if self.oldest:
            wanted = confirmation_words(confirmation((self.oldest,)))
            ask = f"To continue anyway, type {wanted}:"
        for line in self.query("#ask").results(Static):
            line.update(self.session.clean(ask))
        for part in self.query("#ask, #word"):
            part.display = self.oldest is not None

    def _words(self) -> tuple[str, list[Fact], str]:
        """Return the title, what will be created or changed, and what Enter does."""
        plan, snapshot, key = self.plan, self.snapshot, self.session.key("next")
        if seen := self.form.seen:
            request = self.form.request(has_branches=snapshot.has_branches)
            facts = change_facts(seen, request)
            does = f"{key}  {self.does}" if facts else "No changes"
            return f"Changes to {shortened(seen.name)}", facts, does
        if plan.kind == "delivery":
            facts = plan_facts(
                plan, snapshot, self.session.settings.production_environments
            )
        else:
            now = self.session.workspace.clock()
            facts = management_words.new_facts(plan, snapshot, now)
        if self.oldest:
            risk = management_words.risk_fact(self.oldest, snapshot.management)
            facts.insert(0, risk)
        return f"New {plan.kind} token", facts, f"{key}  {self.does}"

    @property
    def does(self) -> str:
        """Return what Enter does: "Generate Token", "Generate 3 Tokens", "Save"."""
        if self.form.seen:
            return "Save"
        count = len(self.plan.token_names())
        return "Generate Token" if count == 1 else f"Generate {count} Tokens"

    def problem(self) -> str | None:
        """Require a change to change something, and the oldest token to be named."""
        if self.form.seen and not self._words()[1]:
            return "There are no changes to save."
        wanted = confirmation((self.oldest,)) if self.oldest else None
        if wanted and self.query_one("#word", TextField).value != wanted.word:
            asked = confirmation_words(wanted)
            return f"Not created yet. Type {asked}: one more may delete that token."
        return None

    def problem_entry(self) -> str:
        """Return the field for the oldest token's name; a change has no field here."""
        return "review-facts" if self.form.seen else "word"


STEPS: dict[str, tuple[type[WizardStep], ...]] = {
    "delivery": (DetailsStep, ScopeStep, EnvironmentsStep, ReviewStep),
    "management": (DetailsStep, ScopeStep, AccessStep, ReviewStep),
}
"""By kind of plan."""
