"""A delivery token in the making: the wizard's entries, and what Contentstack will be asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tui.contentstack.models import DeliveryDraft
from tui.contentstack.scope import Scope
from tui.workspace.snapshot import Snapshot

ScopeKind = Literal["branches", "aliases"]


@dataclass(frozen=True)
class DeliveryPlan:
    """The wizard's entries. Several environments make several tokens: a delivery token serves one."""

    name: str = ""
    description: str = ""
    scope_kind: ScopeKind = "branches"
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    with_preview: bool = False

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self != DeliveryPlan()

    def token_names(self) -> tuple[str, ...]:
        """The names of the tokens to make, one for each environment."""
        if len(self.environments) <= 1:
            return (self.name,)
        return tuple(f"{self.name}-{environment}" for environment in self.environments)

    def drafts(self, *, has_branches: bool) -> tuple[DeliveryDraft, ...]:
        """What to ask Contentstack for, one draft for each environment, in the order of the marks."""
        branches = self.branches if has_branches and self.scope_kind == "branches" else ()
        aliases = self.aliases if has_branches and self.scope_kind == "aliases" else ()
        return tuple(
            DeliveryDraft(
                name=name,
                description=self.description,
                scope=Scope(environments=(environment,), branches=branches, aliases=aliases),
            )
            for name, environment in zip(self.token_names(), self.environments, strict=True)
        )

    def without(self, environments: set[str]) -> DeliveryPlan:
        """The plan for what is left once tokens for `environments` are made; names keep their form."""
        left = tuple(name for name in self.environments if name not in environments)
        name = f"{self.name}-{left[0]}" if len(left) == 1 and len(self.environments) > 1 else self.name
        return replace(self, environments=left, name=name)


def name_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the name won't do, as far as the last reading tells; None if it will."""
    if not plan.name:
        return "A name is required."
    return _taken(plan.token_names(), snapshot)


def scope_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """Why the marked branches or aliases won't do; None if they will."""
    if not snapshot.has_branches:
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
    return _taken(plan.token_names(), snapshot)


def _taken(names: tuple[str, ...], snapshot: Snapshot) -> str | None:
    taken = {token.name for token in snapshot.delivery.items}
    for name in names:
        if name in taken:
            return f"A delivery token called {name} exists in this stack; names are unique."
    return None
