"""A token in the making, or being changed: the entries, and what Contentstack will be asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

from tui.contentstack.models import (
    DeliveryDraft,
    DeliveryToken,
    ManagementDraft,
    ManagementToken,
    Token,
)
from tui.contentstack.scope import Scope
from tui.workspace.ages import day_of
from tui.workspace.comparison import moment_of
from tui.workspace.snapshot import Listing, Snapshot

ScopeKind = Literal["branches", "aliases"]
Lifetime = Literal["never", "date", "30", "90", "365"]
LIFETIMES: tuple[Lifetime, ...] = ("never", "date", "30", "90", "365")
"""What can be chosen: never, a date, or so many days from today."""
NOTICE = timedelta(days=7)
"""So long before the end Contentstack sends its e-mail."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Plan:
    """The entries that tokens of both kinds have.

    `both_kinds` marks the scope of a token that came with branches and aliases at once; `changes` is the uid
    of the token that is changed, empty for a new one.
    """

    KIND: ClassVar[Literal["delivery", "management"]]
    TAKEN: ClassVar[str]

    name: str = ""
    description: str = ""
    scope_kind: ScopeKind = "branches"
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    both_kinds: bool = False
    changes: str = ""

    def token_names(self) -> tuple[str, ...]:
        """The names of the tokens to make."""
        return (self.name,)

    def draft(self, seen: Any = None, *, has_branches: bool) -> DeliveryDraft | ManagementDraft:
        """The whole token as it is to be; of one that was `seen` stays what the form does not show."""
        raise NotImplementedError

    def scope(self, seen: Token | None, environments: tuple[str, ...] = (), *, has_branches: bool) -> Scope:
        """The scope of a token with these entries."""
        before = seen.scope if seen else Scope()
        if not has_branches:
            return Scope(environments, before.branches, before.aliases, before.other)
        branches = self.branches if self.both_kinds or self.scope_kind == "branches" else ()
        aliases = self.aliases if self.both_kinds or self.scope_kind == "aliases" else ()
        return Scope(environments, branches, aliases, before.other)


@dataclass(frozen=True)
class DeliveryPlan(Plan):
    """A delivery token's entries. Several environments make several tokens: a token serves one."""

    KIND = "delivery"
    TAKEN = "names are unique."

    environments: tuple[str, ...] = ()
    with_preview: bool = False

    def token_names(self) -> tuple[str, ...]:
        """One for each environment."""
        if self.changes or len(self.environments) <= 1:
            return (self.name,)
        return tuple(f"{self.name}-{environment}" for environment in self.environments)

    def drafts(self, *, has_branches: bool) -> tuple[DeliveryDraft, ...]:
        """What to ask Contentstack for, one draft for each environment, in the order of the marks."""
        return tuple(
            DeliveryDraft(name, self.description, self.scope(None, (environment,), has_branches=has_branches))
            for name, environment in zip(self.token_names(), self.environments, strict=True)
        )

    def draft(self, seen: DeliveryToken | None = None, *, has_branches: bool) -> DeliveryDraft:
        """One token with all the environments."""
        scope = self.scope(seen, self.environments, has_branches=has_branches)
        return DeliveryDraft(self.name, self.description, scope)

    def without(self, environments: set[str]) -> DeliveryPlan:
        """The plan for what is left once tokens for `environments` are made; names keep their form."""
        left = tuple(name for name in self.environments if name not in environments)
        name = f"{self.name}-{left[0]}" if len(left) == 1 and len(self.environments) > 1 else self.name
        return replace(self, environments=left, name=name)


@dataclass(frozen=True)
class ManagementPlan(Plan):
    """A management token's entries. `ends` is its last date as typed, or as worked out from a lifetime."""

    KIND = "management"
    TAKEN = "another name tells them apart."

    write: bool = False
    lifetime: Lifetime = "never"
    ends: str = ""
    email_notice: bool = False

    @property
    def expires_on(self) -> date | None:
        """The day at whose beginning, 00:00 UTC, the token ends; None for never, and for what is no day."""
        return None if self.lifetime == "never" else parsed(self.ends)

    def lasting(self, lifetime: Lifetime, today: date) -> ManagementPlan:
        """The plan with another lifetime; a number of days becomes the date that it comes to."""
        if lifetime == "never":
            return replace(self, lifetime=lifetime, ends="", email_notice=False)
        ends = self.ends if lifetime == "date" else (today + timedelta(days=int(lifetime))).isoformat()
        return replace(self, lifetime=lifetime, ends=ends)

    def keeps_end_of(self, seen: ManagementToken | None) -> bool:
        """Whether the date is the one that the token has: it may be over, or hide a time of day."""
        ends = seen.expires_on if seen else None
        return ends is not None and self.lifetime != "never" and self.ends == day_of(ends)

    def draft(self, seen: ManagementToken | None = None, *, has_branches: bool) -> ManagementDraft:
        """The whole token; an untouched date keeps its time of day."""
        expires_on = seen.expires_on if seen and self.keeps_end_of(seen) else self.expires_on
        return ManagementDraft(
            name=self.name,
            description=self.description,
            scope=self.scope(seen, has_branches=has_branches),
            access="read+write" if self.write else "read",
            expires_on=expires_on,
            email_notice=self.email_notice and expires_on is not None,
            extra=seen.extra if seen else {},
        )


