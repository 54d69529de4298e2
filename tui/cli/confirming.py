"""The typed name before a deletion: asked on a terminal, an option elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.interruption import interruptible
from tui.contentstack.models import Token
from tui.messages.deletion import confirmation_words
from tui.workspace.confirmation import confirmation


@dataclass(frozen=True)
class Consent:
    """How the command line confirms a deletion, if it does."""

    yes: bool = False
    name: str | None = None

    def check(self) -> None:
        """Refuse, before any call, a deletion that no one can confirm.

        Raises:
            CommandFailed: if no option confirms it, and there's no terminal.
        """
        if not self.yes and self.name is None and not can_ask():
            what = "This needs confirmation, and there's no terminal to ask on."
            advice = "Add --confirm with the name, or --yes. Nothing was sent."
            raise CommandFailed(Exit.USAGE, what, next=advice)

    def ask(self, tokens: Sequence[Token], consequence: str) -> None:
        """Ask for the name, unless it was given.

        Raises:
            CommandFailed: if it's the wrong one.
        """
        wanted = confirmation(tokens)
        asked = confirmation_words(wanted)
        typed = self.name
        if self.yes and typed is None:
            return
        if typed is None:
            click.echo(consequence, err=True)
            with interruptible():
                typed = click.prompt(
                    f"Type {asked}", default="", show_default=False, err=True
                )
        names = {wanted.word, *(token.name for token in tokens[:1] if len(tokens) == 1)}
        if typed not in names:
            what = f"That isn't {asked}. Nothing was deleted."
            raise CommandFailed(Exit.USAGE, what)


def can_ask() -> bool:
    """Return whether someone at a terminal can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
