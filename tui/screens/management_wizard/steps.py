"""The steps that a management token alone has, and its review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.contentstack.models import ManagementToken
from tui.display import visible
from tui.screens import management_words
from tui.screens.wizard.steps import ReviewStep, Step
from tui.widgets.choice_list import ChoiceList
from tui.widgets.facts_card import Fact
from tui.widgets.text_field import TextField
from tui.widgets.toggle import Toggle
from tui.workspace.confirmation import confirmation
from tui.workspace.making_management import at_risk
from tui.workspace.management_plan import Lifetime, ManagementPlan, expiry_problem
from tui.workspace.plan import Edit, name_problem


class AccessStep(Step[ManagementPlan]):
    """What the token may do, and for how long."""

    TITLE = "Access and expiry"

    def compose(self) -> ComposeResult:
        """A switch, a list with the date that comes of it, and a switch."""
        glyphs = self.deck.glyphs
        yield Toggle("Write as well as read", "off: it reads only", id="write", glyphs=glyphs)
        yield Label("Expires (at 00:00 UTC of the day)")
        yield ChoiceList(multi=False, filtered=False, id="lifetime", glyphs=glyphs)
        yield TextField(id="ends", placeholder="the day, as in 2026-10-31", glyphs=glyphs)
        yield Toggle("E-mail notice", "7 days before it expires", id="notice", glyphs=glyphs)

    def enter(self) -> None:
        """Show what was entered before."""
        write = self.query_one("#write", Toggle)
        write.set_on(self.plan.access == "read+write")
        self.query_one("#notice", Toggle).set_on(self.plan.email_notice)
        choices = self.query_one(ChoiceList)
        choices.set_choices(management_words.lifetime_choices(self.plan, self.deck.workspace.clock().date()))
        choices.move_to(self.plan.lifetime)
        self._show_expiry()
        self.screen.set_focus(write)

    def problem(self) -> str | None:
        """A date must be one, and to come."""
        seen = self.entries.seen if isinstance(self.entries, Edit) else None
        return expiry_problem(self.plan, seen, self.deck.workspace.clock())

    def _show_expiry(self) -> None:
        self.query_one(ChoiceList).set_marked([self.plan.lifetime])
        expires = self.plan.lifetime != "never"
        field, notice = self.query_one("#ends", TextField), self.query_one("#notice", Toggle)
        field.display = notice.display = expires
        notice.set_on(self.plan.email_notice)
        with field.prevent(Input.Changed):
            field.value = self.plan.ends

    @on(ChoiceList.MarksChanged)
    def _chosen(self, event: ChoiceList.MarksChanged) -> None:
        event.stop()
        lifetime = cast(Lifetime, event.keys[0]) if event.keys else self.plan.lifetime
        if lifetime == self.plan.lifetime:
            return
        plan = self.plan.lasting(lifetime, self.deck.workspace.clock().date())
        self.edit(lifetime=plan.lifetime, ends=plan.ends, email_notice=plan.email_notice)
        self._show_expiry()
        if lifetime == "date":
            self.screen.set_focus(self.query_one("#ends"))

    @on(Input.Changed, "#ends")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.edit(lifetime="date", ends=event.value)
        self.query_one(ChoiceList).set_marked(["date"])

    @on(Toggle.Switched)
    def _switched(self, event: Toggle.Switched) -> None:
        event.stop()
        if event.toggle.id == "write":
            self.edit(access="read+write" if event.on else "read")
        else:
            self.edit(email_notice=event.on)


class ManagementReview(ReviewStep[ManagementPlan]):
    """With the name of the oldest token to type, where one more may end it."""

    @property
    def oldest(self) -> ManagementToken | None:
        """The token that may end for the new one."""
        return at_risk(self.snapshot.management.items)

    def extras(self) -> Iterable[Widget]:
        """What to type, and where."""
        if not isinstance(self.entries, Edit):
            yield Static(id="ask", markup=False)
            yield TextField(id="word", glyphs=self.deck.glyphs)

    def new_facts(self) -> tuple[str, list[Fact]]:
        """What will be made, and first what may end for it."""
        now = self.deck.workspace.clock()
        risk = [management_words.risk_fact(self.oldest, self._count)] if self.oldest else []
        return "New management token", [*risk, *management_words.new_facts(self.plan, self.snapshot, now)]

    def tell(self) -> None:
        """The tokens may be others by now."""
        super().tell()
        if isinstance(self.entries, Edit):
            return
        ask = f"To go on all the same, type {confirmation((self.oldest,)).ask}:" if self.oldest else ""
        self.query_one("#ask", Static).update(self.deck.glyphs.plain(visible(ask)))
        for part in ("#ask", "#word"):
            self.query_one(part).display = self.oldest is not None

    def ask(self) -> str:
        """The field takes the focus."""
        self.screen.set_focus(self.query_one("#word") if self.oldest else None)
        return f"{self.deck.key('next')}  Generate token"

    def problem(self) -> str | None:
        """Somebody may have taken the name since, a day may be over, and the oldest must be named."""
        seen = self.entries.seen if isinstance(self.entries, Edit) else None
        problem = (
            super().problem()
            or name_problem(self.plan, self.snapshot)
            or expiry_problem(self.plan, seen, self.deck.workspace.clock())
        )
        if problem or isinstance(self.entries, Edit) or self.oldest is None:
            return problem
        wanted = confirmation((self.oldest,))
        if self.query_one("#word", TextField).value == wanted.word:
            return None
        return f"Nothing was made: type {wanted.ask}, since one more token may end it."

    @property
    def _count(self) -> int:
        return len(self.snapshot.management.items)

    @on(Input.Changed, "#word")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited())