Planned = TypeVar("Planned", bound=Plan)


@dataclass
class Form(Generic[Planned]):
    """The entries for a new token, or for one that is changed: then also the token as it was read."""

    plan: Planned
    seen: Any = None

    @classmethod
    def of(cls, token: Token) -> Form[Any]:
        """The form of a token, not yet touched."""
        return cls(filled(token), token)

    @property
    def blank(self) -> Planned:
        """The form as nobody has touched it."""
        return filled(self.seen) if self.seen else type(self.plan)()

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self.plan != self.blank

    def draft(self, *, has_branches: bool) -> Any:
        """What to ask Contentstack for."""
        return self.plan.draft(self.seen, has_branches=has_branches)

    def rebase(self, current: Token) -> None:
        """Take what somebody else changed since, except where it was changed here as well."""
        self.plan = merged(self.blank, self.plan, filled(current))
        self.seen = current


def plan_of(token: Token) -> Any:
    """The plan that would make an equal token."""
    scope, expires_on = token.scope, None if isinstance(token, DeliveryToken) else token.expires_on
    entries: dict[str, Any] = {
        "name": token.name,
        "description": token.description,
        "scope_kind": "aliases" if scope.aliases and not scope.branches else "branches",
        "branches": scope.branches,
        "aliases": scope.aliases,
        "both_kinds": bool(scope.branches and scope.aliases),
    }
    if isinstance(token, DeliveryToken):
        return DeliveryPlan(
            **entries, environments=scope.environments, with_preview=token.preview is not None
        )
    return ManagementPlan(
        **entries,
        write=token.access == "read+write",
        lifetime="date" if expires_on else "never",
        ends=day_of(expires_on) if expires_on else "",
        email_notice=token.email_notice and expires_on is not None,
    )


def filled(token: Token) -> Any:
    """The entries that change nothing of a token."""
    return replace(plan_of(token), changes=token.uid)


def merged(before: Planned, ours: Planned, theirs: Planned) -> Planned:
    """Our entries where we changed them, else theirs."""
    taken = {
        field.name: getattr(theirs, field.name)
        for field in fields(before)
        if getattr(ours, field.name) == getattr(before, field.name)
    }
    return replace(ours, **taken)


def parsed(text: str) -> date | None:
    """A day written as 2026-10-31; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) and text.isascii() else None
    except ValueError:
        return None


# Why entries won't do, as far as the last reading tells, in a sentence; None if they will.


def name_problem(plan: Plan, snapshot: Snapshot, names: Sequence[str] = ()) -> str | None:
    """The name, or all that come of it.

    Whether Contentstack wants names of management tokens to be unique is not known; people do.
    """
    if not plan.name:
        return "A name is required."
    listing: Listing[Any] = getattr(snapshot, plan.KIND)
    others = {token.name for token in listing.items if token.uid != plan.changes}
    twin = next((name for name in names or (plan.name,) if name in others), None)
    return None if twin is None else f"A {plan.KIND} token called {twin} exists in this stack; {plan.TAKEN}"


def scope_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """The marked branches or aliases."""
    if not snapshot.has_branches or (plan.both_kinds and (plan.branches or plan.aliases)):
        return None
    if plan.scope_kind == "branches":
        return None if plan.branches else "Mark at least one branch."
    return None if plan.aliases else "Mark at least one alias."


def environment_problem(plan: DeliveryPlan, snapshot: Snapshot) -> str | None:
    """The marked environments: one, as the guides have it, unless the token came with more."""
    token = snapshot.delivery_token(plan.changes)
    if not plan.environments:
        return "Mark an environment."
    if plan.changes and len(plan.environments) > max(1, len(token.scope.environments) if token else 1):
        return "A delivery token serves one environment: leave one of them marked."
    return name_problem(plan, snapshot, plan.token_names())


def expiry_problem(plan: ManagementPlan, seen: ManagementToken | None, now: datetime) -> str | None:
    """The date; one that the token has already may be over."""
    if plan.lifetime == "never" or plan.keeps_end_of(seen):
        return None
    moment = moment_of(plan.expires_on)
    if moment is None:
        return "Type the date as in 2026-10-31, or mark another expiry."
    if moment <= now:
        return f"At {plan.ends}, 00:00 UTC, it would be expired already; take a later day."
    return None
