"""A token in the making, or being changed.

The entries, and what Contentstack will be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from tui.contentstack.models import (
    DeliveryToken,
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.contentstack.scope import Scope
from tui.workspace.ages import day_of
from tui.workspace.comparison import moment_of
from tui.workspace.snapshot import Listing, Snapshot

TokenKind = Literal["delivery", "management"]
Lifetime = Literal["never", "date", "30", "90", "365"]
LIFETIMES: tuple[Lifetime, ...] = ("never", "date", "30", "90", "365")
"""What can be chosen: never, a date, or so many days from today."""
NOTICE = timedelta(days=7)
"""So long before the end Contentstack sends its e-mail."""

_ALL_MODULES = {"module": "$all", "acl": {"read": True}}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Plan:
    """The entries for a token; those that its kind does not have stay as they are.

    Several `environments` make several delivery tokens, since each serves one. `ends`
    is a management token's last date as typed, or as worked out from a lifetime.
    `both_kinds` marks the scope of a token that came with branches and aliases at once;
    `changes` is the uid of the token that is changed, empty for a new one. `scope` is
    that of the token it began with, None for none: what no entry changes stays as it
    is.
    """

    kind: TokenKind = "delivery"
    name: str = ""
    description: str = ""
    scope_kind: Literal["branches", "aliases"] = "branches"
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    both_kinds: bool = False
    changes: str = ""
    scope: Scope | None = None

    environments: tuple[str, ...] = ()
    with_preview: bool = False

    write: bool = False
    lifetime: Lifetime = "never"
    ends: str = ""
    email_notice: bool = False

    @property
    def lanes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The branches and aliases that are asked for."""
        branches = (
            self.branches if self.both_kinds or self.scope_kind == "branches" else ()
        )
        aliases = (
            self.aliases if self.both_kinds or self.scope_kind == "aliases" else ()
        )
        return branches, aliases

    @property
    def keeps_lanes(self) -> bool:
        """Whether branches and aliases are those of the token that it began with."""
        return self.scope is not None and self.lanes == (
            self.scope.branches,
            self.scope.aliases,
        )

    @property
    def keeps_environments(self) -> bool:
        """Whether the environments are those of the token that it began with."""
        return self.scope is not None and self.environments == self.scope.environments

    def token_names(self) -> tuple[str, ...]:
        """The names of the tokens to make, one for each environment."""
        if self.changes or len(self.environments) <= 1 or self.keeps_environments:
            return (self.name,)
        return tuple(f"{self.name}-{environment}" for environment in self.environments)

    def drafts(self, *, has_branches: bool) -> tuple[DeliveryTokenRequest, ...]:
        """What to ask Contentstack for, one draft for each environment, in the order of the marks.

        A scope that several environments came with stays one.
        """
        names = self.token_names()
        if len(names) == 1:
            return (self.draft(has_branches=has_branches),)
        named = zip(names, self.environments, strict=True)
        plans = (
            replace(self, name=name, environments=(environment,))
            for name, environment in named
        )
        return tuple(plan.draft(has_branches=has_branches) for plan in plans)

    def draft(self, seen: Token | None = None, *, has_branches: bool) -> Any:
        """The whole token as it is to be.

        Of one that was `seen` stays what the form does not show.
        """
        scope = self._scope(has_branches=has_branches)
        if self.kind == "delivery":
            return DeliveryTokenRequest(self.name, self.description, scope)
        changed = seen if isinstance(seen, ManagementToken) else None
        expires_on = (
            changed.expires_on
            if changed and self.keeps_end_of(changed)
            else self.expires_on
        )
        return ManagementTokenRequest(
            name=self.name,
            description=self.description,
            scope=scope,
            expires_on=expires_on,
            email_notice=self.email_notice and expires_on is not None,
            extra=changed.extra if changed else {},
        )

    def _scope(self, *, has_branches: bool) -> Scope:
        """The scope it began with, and in it only what the entries change."""
        scope = Scope() if self.scope is None else self.scope
        scope = scope if self.changes else scope.anew()
        if self.kind == "delivery":
            scope = scope.with_names("environment", self.environments)
        if has_branches:
            branches, aliases = self.lanes
            scope = scope.with_names("branch", branches).with_names(
                "branch_alias", aliases
            )
        if self.kind == "delivery":
            return scope
        if self.scope is None:
            scope = Scope((*scope.items, _ALL_MODULES))
        return scope.with_write(self.write)

    def without(self, environments: set[str]) -> Plan:
        """The plan for what is left once tokens for `environments` are made.

        Names keep their form.
        """
        left = tuple(name for name in self.environments if name not in environments)
        name = (
            f"{self.name}-{left[0]}"
            if len(left) == 1 and len(self.environments) > 1
            else self.name
        )
        return replace(self, environments=left, name=name)

    @property
    def expires_on(self) -> date | None:
        """The day at whose beginning, 00:00 UTC, the token ends.

        None for never, and for what is no day.
        """
        return None if self.lifetime == "never" else parsed(self.ends)

    def keeps_end_of(self, seen: Token | None) -> bool:
        """Whether the date is the one that the token has.

        It may be over, or hide a time of day.
        """
        ends = seen.expires_on if isinstance(seen, ManagementToken) else None
        return (
            ends is not None and self.lifetime != "never" and self.ends == day_of(ends)
        )

    def lasting(self, lifetime: Lifetime, today: date) -> Plan:
        """The plan with another lifetime.

        A number of days becomes the date that it comes to.
        """
        if lifetime == "never":
            return replace(self, lifetime=lifetime, ends="", email_notice=False)
        ends = (
            self.ends
            if lifetime == "date"
            else (today + timedelta(days=int(lifetime))).isoformat()
        )
        return replace(self, lifetime=lifetime, ends=ends)


