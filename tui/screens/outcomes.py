"""What a write will do and what came of it, in words; no widget is touched here."""

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
    """Return a fact for each field that saving would change: "main -> main, dev"."""
    facts = []
    for field in differences(seen, draft):
        before, after = _field_words(seen, field), _field_words(draft, field)
        facts.append(Fact(field.capitalize(), f"{before} -> {after}"))
    return facts


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
    """Say where Contentstack created something else than was asked; "" if nowhere."""
    parts = []
    for token in made.tokens:
        fields = made.otherwise.get(token.uid, ())
        if fields == ("preview token",):
            parts.append(
                f"{token.name} has no preview token, though one was asked for "
                "(the plan may not include it)"
            )
        elif fields:
            differing = ", ".join(fields)
            parts.append(f"{token.name} differs from what was asked in {differing}")
    return f"{'; '.join(parts)}. Shown is what Contentstack has." if parts else ""


def saved_words(saved: Token, draft: Version) -> str:
    """Say what came of saving."""
    fields = ", ".join(deviations(saved, draft))
    if not fields:
        return f"Saved {saved.name}."
    but = f"but Contentstack has something else than was asked in {fields}"
    return f"Saved {saved.name}, {but}."


def preview_words(token: DeliveryToken, key: str) -> str:
    """Say what came of asking for a preview token; `key` copies it."""
    if token.preview is None:
        return f"Contentstack answered, and {token.name} still has no preview token."
    return f"{token.name} has a preview token now; {key} copies it."


def failure_words(made: Created, key: str) -> str:
    """Say what of a batch was not created, and why; `key` goes on with it."""
    if made.failed is None:
        return ""
    words = f"Not made: {made.failed.name}. {made.error}"
    if made.untried:
        rest = ", ".join(request.name for request in made.untried)
        words += f" Not tried after that: {rest}."
    return f"{words} {key} goes on with them."


def ending_facts(
    tokens: Sequence[Token], snapshot: Snapshot, now: datetime, *, preview_only: bool
) -> tuple[str, list[Fact]]:
    """Return the title and the facts of a deletion that is still to be confirmed.

    What is to be deleted is all of the tokens, or only the preview token of the first.
    """
    token = tokens[0]
    if len(tokens) > 1:
        return _ending_of_many(tokens)
    # When a token was last used, Contentstack does not say.
    created = f"{ago(token.created_at, now)} by {snapshot.maker(token.created_by)}"
    told_apart = [Fact("Scope", _reach(token)), Fact("Created", created)]
    if preview_only:
        title = f"Delete the preview token of {token.name}"
        ends = (
            "Its preview token. What previews drafts with it stops at once; the "
            "delivery token goes on."
        )
        return title, [Fact("Ends", ends), *told_apart]
    ends = "The token, for good. Whatever uses it stops at once."
    if isinstance(token, DeliveryToken) and token.preview:
        ends = (
            "The token and its preview token, for good. Whatever uses them stops at "
            "once."
        )
    stays = (
        "Its name, description and scope stay at hand to make an equal token, with "
        "another value."
    )
    facts = [Fact("Ends", ends), Fact("Stays", stays), *told_apart]
    return f"Delete {token.name}", facts


def _ending_of_many(tokens: Sequence[Token]) -> tuple[str, list[Fact]]:
    count = len(tokens)
    ends = (
        "All of them, with their preview tokens. Whatever uses one of them stops at "
        "once."
    )
    lines = [f"{token.name} · {_reach(token)}" for token in tokens[:_MOST_NAMED]]
    if count > _MOST_NAMED:
        lines.append(f"… and {count - _MOST_NAMED} more")
    named = [Fact("Tokens" if line is lines[0] else " ", line) for line in lines]
    return f"Delete {count} tokens", [Fact("Ends", ends), *named]


def deletion_words(deletion: Deletion, key: str) -> str:
    """Say what came of deleting; `key` creates an equal token."""
    done, parts = deletion.done, []
    if done:
        last = "it" if len(done) == 1 else done[-1].name
        parts.append(f"Deleted {_and_more(done)}.")
        parts.append(f"{key} makes {last} again, with another value.")
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
    more = len(tokens) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names


def _reach(token: Token) -> str:
    """Return what tells a token from its neighbours: "production · main"."""
    if not isinstance(token, DeliveryToken):
        what = access_words(token)
    elif token.scope.environments:
        what = ", ".join(token.scope.environments)
    else:
        what = f"environment {environment_words(token.scope)}"
    parts = what, branch_words(token.scope)
    return " · ".join(part for part in parts if part != "-")


def step_facts(now: RotationState, leave_out: str) -> list[Fact]:
    """Return the checklist of a rotation; the key `leave_out` skips the last step."""
    rotation, at = now.rotation, list(RotationStep).index(now.step)
    words = (
        now.replacement.name if now.replacement else rotation.replacement_name,
        "it answers",
        "to all that use the old one",
        f"{rotation.old_name}, at work till then",
        f"{rotation.old_name}; {leave_out} leaves it out",
    )
    facts = []
    for number, (step, word) in enumerate(zip(RotationStep, words, strict=False)):
        box = "[x]" if number < at else "[ ]"
        facts.append(Fact(f"{box} {number + 1} {step.value}", word))
    return facts


def next_words(now: RotationState, moment: datetime, key: str) -> str:
    """Say what `key` does now."""
    if now.value_lost:
        return (
            f"{key}  Delete this twin: its value was shown once and not taken. "
            "Then another is made."
        )
    if now.step is RotationStep.MAKE and isinstance(now.old, ManagementToken):
        ends = replacement_end(now.old, moment)
        life = f" It ends on {ends:%Y-%m-%d}, 00:00 UTC." if ends else " It never ends."
        return f"{key}  {now.step.value}.{life}"
    return f"{key}  {now.step.value}"


def rotated_words(now: RotationState) -> str:
    """Say how a rotation ended."""
    old_name, replacement = now.rotation.old_name, now.replacement
    if replacement is None:
        return f"{old_name} was not rotated: no twin was made."
    if now.old is not None:
        return f"{old_name} still works beside its twin {replacement.name}."
    new_name = "its twin" if replacement.name == old_name else replacement.name
    return f"{old_name} is rotated: {new_name} took its place."


def again_words(checks: Sequence[Check]) -> str:
    """Say how long a host that does not know a new token is still asked."""
    waiting = [check.again for check in checks if check.finding is None]
    again = max(waiting, default=0.0)
    if not again:
        return ""
    return f"; not known there yet, tried again for up to {again:.0f} s"
