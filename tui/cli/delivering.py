"""Delivers a token to the targets that `--to` names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.run import CommandRun
from tui.display import visible
from tui.export.source import Source
from tui.files.refusal import FileRefused

if TYPE_CHECKING:
    from tui.targets.delivering import Delivery


def check_targets(run: CommandRun, names: Iterable[str]) -> None:
    """Refuse targets that can't be delivered to, before any call.

    Raises:
        CommandFailed: if there's no such target, or no one to ask about it.
    """
    targets = run.settings.targets
    for name in names:
        if name not in targets:
            known = ", ".join(map(visible, targets)) or "none yet"
            near = get_close_matches(name, targets, 1)
            next = f"Did you mean {near[0]}?" if near else f"Targets: {known}."
            what = f"--to: there's no target {visible(name)}."
            raise CommandFailed(Exit.USAGE, what, next=next)
        if targets[name].confirm and not sys.stdin.isatty():
            what = f"--to: {name} asks before each delivery."
            next = "Run this in a terminal, or remove `confirm` from the configuration."
            raise CommandFailed(Exit.USAGE, what, next=next)


async def deliver_source(
    run: CommandRun, source: Source, names: Iterable[str], old: Source | None = None
) -> tuple[Delivery, ...]:
    """Deliver a token to these targets in parallel; report the result of each.

    A target that has to be confirmed, and isn't, is skipped.
    """
    from tui.messages.delivery import delivery_words
    from tui.targets.delivering import Parcel, arrived, deliver_to

    targets = run.settings.targets
    agreed = {name: targets[name] for name in names if _agreed(run, name, source)}
    stack = run.snapshot.stack
    parcel = Parcel(source, stack.name if stack else "", old)
    deliveries = await deliver_to(
        agreed,
        parcel,
        os.environ,
        lambda delivery: run.output.say(delivery_words(delivery)),
    )
    try:
        run.deliveries.add(source.token.uid, arrived(deliveries))
    except FileRefused as refusal:
        run.output.say(f"Couldn't save where this token was delivered: {refusal}")
    return deliveries


def _agreed(run: CommandRun, name: str, source: Source) -> bool:
    if not run.settings.targets[name].confirm:
        return True
    question = f"Deliver {visible(source.token.name)} to {visible(name)}?"
    return click.confirm(question, err=True)
