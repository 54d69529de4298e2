"""What a write will do and what came of it, in words.

Pure: no widget is touched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.contentstack.models import (
    DeliveryToken,
    ManagementToken,
    ManagementTokenRequest,
    Token,
)
from tui.screens.presentation import branch_words, environment_words
from tui.screens.rights import access_words, rights_words
from tui.widgets.facts_card import Fact
from tui.workspace.ages import ago, day_and_hour
from tui.workspace.comparison import Version, deviations, differences, moment_of
from tui.workspace.creation import Created
from tui.workspace.rotation import RotationState, RotationStep, replacement_end
from tui.workspace.snapshot import Snapshot
from tui.workspace.verification import Check
from tui.workspace.writing import Deletion

_MOST_NAMED = 8


def change_facts(seen: Version, draft: Version) -> list[Fact]:
    """What saving a draft would change: a fact for each field, "main -> main, dev"."""
    return [
        Fact(
            field.capitalize(),
            f"{_field_words(seen, field)} -> {_field_words(draft, field)}",
        )
        for field in differences(seen, draft)
    ]


def _field_words(version: Version, field: str) -> str:
    scope = version.scope
    words = {
        "name": version.name,
        "description": version.description,
        "environments": ", ".join(scope.environments),
        "branches": ", ".join(scope.branches),
        "aliases": ", ".join(scope.aliases),
        "access": rights_words(version),
    }
    if isinstance(version, ManagementToken | ManagementTokenRequest):
        moment = moment_of(version.expires_on)
        words["expiry"] = day_and_hour(moment) if moment else "never"
        words["e-mail notice"] = "on" if version.email_notice else "off"
    return words[field] or "none"


def otherwise_words(made: Created) -> str:
    """Where Contentstack made something else than was asked.

    What is shown is its word, not the form's.
    """
    parts = [
        f"{token.name} has no preview token, though one was asked for (the plan may not include it)"
        if fields == ("preview token",)
        else f"{token.name} differs from what was asked in {', '.join(fields)}"
        for token in made.tokens
        for fields in [made.otherwise.get(token.uid, ())]
        if fields
    ]
    return f"{'; '.join(parts)}. Shown is what Contentstack has." if parts else ""


def saved_words(saved: Token, draft: Version) -> str:
    """What came of saving."""
    fields = ", ".join(deviations(saved, draft))
    but = (
        f", but Contentstack has something else than was asked in {fields}"
        if fields
        else ""
    )
    return f"Saved {saved.name}{but}."


def preview_words(token: DeliveryToken, key: str) -> str:
    """What came of asking for a preview token; `key` copies it."""
    if token.preview is None:
        return f"Contentstack answered, and {token.name} still has no preview token."
    return f"{token.name} has a preview token now; {key} copies it."


def failure_words(made: Created, key: str) -> str:
    """What of a batch was not made, and why; `key` goes on with it."""
    if made.failed is None:
        return ""
    rest = ", ".join(draft.name for draft in made.untried)
    untried = f" Not tried after that: {rest}." if rest else ""
    return (
        f"Not made: {made.failed.name}. {made.error}{untried} {key} goes on with them."
    )


def ending_facts(
    tokens: Sequence[Token], snapshot: Snapshot, now: datetime, *, preview_only: bool
) -> tuple[str, list[Fact]]:
    """A title, and what ends when these tokens are deleted, or only the preview token of the first."""
    token, count = tokens[0], len(tokens)
    if count > 1:
        ends = "All of them, with their preview tokens. Whatever uses one of them stops at once."
        lines = [f"{item.name} · {_reach(item)}" for item in tokens[:_MOST_NAMED]]
        lines += [f"… and {count - _MOST_NAMED} more"] if count > _MOST_NAMED else []
        named = [
            Fact(" " if number else "Tokens", line) for number, line in enumerate(lines)
        ]
        return f"Delete {count} tokens", [Fact("Ends", ends), *named]
    title, stays = f"Delete {token.name}", []
    if preview_only:
        title = f"Delete the preview token of {token.name}"
        ends = "Its preview token. What previews drafts with it stops at once; the delivery token goes on."
    else:
        ends = "The token, for good. Whatever uses it stops at once."
        if isinstance(token, DeliveryToken) and token.preview:
            ends = "The token and its preview token, for good. Whatever uses them stops at once."
        last_deleted = "Its name, description and scope stay at hand to make an equal token, with another value."
        stays = [Fact("Stays", last_deleted)]
    # What tells it from its neighbours. When it was last used, Contentstack does not
    # say.
    made = f"{ago(token.created_at, now)} by {snapshot.maker(token.created_by)}"
    return title, [
        Fact("Ends", ends),
        *stays,
        Fact("Scope", _reach(token)),
        Fact("Created", made),
    ]


def deletion_words(deletion: Deletion, key: str) -> str:
    """What came of deleting; `key` makes an equal token again."""
    done, parts = deletion.done, []
    if done:
        again = f" {key} makes {'it' if len(done) == 1 else f'{done[-1].name}'} again, with another value."
        parts.append(f"Deleted {_and_more(done)}." + again)
    if deletion.gone:
        parts.append(
            f"Gone already, deleted by somebody else: {_and_more(deletion.gone)}."
        )
    if deletion.failed is not None:
        parts.append(f"Not deleted: {deletion.failed.name}.")
    if deletion.untried:
        parts.append(f"Not tried: {_and_more(deletion.untried)}.")
    return " ".join(parts)


def _and_more(tokens: Sequence[Token]) -> str:
    names = ", ".join(token.name for token in tokens[:_MOST_NAMED])
    return (
        f"{names} and {len(tokens) - _MOST_NAMED} more"
        if len(tokens) > _MOST_NAMED
        else names
    )


def _reach(token: Token) -> str:
    if isinstance(token, DeliveryToken):
        named = token.scope.environments
        what = (
            ", ".join(named)
            if named
            else f"environment {environment_words(token.scope)}"
        )
    else:
        what = access_words(token)
    parts = what, branch_words(token.scope)
    return " · ".join(part for part in parts if part != "-")


def step_facts(now: RotationState, leave_out: str) -> list[Fact]:
    """The checklist of a rotation, a line for each step.

    The key `leave_out` goes past a wish.
    """
    rotation, at = now.rotation, list(RotationStep).index(now.step)
    words = (
        now.replacement.name if now.replacement else rotation.replacement_name,
        "it answers",
        "to all that use the old one",
        f"{rotation.old_name}, at work till then",
        f"{rotation.old_name}; {leave_out} leaves it out",
    )
    return [
        Fact(f"[{'x' if number < at else ' '}] {number + 1} {step.value}", word)
        for number, (step, word) in enumerate(zip(RotationStep, words, strict=False))
    ]


def next_words(now: RotationState, moment: datetime, key: str) -> str:
    """What `key` does now."""
    if now.value_lost:
        return f"{key}  Delete this twin: its value was shown once and not taken. Then another is made."
    if now.step is RotationStep.MAKE and isinstance(now.old, ManagementToken):
        ends = replacement_end(now.old, moment)
        life = f" It ends on {ends:%Y-%m-%d}, 00:00 UTC." if ends else " It never ends."
        return f"{key}  {now.step.value}.{life}"
    return f"{key}  {now.step.value}"


def rotated_words(now: RotationState) -> str:
    """How a rotation ended."""
    if now.replacement is None:
        return f"{now.rotation.old_name} was not rotated: no twin was made."
    if now.old is not None:
        return f"{now.rotation.old_name} still works beside its twin {now.replacement.name}."
    replacement = (
        "its twin"
        if now.replacement.name == now.rotation.old_name
        else now.replacement.name
    )
    return f"{now.rotation.old_name} is rotated: {replacement} took its place."


def again_words(checks: Sequence[Check]) -> str:
    """For how many seconds a host that does not know a new token is still asked, if any is."""
    again = max((check.again for check in checks if check.finding is None), default=0.0)
    return (
        f"; not known there yet, tried again for up to {again:.0f} s" if again else ""
    )
