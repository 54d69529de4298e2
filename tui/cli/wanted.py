"""Turns the options that describe a token into the workspace's plan for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.contentstack.models import Token, TokenKind
from tui.messages.ages import day_of
from tui.messages.plan import (
    access_problem,
    environment_problem,
    expiry_problem,
    name_problem,
    scope_problem,
)
from tui.workspace.comparison import differences
from tui.workspace.plan import DEFAULT_BRANCH, Plan, form_of, parsed
from tui.workspace.snapshot import Snapshot

_DAYS = re.compile(r"([1-9]\d{0,4})d", re.ASCII)
_ALL = "$all"
_MOST_NAMED = 12


@dataclass(frozen=True)
class Wanted:
    """What the options say about a token; None or empty if they don't say.

    Attributes:
        expires: a number of days as "90d", a date, or "never".
    """

    name: str | None = None
    environments: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    description: str | None = None
    expires: str | None = None
    email_notice: bool | None = None
    preview: bool = False
    write: bool | None = None

    def check_words(self, kind: TokenKind) -> None:
        """Refuse options that this kind of token doesn't have, and an invalid expiry.

        Raises:
            CommandFailed: naming the option.
        """
        management = kind == "management"
        given = {
            "--env": (self.environments, not management),
            "--preview": (self.preview, not management),
            "--write": (self.write, management),
            "--expires": (self.expires, management),
            "--email-notice": (self.email_notice, management),
        }
        for option, (value, fits) in given.items():
            if value and not fits:
                raise _usage(f"{option} doesn't apply to {kind} tokens.")
        if self.expires is not None and self._days is None:
            is_day = parsed(self.expires) is not None
            if not is_day and self.expires != "never":
                what = f"--expires {self.expires}: this isn't a date."
                raise _usage(what, "Use 90d, 2026-10-31 or never.")

    @property
    def _days(self) -> timedelta | None:
        found = _DAYS.fullmatch(self.expires or "")
        return timedelta(days=int(found[1])) if found else None

    def plan(self, kind: TokenKind, snapshot: Snapshot, now: datetime) -> Plan:
        """Return the plan for a new token.

        Raises:
            CommandFailed: if the stack doesn't have what it names, or it's invalid.
        """
        plan = self.applied(Plan(kind), snapshot, now)
        if kind == "delivery" and not plan.environments:
            names = _listed(item.name for item in snapshot.environments.items)
            what = "A delivery token needs an environment: add --env NAME."
            raise _usage(what, f"Environments: {names}.")
        return plan

    def applied(self, plan: Plan, snapshot: Snapshot, now: datetime) -> Plan:
        """Return a plan with the options applied.

        A new token's branch is main by default.

        Raises:
            CommandFailed: if the stack doesn't have what they name.
        """
        self._check_names(snapshot)
        if self.name is not None:
            plan = replace(plan, name=self.name)
        if self.description is not None:
            plan = replace(plan, description=self.description)
        if self.environments:
            plan = replace(plan, environments=self.environments)
        plan = self._with_lanes(plan, snapshot)
        if self.preview:
            plan = replace(plan, with_preview=True)
        if self.write is not None:
            plan = replace(plan, write=self.write)
        if self.expires is not None:
            plan = self._with_end(plan, now)
        if self.email_notice is not None:
            plan = replace(plan, email_notice=self.email_notice)
        return plan

    def _with_lanes(self, plan: Plan, snapshot: Snapshot) -> Plan:
        branches, aliases = self.branches, self.aliases
        if not branches and not aliases:
            if plan.scope is not None or any(plan.lanes) or not snapshot.has_branches:
                return plan
            branches = (_default_branch(snapshot),)
        return replace(
            plan,
            scope_kind="branches" if branches else "aliases",
            branches=branches,
            aliases=aliases,
            both_kinds=bool(branches and aliases),
        )

    def _with_end(self, plan: Plan, now: datetime) -> Plan:
        if self.expires == "never":
            return plan.lasting("never", now.date())
        ends = self.expires or ""
        if days := self._days:
            ends = (now + days).date().isoformat()
        return replace(plan.lasting("date", now.date()), ends=ends)

    def _check_names(self, snapshot: Snapshot) -> None:
        listing = snapshot.environments
        # If the list is incomplete, a name may exist without being in it.
        if listing.whole:
            known = {item.name for item in listing.items}
            _check("environment", self.environments, known)
        if (self.branches or self.aliases) and not snapshot.has_branches:
            what = "This stack has no branches."
            raise CommandFailed(Exit.NOT_FOUND, what, next="Remove --branch.")
        if snapshot.branches.whole:
            _check("branch", self.branches, {*snapshot.branches.by_uid, _ALL})
        if snapshot.aliases.whole:
            _check("alias", self.aliases, {*snapshot.aliases.by_uid, _ALL})

    def changed(self, seen: Token, snapshot: Snapshot, now: datetime) -> Plan:
        """Return the plan that changes a token; what the options don't name stays.

        Raises:
            CommandFailed: if the stack doesn't have what they name.
        """
        plan = self.applied(form_of(seen).plan, snapshot, now)
        if self._keeps_life_of(seen, now):
            before = form_of(seen).plan
            plan = replace(plan, lifetime=before.lifetime, ends=before.ends)
            if self.email_notice is None:
                plan = replace(plan, email_notice=before.email_notice)
        return plan

    def _keeps_life_of(self, seen: Token, now: datetime) -> bool:
        """Return whether the token was created with the requested number of days.

        Counted from now, its expiry would move every day.
        """
        ends, created = seen.expires_on, seen.created_at
        if self._days is None or ends is None or created is None or ends <= now:
            return False
        return abs((ends - created) - self._days) <= timedelta(days=1)

    def differences(
        self, seen: Token, plan: Plan, snapshot: Snapshot, now: datetime
    ) -> tuple[str, ...]:
        """Return the fields in which a token differs from what's wanted."""
        request = plan.request(seen, has_branches=snapshot.has_branches)
        fields = list(differences(seen, request))
        if self.preview and seen.preview is None:
            fields.append("preview token")
        if seen.expires_on is not None and seen.expires_on <= now:
            fields.append(f"expired on {day_of(seen.expires_on)}")
        return tuple(fields)


