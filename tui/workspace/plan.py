"""The entries for creating or changing a token, and the request they result in."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Literal

from tui.contentstack.models import (
    DeliveryTokenRequest,
    ManagementToken,
    ManagementTokenRequest,
    Token,
    TokenKind,
    TokenRequest,
)
from tui.contentstack.scope import Scope

Lifetime = Literal["never", "date", "30", "90", "365"]
LIFETIMES: tuple[Lifetime, ...] = ("never", "date", "30", "90", "365")
"""What can be chosen: never, a date, or a number of days from today."""
DEFAULT_BRANCH = "main"
"""The branch of a new token unless another is chosen, if the stack has this one."""
NOTICE = timedelta(days=7)
"""How long before a token expires Contentstack sends its e-mail."""

_ALL_MODULES = {"module": "$all", "acl": {"read": True}}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Plan:
    """The entries for a token; those that its kind doesn't have stay as they are.

    Attributes:
        both_kinds: whether the token came with both branches and aliases.
        changes: the uid of the token that is changed, empty for a new one.
        scope: the scope of the token it began with, None if there was none; what no
            entry changes stays as it is.
        environments: each gets its own delivery token, since a token serves only one.
        ends: a management token's last date as typed, or as worked out from a lifetime.
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
        """The branches and aliases to ask for."""
        if self.both_kinds:
            return self.branches, self.aliases
        if self.scope_kind == "branches":
            return self.branches, ()
        return (), self.aliases

    @property
    def keeps_lanes(self) -> bool:
        """Whether branches and aliases are still those of the token it began with."""
        if self.scope is None:
            return False
        return self.lanes == (self.scope.branches, self.scope.aliases)

    @property
    def keeps_environments(self) -> bool:
        """Whether the environments are still those of the token it began with."""
        return self.scope is not None and self.environments == self.scope.environments

    def token_names(self) -> tuple[str, ...]:
        """Return the names of the tokens to create, one for each environment."""
        if self.changes or len(self.environments) <= 1 or self.keeps_environments:
            return (self.name,)
        return tuple(f"{self.name}-{environment}" for environment in self.environments)

    def requests(self, *, has_branches: bool) -> tuple[DeliveryTokenRequest, ...]:
        """Return what to ask for: one delivery token for each environment.

        They are in the order of the marks. A scope that came with several environments
        stays one token.
        """
        names = self.token_names()
        if len(names) == 1:
            return (self.delivery_request(has_branches=has_branches),)
        requests = []
        for name, environment in zip(names, self.environments, strict=True):
            plan = replace(self, name=name, environments=(environment,))
            requests.append(plan.delivery_request(has_branches=has_branches))
        return tuple(requests)

    def request(self, seen: Token | None = None, *, has_branches: bool) -> TokenRequest:
        """Return the request for one token of the plan's kind.

        What the form doesn't show stays as it was `seen`.
        """
        if self.kind == "delivery":
            return self.delivery_request(has_branches=has_branches)
        changed = seen if isinstance(seen, ManagementToken) else None
        return self.management_request(changed, has_branches=has_branches)

    def delivery_request(self, *, has_branches: bool) -> DeliveryTokenRequest:
        """Return the request for one delivery token."""
        scope = self._scope(has_branches=has_branches)
        return DeliveryTokenRequest(self.name, self.description, scope)

    def management_request(
        self, seen: ManagementToken | None = None, *, has_branches: bool
    ) -> ManagementTokenRequest:
        """Return the request for a management token, see `request`."""
        expires_on = self.expires_on
        if seen and self.keeps_end_of(seen):
            expires_on = seen.expires_on
        return ManagementTokenRequest(
            name=self.name,
            description=self.description,
            scope=self._scope(has_branches=has_branches),
            expires_on=expires_on,
            email_notice=self.email_notice and expires_on is not None,
            extra=seen.extra if seen else {},
        )

    def _scope(self, *, has_branches: bool) -> Scope:
        """Return the scope it began with, changing only what the entries change."""
        scope = self.scope or Scope()
        if not self.changes:
            scope = scope.anew()
        if self.kind == "delivery":
            scope = scope.with_names("environment", self.environments)
        if has_branches:
            branches, aliases = self.lanes
            scope = scope.with_names("branch", branches)
            scope = scope.with_names("branch_alias", aliases)
        if self.kind == "delivery":
            return scope
        if self.scope is None:
            scope = Scope((*scope.items, _ALL_MODULES))
        return scope.with_write(self.write)

    def without(self, environments: set[str]) -> Plan:
        """Return the plan for the rest, once tokens for `environments` are created.

        Each token keeps the name that was planned for it.
        """
        left = tuple(name for name in self.environments if name not in environments)
        name = self.name
        if len(left) == 1 and len(self.environments) > 1:
            name = f"{self.name}-{left[0]}"
        return replace(self, environments=left, name=name)

    @property
    def expires_on(self) -> date | None:
        """The day on which the token expires, at 00:00 UTC.

        None for never, and for text that isn't a day.
        """
        return None if self.lifetime == "never" else parsed(self.ends)

    def keeps_end_of(self, seen: Token | None) -> bool:
        """Return whether the date is the one that the token already has.

        It may be in the past, or hide a time of day.
        """
        if seen is None or seen.expires_on is None:
            return False
        return self.lifetime != "never" and self.ends == str(seen.expires_on.date())

    def lasting(self, lifetime: Lifetime, today: date) -> Plan:
        """Return the plan with a different lifetime.

        A number of days is turned into a date.
        """
        if lifetime == "never":
            return replace(self, lifetime=lifetime, ends="", email_notice=False)
        if lifetime == "date":
            return replace(self, lifetime=lifetime)
        ends = today + timedelta(days=int(lifetime))
        return replace(self, lifetime=lifetime, ends=ends.isoformat())


