"""What was entered and not sent yet, kept whichever screen is in front."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from tui.contentstack.models import TOKEN_KINDS, Token
from tui.state.drafts import Draft, Drafts
from tui.workspace.plan import EditForm, Form, Plan, form_of, merged
from tui.workspace.snapshot import Snapshot


class Forms(Mapping[str, Form]):
    """The forms by key: the kind for new tokens, the uid for existing ones."""

    def __init__(self) -> None:
        self._new: dict[str, Form] = {kind: Form(Plan(kind)) for kind in TOKEN_KINDS}
        self._edits: dict[str, EditForm] = {}

    def __getitem__(self, key: str) -> Form:
        return self._new[key] if key in self._new else self._edits[key]

    def __iter__(self) -> Iterator[str]:
        return chain(self._new, self._edits)

    def __len__(self) -> int:
        return len(self._new) + len(self._edits)

    @property
    def begun(self) -> bool:
        """Whether anything was typed that would be a pity to lose."""
        return any(form.begun for form in self.values())

    def edit_of(self, token: Token) -> EditForm:
        """Return the form for changing a token, as it was left.

        What someone else has changed in the token since is merged in.
        """
        edit = self._edits.setdefault(token.uid, form_of(token))
        edit.rebase(token)
        return edit

    def discard(self, uid: str) -> None:
        """Forget the form for changing a token, if there is one."""
        self._edits.pop(uid, None)

    @property
    def drafts(self) -> Drafts[Plan]:
        """Everything that was typed and not sent, by the keys of the forms."""
        return {
            key: Draft(form.blank, form.plan)
            for key, form in self.items()
            if form.begun
        }

    def restore(self, drafts: Drafts[Plan], snapshot: Snapshot) -> None:
        """Fill the forms that haven't been touched with drafts.

        Drafts for tokens that are gone are dropped.
        """
        for key, draft in drafts.items():
            token = snapshot.token(key)
            form = self.edit_of(token) if token else self.get(key)
            if form is None or form.begun or draft.after.kind != form.plan.kind:
                continue
            plan = merged(draft.before, draft.after, form.plan)
            form.plan = replace(plan, changes=form.plan.changes)

    def leave_stack(self) -> None:
        """Keep what fits another stack: a new token's name and description."""
        self._edits.clear()
        for form in self._new.values():
            form.plan = Plan(form.plan.kind, form.plan.name, form.plan.description)
