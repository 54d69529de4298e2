"""A delivery token in the making, or being changed: the entries, and what Contentstack will be asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal, Protocol

import msgspec

from tui.contentstack.models import DeliveryDraft, DeliveryToken
from tui.contentstack.scope import Scope
from tui.workspace.snapshot import Snapshot

ScopeKind = Literal["branches", "aliases"]


@dataclass(frozen=True)
class DeliveryPlan:
    """The wizard's entries. Several environments make several tokens: a delivery token serves one.

    `both_kinds` marks the scope of a token that came with branches and aliases at once; `changes` is the uid
    of the token that is changed, empty for a new one.
    """

    name: str = ""
    description: str = ""
    scope_kind: ScopeKind = "branches"
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    with_preview: bool = False
    both_kinds: bool = False
    changes: str = ""

    @classmethod
    def of(cls, token: DeliveryToken) -> DeliveryPlan:
        """What would make an equal token."""
        scope = token.scope
        return cls(
            name=token.name,
            description=token.description,
            scope_kind="aliases" if scope.aliases and not scope.branches else "branches",
            branches=scope.branches,
            aliases=scope.aliases,
            environments=scope.environments,
            with_preview=token.preview is not None,
            both_kinds=bool(scope.branches and scope.aliases),
        )

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self != DeliveryPlan()

    def token_names(self) -> tuple[str, ...]:
        """The names of the tokens to make, one for each environment."""
        if self.changes or len(self.environments) <= 1:
            return (self.name,)
        return tuple(f"{self.name}-{environment}" for environment in self.environments)

    def drafts(self, *, has_branches: bool) -> tuple[DeliveryDraft, ...]:
        """What to ask Contentstack for, one draft for each environment, in the order of the marks."""
        return tuple(
            DeliveryDraft(name, self.description, self.scope((environment,), has_branches=has_branches))
            for name, environment in zip(self.token_names(), self.environments, strict=True)
        )

    def scope(self, environments: tuple[str, ...], *, has_branches: bool) -> Scope:
        """The scope of a token that serves these environments."""
        branches = has_branches and (self.both_kinds or self.scope_kind == "branches")
        aliases = has_branches and (self.both_kinds or self.scope_kind == "aliases")
        return Scope(environments, self.branches if branches else (), self.aliases if aliases else ())

    def without(self, environments: set[str]) -> DeliveryPlan:
        """The plan for what is left once tokens for `environments` are made; names keep their form."""
        left = tuple(name for name in self.environments if name not in environments)
        name = f"{self.name}-{left[0]}" if len(left) == 1 and len(self.environments) > 1 else self.name
        return replace(self, environments=left, name=name)


@dataclass
class Edit:
    """A delivery token that is being changed: as it was read, and the entries."""

    seen: DeliveryToken
    plan: DeliveryPlan

    @classmethod
    def of(cls, token: DeliveryToken) -> Edit:
        """The form filled with the token."""
        return cls(token, replace(DeliveryPlan.of(token), changes=token.uid))

    @property
    def begun(self) -> bool:
        """Whether anything was changed."""
        return self.plan != Edit.of(self.seen).plan

    def draft(self, *, has_branches: bool) -> DeliveryDraft:
        """The whole token as it is to be: what the form does not show stays."""
        scope = self.plan.scope(self.plan.environments, has_branches=has_branches)
        if not has_branches:
            branches, aliases = self.seen.scope.branches, self.seen.scope.aliases
            scope = msgspec.structs.replace(scope, branches=branches, aliases=aliases)
        scope = msgspec.structs.replace(scope, other=self.seen.scope.other)
        return DeliveryDraft(self.plan.name, self.plan.description, scope)

    def rebase(self, current: DeliveryToken) -> None:
        """Take what somebody else changed since, except where it was changed here as well."""
        before, theirs = Edit.of(self.seen).plan, Edit.of(current).plan
        taken = {
            field.name: getattr(theirs, field.name)
            for field in fields(DeliveryPlan)
            if getattr(self.plan, field.name) == getattr(before, field.name)
        }
        self.seen, self.plan = current, replace(self.plan, **taken)


class Entries(Protocol):
    """Whatever holds a plan for the form."""

    plan: DeliveryPlan


def name_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the name won't do, as far as the last reading tells; None if it will."""
    if not plan.name:
        return "A name is required."
    return _taken(plan, snapshot)


def scope_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the marked branches or aliases won't do; None if they will."""
    if not snapshot.has_branches:
        return None
    if plan.both_kinds and (plan.branches or plan.aliases):
        return None
    if plan.scope_kind == "branches" and not plan.branches:
        return "Mark at least one branch with space."
    if plan.scope_kind == "aliases" and not plan.aliases:
        return "Mark at least one alias with space."
    return None


def environment_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the marked environments won't do; None if they will."""
    if not plan.environments:
        return "Mark an environment with space."
    if plan.changes and len(plan.environments) > _most_environments(plan, snapshot):
        return "A delivery token serves one environment: leave one of them marked."
    return _taken(plan, snapshot)


def _most_environments(plan: DeliveryPlan, snapshot: Snapshot) -> int:
    """One, as the guides have it, unless the token came with more."""
    token = snapshot.delivery_token(plan.changes)
    return max(1, len(token.scope.environments)) if token else 1


def _taken(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    taken = {token.name for token in snapshot.delivery.items if token.uid != plan.changes}
    for name in plan.token_names():
        if name in taken:
            return f"A delivery token called {name} exists in this stack; names are unique."
    return None
