"""A management token in the making, or being changed: the entries, and when it will end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from tui.contentstack.models import Access, ManagementDraft, ManagementToken
from tui.workspace.ages import day_of
from tui.workspace.comparison import moment_of
from tui.workspace.plan import Edit, Plan, entries_of
from tui.workspace.snapshot import Snapshot

Lifetime = Literal["never", "date", "30", "90", "365"]
LIFETIMES: tuple[Lifetime, ...] = ("never", "date", "30", "90", "365")
"""What can be chosen: never, a date, or so many days from today."""

NOTICE = timedelta(days=7)
"""So long before the end Contentstack sends its e-mail."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class ManagementPlan(Plan):
    """A management token's entries. `ends` is its last date as typed, or as worked out from a lifetime."""

    access: Access = "read"
    lifetime: Lifetime = "never"
    ends: str = ""
    email_notice: bool = False

    @classmethod
    def of(cls, token: ManagementToken) -> ManagementPlan:
        """What would make an equal token."""
        return cls(
            **entries_of(token),
            access=token.access,
            lifetime="never" if token.expires_on is None else "date",
            ends="" if token.expires_on is None else day_of(token.expires_on),
            email_notice=token.email_notice and token.expires_on is not None,
        )

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

    def draft(self, *, has_branches: bool) -> ManagementDraft:
        """What to ask Contentstack for."""
        return ManagementDraft(
            name=self.name,
            description=self.description,
            scope=self.scope(has_branches=has_branches),
            access=self.access,
            expires_on=self.expires_on,
            email_notice=self.email_notice and self.expires_on is not None,
        )

    def taken(self, names: Iterable[str], snapshot: Snapshot) -> str | None:
        """Whether Contentstack wants names of management tokens to be unique is not known; people do."""
        others = {token.name for token in snapshot.management.items if token.uid != self.changes}
        twin = next((name for name in names if name in others), None)
        return (
            f"A management token called {twin} exists in this stack; another name tells them apart."
            if twin is not None
            else None
        )


class ManagementEdit(Edit[ManagementToken, ManagementPlan]):
    """A management token that is being changed: all of it but its value."""

    @classmethod
    def filled(cls, token: ManagementToken) -> ManagementPlan:
        """The form filled with the token."""
        return replace(ManagementPlan.of(token), changes=token.uid)

    def draft(self, *, has_branches: bool) -> ManagementDraft:
        """The whole token as it is to be; its modules and what else came with it stay."""
        plan, seen = self.plan, self.seen
        # The date that is shown may hide a time of day, which an untouched date keeps.
        same = seen.expires_on is not None and plan.ends == day_of(seen.expires_on)
        expires_on = seen.expires_on if same and plan.lifetime != "never" else plan.expires_on
        return ManagementDraft(
            name=plan.name,
            description=plan.description,
            scope=self.scope(has_branches=has_branches),
            access=plan.access,
            expires_on=expires_on,
            email_notice=plan.email_notice and expires_on is not None,
            extra=seen.extra,
        )


def parsed(text: str) -> date | None:
    """A day written as 2026-10-31; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) and text.isascii() else None
    except ValueError:
        return None


def expiry_problem(plan: ManagementPlan, seen: ManagementToken | None, now: datetime) -> str | None:
    """Why the date won't do; None if it will. A date that the token has already may be over."""
    if plan.lifetime == "never":
        return None
    day = plan.expires_on
    if day is None:
        return "Type the date as in 2026-10-31, or mark another expiry."
    if seen is not None and seen.expires_on is not None and plan.ends == day_of(seen.expires_on):
        return None
    moment = moment_of(day)
    if moment is not None and moment <= now:
        return f"At {plan.ends}, 00:00 UTC, it would be expired already; take a later day."
    return None
