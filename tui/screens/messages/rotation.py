"""A rotation in words: its steps, the next one, and how it ended."""

from __future__ import annotations

from datetime import datetime

from tui.contentstack.models import ManagementToken
from tui.display import shortened
from tui.messages.ages import day_and_time
from tui.widgets.facts_card import Fact
from tui.workspace.comparison import moment_of
from tui.workspace.rotation import RotationState, RotationStep, replacement_end

_COMING, _NOW, _FINISHED = "[ ]", "[>]", "[x]"
_TONES = {_COMING: "muted", _NOW: "strong", _FINISHED: "good"}

_MOST_NAMED = 5
_UP_TO_TARGETS = {
    RotationStep.CREATE: (
        "Create, verify and deliver a replacement to {}. The old token {old}."
    ),
    RotationStep.VERIFY: "Verify it and deliver it to {}.",
    RotationStep.EXPORT: "Deliver it to {}.",
}
"""What one key does if the old token has targets."""


def step_facts(now: RotationState, moment: datetime, skip: str) -> list[Fact]:
    """Return the checklist of a rotation; the key `skip` skips the last step."""
    rotation, at = now.rotation, list(RotationStep).index(now.step)
    old = shortened(rotation.old_name)
    new = now.replacement.name if now.replacement else rotation.replacement_name
    is_done = now.step is RotationStep.DONE
    words = (
        shortened(new),
        "check that it works",
        _whereto(now),
        _state_of_old(now, moment),
        old if is_done else f"{old} ({skip} skips this)",
    )
    facts = []
    for number, (step, word) in enumerate(zip(RotationStep, words, strict=False)):
        box = _box(number, at)
        label = f"{box} {number + 1} {_step_words(now, step)}"
        facts.append(Fact(label, word, tone=_TONES[box]))
    return facts


def _whereto(now: RotationState) -> str:
    """Say where the value must go, and where it has arrived."""
    rotation = now.rotation
    if not rotation.targets:
        return "to everything that uses the old one"
    count = len(rotation.targets)
    words = ", ".join(rotation.targets)
    return f"to {words}; {count - len(now.pending)} of {count} done"


def _step_words(now: RotationState, step: RotationStep) -> str:
    if step is RotationStep.EXPORT and now.rotation.targets:
        return "Deliver it"
    return step.value


def _box(number: int, at: int) -> str:
    if number == at:
        return _NOW
    return _FINISHED if number < at else _COMING


def next_words(now: RotationState, moment: datetime, key: str) -> str:
    """Say what `key` does now."""
    if now.value_lost:
        return (
            f"{key}  Delete this replacement, whose value was never copied, and create"
            " another."
        )
    words = f"{key}  {_with_what_follows(now, moment)}"
    if now.step is RotationStep.CREATE and isinstance(now.old, ManagementToken):
        ends = replacement_end(now.old, moment)
        life = "It never expires."
        if ends:
            life = f"It expires {day_and_time(moment_of(ends))}."
        return f"{words.removesuffix('.')}. {life}"
    return words


def _state_of_old(now: RotationState, moment: datetime) -> str:
    old, steps = shortened(now.rotation.old_name), list(RotationStep)
    if steps.index(now.step) > steps.index(RotationStep.DELETE):
        return f"{old} no longer works"
    if _is_expired(now, moment):
        return f"{old}; it has expired"
    return f"{old}; it works until then"


def _is_expired(now: RotationState, moment: datetime) -> bool:
    ends = now.old.expires_on if now.old else None
    return ends is not None and ends <= moment


def _with_what_follows(now: RotationState, moment: datetime) -> str:
    """Return the next step, with what the same key does after it."""
    pending = now.pending
    targets = ", ".join(map(shortened, pending[:_MOST_NAMED]))
    if more := pending[_MOST_NAMED:]:
        targets += f" and {len(more)} more"
    follows = _UP_TO_TARGETS.get(now.step) if pending else None
    if follows is None:
        return _step_words(now, now.step)
    old = "has expired" if _is_expired(now, moment) else "still works"
    return follows.format(targets, old=old)
