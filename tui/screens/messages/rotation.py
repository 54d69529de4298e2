"""A rotation in words: its steps, the next one, and how it ended."""

from __future__ import annotations

from datetime import datetime

from tui.contentstack.models import ManagementToken
from tui.widgets.facts_card import Fact
from tui.workspace.rotation import RotationState, RotationStep, replacement_end


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
    if now.step is RotationStep.CREATE and isinstance(now.old, ManagementToken):
        ends = replacement_end(now.old, moment)
        life = f" It ends on {ends:%Y-%m-%d}, 00:00 UTC." if ends else " It never ends."
        return f"{key}  {now.step.value}.{life}"
    return f"{key}  {now.step.value}"
