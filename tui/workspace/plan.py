"""A token in the making, or being changed: the entries, and what Contentstack will be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

import msgspec

from tui.contentstack.models import DeliveryDraft, DeliveryToken, ManagementDraft, ManagementToken, Token
from tui.contentstack.scope import Scope
from tui.workspace.snapshot import Snapshot

ScopeKind = Literal["branches", "aliases"]


@dataclass(frozen=True)
class Plan:
    """The entries that tokens of both kinds have.

    `both_kinds` marks the scope of a token that came with branches and aliases at once; `changes` is the uid
    of the token that is changed, empty for a new one.
    """

    name: str = ""
    description: str = ""
    scope_kind: ScopeKind = "branches"
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    both_kinds: bool = False
    changes: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self != type(self)()

    def scope(self, environments: tuple[str, ...] = (), *, has_branches: bool) -> Scope:
        """The scope of a token with these entries."""
        branches = has_branches and (self.both_kinds or self.scope_kind == "branches")
        aliases = has_branches and (self.both_kinds or self.scope_kind == "aliases")
        return Scope(environments, self.branches if branches else (), self.aliases if aliases else ())

    def taken(self, names: Iterable[str], snapshot: Snapshot) -> str | None:
        """That another token has one of these names, as far as the last reading tells; None if none has."""
        raise NotImplementedError


def entries_of(token: Token) -> dict[str, Any]:
    """The entries of a `Plan` that would make an equal token."""
    scope = token.scope
    return {
        "name": token.name,
        "description": token.description,
        "scope_kind": "aliases" if scope.aliases and not scope.branches else "branches",
        "branches": scope.branches,
        "aliases": scope.aliases,
        "both_kinds": bool(scope.branches and scope.aliases),
    }


@dataclass(frozen=True)
class DeliveryPlan(Plan):
    """A delivery token's entries. Several environments make several tokens: a token serves one."""

    environments: tuple[str, ...] = ()
    with_preview: bool = False

    @classmethod
    def of(cls, token: DeliveryToken) -> DeliveryPlan:
        """What would make an equal token."""
        return cls(
            **entries_of(token),
            environments=token.scope.environments,
            with_preview=token.preview is not None,
        )

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

    def without(self, environments: set[str]) -> DeliveryPlan:
        """The plan for what is left once tokens for `environments` are made; names keep their form."""
        left = tuple(name for name in self.environments if name not in environments)
        name = f"{self.name}-{left[0]}" if len(left) == 1 and len(self.environments) > 1 else self.name
        return replace(self, environments=left, name=name)

    def taken(self, names: Iterable[str], snapshot: Snapshot) -> str | None:
        """Names of delivery tokens are unique in a stack."""
        others = {token.name for token in snapshot.delivery.items if token.uid != self.changes}
        twin = next((name for name in names if name in others), None)
        return (
            f"A delivery token called {twin} exists in this stack; names are unique."
            if twin is not None
            else None
        )


Planned = TypeVar("Planned", bound=Plan)
Seen = TypeVar("Seen", DeliveryToken, ManagementToken)


class Entries(Protocol[Planned]):
    """Whatever holds a plan for the form."""

    plan: Planned


@dataclass
class Form(Generic[Planned]):
    """The entries for a new token."""

    plan: Planned


@dataclass
class Edit(Generic[Seen, Planned]):
    """A token that is being changed: as it was read, and the entries."""

    seen: Seen
    plan: Planned

    @classmethod
    def filled(cls, token: Seen) -> Planned:
        """The form filled with the token."""
        raise NotImplementedError

    @classmethod
    def of(cls, token: Seen) -> Self:
        """The form of a token, not yet touched."""
        return cls(token, cls.filled(token))

    @property
    def begun(self) -> bool:
        """Whether anything was changed."""
        return self.plan != self.filled(self.seen)

    def scope(self, environments: tuple[str, ...] = (), *, has_branches: bool) -> Scope:
        """The scope as it is to be: what the form does not show stays."""
        seen = self.seen.scope
        scope = self.plan.scope(environments, has_branches=has_branches)
        if not has_branches:
            scope = msgspec.structs.replace(scope, branches=seen.branches, aliases=seen.aliases)
        return msgspec.structs.replace(scope, other=seen.other)

    def draft(self, *, has_branches: bool) -> DeliveryDraft | ManagementDraft:
        """The whole token as it is to be."""
        raise NotImplementedError

    def rebase(self, current: Seen) -> None:
        """Take what somebody else changed since, except where it was changed here as well."""
        self.plan = merged(self.filled(self.seen), self.plan, self.filled(current))
        self.seen = current


def merged(before: Planned, ours: Planned, theirs: Planned) -> Planned:
    """Our entries where we changed them, else theirs."""
    taken = {
        field.name: getattr(theirs, field.name)
        for field in fields(before)
        if getattr(ours, field.name) == getattr(before, field.name)
    }
    return replace(ours, **taken)


class DeliveryEdit(Edit[DeliveryToken, DeliveryPlan]):
    """A delivery token that is being changed."""

    @classmethod
    def filled(cls, token: DeliveryToken) -> DeliveryPlan:
        """The form filled with the token."""
        return replace(DeliveryPlan.of(token), changes=token.uid)

    def draft(self, *, has_branches: bool) -> DeliveryDraft:
        """The whole token as it is to be."""
        scope = self.scope(self.plan.environments, has_branches=has_branches)
        return DeliveryDraft(self.plan.name, self.plan.description, scope)


def name_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """Why the name won't do, as far as the last reading tells; None if it will."""
    if not plan.name:
        return "A name is required."
    return plan.taken((plan.name,), snapshot)


def scope_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """Why the marked branches or aliases won't do; None if they will."""
    if not snapshot.has_branches:
        return None
    if plan.both_kinds and (plan.branches or plan.aliases):
        return None
    if plan.scope_kind == "branches" and not plan.branches:
        return "Mark at least one branch."
    if plan.scope_kind == "aliases" and not plan.aliases:
        return "Mark at least one alias."
    return None


def environment_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the marked environments won't do; None if they will."""
    if not plan.environments:
        return "Mark an environment."
    if plan.changes and len(plan.environments) > _most_environments(plan, snapshot):
        return "A delivery token serves one environment: leave one of them marked."
    return plan.taken(plan.token_names(), snapshot)


def _most_environments(plan: DeliveryPlan, snapshot: Snapshot) -> int:
    """One, as the guides have it, unless the token came with more."""
    token = snapshot.delivery_token(plan.changes)
    return max(1, len(token.scope.environments)) if token else 1