@dataclass
class Form:
    """The entries for a new token.

    Attributes:
        seen: the token to change, None for a new one.
    """

    plan: Plan
    seen: Token | None = None

    @property
    def blank(self) -> Plan:
        """The untouched form."""
        return Plan(self.plan.kind)

    @property
    def begun(self) -> bool:
        """Whether anything was entered that would be a pity to lose."""
        return self.plan != self.blank

    def request(self, *, has_branches: bool) -> TokenRequest:
        """Return what to ask Contentstack for."""
        return self.plan.request(self.seen, has_branches=has_branches)


@dataclass
class EditForm(Form):
    """The entries for changing a token, and the token as it was read."""

    seen: Token

    @property
    def blank(self) -> Plan:
        """The entries that change nothing."""
        return _filled(self.seen)

    def rebase(self, current: Token) -> None:
        """Merge in what someone else changed since, but keep what was typed here."""
        self.plan = merged(self.blank, self.plan, _filled(current))
        self.seen = current


def form_of(token: Token) -> EditForm:
    """Return an untouched form for changing a token."""
    return EditForm(_filled(token), token)


def plan_of(token: Token) -> Plan:
    """Return the plan for creating a token like this one."""
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
    if token.kind == "delivery":
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
        ends=str(ends.date()) if ends else "",
        email_notice=token.email_notice and ends is not None,
    )


def _filled(token: Token) -> Plan:
    """Return the entries that change nothing in a token."""
    return replace(plan_of(token), changes=token.uid)


def merged(before: Plan, ours: Plan, theirs: Plan) -> Plan:
    """Return our entries if we changed them, otherwise theirs."""
    names = [field.name for field in fields(before)]
    untouched = [name for name in names if getattr(ours, name) == getattr(before, name)]
    return replace(ours, **{name: getattr(theirs, name) for name in untouched})


def parsed(text: str) -> date | None:
    """Read a day written as 2026-10-31; None for anything else."""
    if not _DAY.fullmatch(text) or not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