@dataclass
class Form:
    """The entries for a new token, or for one that is changed.

    Then also the token as it was read.
    """

    plan: Plan
    seen: Any = None

    @property
    def blank(self) -> Plan:
        """The form as nobody has touched it."""
        return _filled(self.seen) if self.seen else Plan(self.plan.kind)

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self.plan != self.blank

    def draft(self, *, has_branches: bool) -> Any:
        """What to ask Contentstack for."""
        return self.plan.draft(self.seen, has_branches=has_branches)

    def rebase(self, current: Token) -> None:
        """Take what somebody else changed since, except where it was changed here as well."""
        self.plan = merged(self.blank, self.plan, _filled(current))
        self.seen = current


def form_of(token: Token) -> Form:
    """The form that changes a token, not yet touched."""
    return Form(_filled(token), token)


def plan_of(token: Token) -> Plan:
    """The plan that would make an equal token."""
    scope = token.scope
    plan = Plan(
        name=token.name,
        description=token.description,
        scope_kind="aliases" if scope.aliases and not scope.branches else "branches",
        branches=scope.branches,
        aliases=scope.aliases,
        both_kinds=bool(scope.branches and scope.aliases),
        scope=scope,
    )
    if isinstance(token, DeliveryToken):
        return replace(
            plan,
            environments=scope.environments,
            with_preview=token.preview is not None,
        )
    ends = token.expires_on
    return replace(
        plan,
        kind="management",
        write=scope.writes,
        lifetime="date" if ends else "never",
        ends=day_of(ends) if ends else "",
        email_notice=token.email_notice and ends is not None,
    )


def _filled(token: Token) -> Plan:
    """The entries that change nothing of a token."""
    return replace(plan_of(token), changes=token.uid)


def merged(before: Plan, ours: Plan, theirs: Plan) -> Plan:
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
        return (
            date.fromisoformat(text)
            if _DAY.fullmatch(text) and text.isascii()
            else None
        )
    except ValueError:
        return None


# Why entries won't do, as far as the last reading tells, in a sentence; None if they
# will.


def name_problem(
    plan: Plan, snapshot: Snapshot, names: Sequence[str] = ()
) -> str | None:
    """The name, or all that come of it.

    Whether Contentstack wants names of management tokens to be unique is not known;
    people do.
    """
    if not plan.name:
        return "A name is required."
    listing: Listing[Any] = getattr(snapshot, plan.kind)
    others = listing.names(but=plan.changes)
    replacement = next((name for name in names or (plan.name,) if name in others), None)
    unique = (
        "names are unique"
        if plan.kind == "delivery"
        else "another name tells them apart"
    )
    return (
        None
        if replacement is None
        else f"A {plan.kind} token called {replacement} exists in this stack; {unique}."
    )


def scope_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """The marked branches or aliases."""
    kind = "branch" if plan.scope_kind == "branches" else "alias"
    if any(plan.lanes) or plan.keeps_lanes or not snapshot.has_branches:
        return None
    return f"Mark at least one {kind}."


def environment_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """The marked environments.

    One, as the guides have it, unless the token came with more.
    """
    came_with = len(plan.scope.environments) if plan.scope else 1
    if not plan.environments and not plan.keeps_environments:
        return "Mark an environment."
    if plan.changes and len(plan.environments) > max(1, came_with):
        return "A delivery token serves one environment: leave one of them marked."
    return name_problem(plan, snapshot, plan.token_names())


def access_problem(plan: Plan) -> str | None:
    """The switch for writing: a token without modules has nothing to switch."""
    if plan.scope is None or plan.scope.has_modules or not plan.write:
        return None
    return "This token names no modules, so it can't be given the right to write here."


def expiry_problem(plan: Plan, seen: Token | None, now: datetime) -> str | None:
    """The date; one that the token has already may be over."""
    if plan.lifetime == "never" or plan.keeps_end_of(seen):
        return None
    moment = moment_of(plan.expires_on)
    if moment is None:
        return "Type the date as in 2026-10-31, or mark another expiry."
    if moment <= now:
        return (
            f"At {plan.ends}, 00:00 UTC, it would be expired already; take a later day."
        )
    return None
