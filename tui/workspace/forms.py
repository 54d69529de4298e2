"""What was entered and not yet sent, kept whatever screen is in front."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.workspace.drafts import Change, Drafts
from tui.workspace.management_plan import ManagementEdit, ManagementPlan
from tui.workspace.plan import DeliveryEdit, DeliveryPlan, Form, merged
from tui.workspace.snapshot import Snapshot


class Forms:
    """The forms for new tokens and for tokens that are changed.

    Attributes:
        plan: the new delivery token.
        new_management: the new management token.
        edits: the forms of changed tokens, by uid.
        recipe: the token that was deleted last, to make an equal one.
        untaken: a new management token with its value, until that was copied or handed out.
    """

    def __init__(self) -> None:
        self.plan = DeliveryPlan()
        self.new_management = Form(ManagementPlan())
        self.edits: dict[str, Any] = {}
        self.recipe: Token | None = None
        self.untaken: ManagementToken | None = None

    @property
    def at_stake(self) -> str | None:
        """What would be lost by quitting, in a sentence; None if nothing would."""
        if self.untaken is not None:
            return f"The value of {self.untaken.name} was not taken, and it is shown only this once."
        if self.plan.begun or self.new_management.plan.begun or any(e.begun for e in self.edits.values()):
            return "What you typed for a token would be forgotten."
        return None

    def take_recipe(self, kind: type[Token]) -> Token | None:
        """Fill the plan with the token that was deleted last, once, if it is of this kind."""
        recipe = self.recipe
        if not isinstance(recipe, kind):
            return None
        if isinstance(recipe, DeliveryToken):
            self.plan = DeliveryPlan.of(recipe)
        else:
            self.new_management.plan = ManagementPlan.of(recipe)
        self.recipe = None
        return recipe

    def edit_of(self, token: DeliveryToken) -> DeliveryEdit:
        """The form that changes a token: as it was left, brought up to what was read since."""
        edit: DeliveryEdit = self.edits.setdefault(token.uid, DeliveryEdit.of(token))
        edit.rebase(token)
        return edit

    def management_edit_of(self, token: ManagementToken) -> ManagementEdit:
        """As `edit_of`."""
        edit: ManagementEdit = self.edits.setdefault(token.uid, ManagementEdit.of(token))
        edit.rebase(token)
        return edit

    @property
    def drafts(self) -> Drafts:
        """All that was typed and not sent."""
        drafts = Drafts({}, {})
        if self.plan.begun:
            drafts.delivery[""] = Change(DeliveryPlan(), self.plan)
        if self.new_management.plan.begun:
            drafts.management[""] = Change(ManagementPlan(), self.new_management.plan)
        for uid, edit in self.edits.items():
            if edit.begun:
                of_kind: dict[str, Any] = (
                    drafts.delivery if isinstance(edit, DeliveryEdit) else drafts.management
                )
                of_kind[uid] = Change(edit.filled(edit.seen), edit.plan)
        return drafts

    def go_on_with(self, drafts: Drafts, snapshot: Snapshot) -> None:
        """Fill the forms that nobody has begun with drafts; those for tokens that are gone are dropped."""
        if "" in drafts.delivery and not self.plan.begun:
            self.plan = replace(drafts.delivery[""].after, changes="")
        if "" in drafts.management and not self.new_management.plan.begun:
            self.new_management.plan = replace(drafts.management[""].after, changes="")
        delivery = [(snapshot.delivery_token(uid), draft) for uid, draft in drafts.delivery.items()]
        management = [(snapshot.management_token(uid), draft) for uid, draft in drafts.management.items()]
        edits: list[Any] = [(self.edit_of(token), draft) for token, draft in delivery if token]
        edits += [(self.management_edit_of(token), draft) for token, draft in management if token]
        for edit, draft in edits:
            if not edit.begun:
                plan = merged(draft.before, draft.after, edit.plan)
                edit.plan = replace(plan, changes=edit.seen.uid)

    def go_elsewhere(self) -> None:
        """To another stack: of a token in the making only name and description fit there too."""
        plan, other = self.plan, self.new_management.plan
        self.plan = DeliveryPlan(name=plan.name, description=plan.description)
        self.new_management.plan = ManagementPlan(name=other.name, description=other.description)
        self.edits.clear()
        self.recipe = None
