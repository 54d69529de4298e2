"""What is wrong with the entries for a token, according to the last reading.

Each function returns a sentence, or None if nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.contentstack.models import Token
from tui.workspace.comparison import moment_of
from tui.workspace.plan import Plan
from tui.workspace.snapshot import Snapshot


def name_problem(
    plan: Plan, snapshot: Snapshot, names: Sequence[str] = ()
) -> str | None:
    """Say what is wrong with the name, or with the `names` that result from it.

    It isn't known whether Contentstack requires unique names for management tokens,
    but people want them.
    """
    if not plan.name:
        return "A name is required."
    others = snapshot.listing(plan.kind).names(but=plan.changes)
    taken = next((name for name in names or (plan.name,) if name in others), None)
    if taken is None:
        return None
    unique = "names are unique"
    if plan.kind == "management":
        unique = "another name tells them apart"
    return f"A {plan.kind} token called {taken} exists in this stack; {unique}."


def scope_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """Say what is wrong with the marked branches or aliases."""
    kind = "branch" if plan.scope_kind == "branches" else "alias"
    if any(plan.lanes) or plan.keeps_lanes or not snapshot.has_branches:
        return None
    return f"Mark at least one {kind}."


def environment_problem(plan: Plan, snapshot: Snapshot) -> str | None:
    """Say what is wrong with the marked environments.

    A token has one, according to the guides, unless it came with more.
    """
    came_with = len(plan.scope.environments) if plan.scope else 1
    if not plan.environments and not plan.keeps_environments:
        return "Mark an environment."
    if plan.changes and len(plan.environments) > max(1, came_with):
        return "A delivery token serves one environment. Choose one of them."
    return name_problem(plan, snapshot, plan.token_names())


def access_problem(plan: Plan) -> str | None:
    """Say why a token can't be given the right to write.

    Without modules, there's nothing that the right could apply to.
    """
    if plan.scope is None or plan.scope.has_modules or not plan.write:
        return None
    return "This token names no modules, so Tokendeck can't give it write access."


def expiry_problem(plan: Plan, seen: Token | None, now: datetime) -> str | None:
    """Say what is wrong with the date; one that the token already has may be past."""
    if plan.lifetime == "never" or plan.keeps_end_of(seen):
        return None
    moment = moment_of(plan.expires_on)
    if moment is None:
        return "Type the date like 2026-10-31, or mark another expiry."
    if moment <= now:
        return (
            f"On {plan.ends} at 00:00 UTC it would already have expired. Choose a later"
            " day."
        )
    return None