def check_plan(
    plan: Plan, snapshot: Snapshot, now: datetime, seen: Token | None = None
) -> None:
    """Refuse a plan that the dashboard's form would refuse.

    Raises:
        CommandFailed: saying why.
    """
    if not plan.name.strip():
        raise _usage("A name is required.")
    if taken := name_problem(plan, snapshot, plan.token_names()):
        raise CommandFailed(Exit.CONFLICT, taken)
    problems = [scope_problem(plan, snapshot), access_problem(plan)]
    if plan.kind == "delivery":
        problems.append(environment_problem(plan, snapshot))
    else:
        problems.append(expiry_problem(plan, seen, now))
    for problem in filter(None, problems):
        raise _usage(problem)


def _default_branch(snapshot: Snapshot) -> str:
    known = snapshot.branches.by_uid
    if DEFAULT_BRANCH in known or not known:
        return DEFAULT_BRANCH
    if len(known) == 1:
        return next(iter(known))
    what = "This stack has no branch main: add --branch NAME."
    raise _usage(what, f"Branches: {_listed(known)}.")


def _check(what: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name in known:
            continue
        close = get_close_matches(name, known, n=1)
        meant = f"Did you mean {close[0]}? " if close else ""
        there = f"{meant}Known: {_listed(sorted(known - {_ALL}))}."
        raise CommandFailed(Exit.NOT_FOUND, f"There is no {what} {name}.", next=there)


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    words = ", ".join(listed[:_MOST_NAMED]) or "none"
    more = len(listed) - _MOST_NAMED
    return f"{words} and {more} more" if more > 0 else words


def _usage(what: str, next: str = "") -> CommandFailed:
    return CommandFailed(Exit.USAGE, what, next=next)
