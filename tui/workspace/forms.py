"""What was entered and not yet sent, kept whatever screen is in front."""

from __future__ import annotations

from dataclasses import replace

from tui.contentstack.models import DeliveryToken, ManagementToken, Token
from tui.state.drafts import Draft, Drafts
from tui.workspace.plan import Form, Plan, TokenKind, form_of, merged, plan_of
from tui.workspace.snapshot import Snapshot

NEW: tuple[TokenKind, ...] = ("delivery", "management")


class Forms:
    """The forms for new tokens and for tokens that are changed.

    Attributes:
        forms: by "delivery" and "management" for new tokens, by uid for changed ones.
        recipe: the token that was deleted last, to make an equal one.
        untaken: a new management token with its value, until that was copied or handed
            out.
    """

    def __init__(self) -> None:
        self.forms: dict[str, Form] = {kind: Form(Plan(kind)) for kind in NEW}
        self.last_deleted: Token | None = None
        self.uncollected: ManagementToken | None = None

    @property
    def at_stake(self) -> str | None:
        """What would be lost by quitting, in a sentence; None if nothing would."""
        if self.uncollected is not None:
            return f"The value of {self.uncollected.name} was not taken, and it is shown only this once."
        if any(form.begun for form in self.forms.values()):
            return "What you typed for a token would be forgotten."
        return None

    def take_last_deleted(self, kind: str) -> Token | None:
        """Fill the form with the token that was deleted last, once, if it is of this kind."""
        last_deleted = self.last_deleted
        if last_deleted is None or (kind == "delivery") != isinstance(
            last_deleted, DeliveryToken
        ):
            return None
        self.forms[kind].plan, self.last_deleted = plan_of(last_deleted), None
        return last_deleted

    def edit_of(self, token: Token) -> Form:
        """The form that changes a token.

        As it was left, brought up to what was read since.
        """
        edit = self.forms.setdefault(token.uid, form_of(token))
        edit.rebase(token)
        return edit

    @property
    def drafts(self) -> Drafts[Plan]:
        """All that was typed and not sent, under the keys of its forms."""
        return {
            key: Draft(form.blank, form.plan)
            for key, form in self.forms.items()
            if form.begun
        }

    def go_on_with(self, drafts: Drafts[Plan], snapshot: Snapshot) -> None:
        """Fill the forms that nobody has begun with drafts.

        Those for tokens that are gone are dropped.
        """
        for key, draft in drafts.items():
            token = snapshot.delivery_token(key) or snapshot.management_token(key)
            form = self.edit_of(token) if token else self.forms.get(key)
            if (
                form is not None
                and not form.begun
                and draft.after.kind == form.plan.kind
            ):
                plan = merged(draft.before, draft.after, form.plan)
                form.plan = replace(plan, changes=form.plan.changes)

    def go_elsewhere(self) -> None:
        """To another stack: of a token in the making only name and description fit there too."""
        self.last_deleted = None
        for key, form in tuple(self.forms.items()):
            if key in NEW:
                form.plan = Plan(form.plan.kind, form.plan.name, form.plan.description)
            else:
                del self.forms[key]
