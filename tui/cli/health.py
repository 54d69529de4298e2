"""`tokendeck health`: warnings about the tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import gently, of_kind, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind


@click.command()
@of_kind
@click.option("--strict", is_flag=True, help="Exit with code 9 if there are warnings.")
@click.option("--all-stacks", is_flag=True, help="In all stacks that you can see.")
@gently
@prints
@pass_flags
def health(
    flags: Flags,
    /,
    *,
    kind: TokenKind | None,
    strict: bool,
    all_stacks: bool,
    rate: int,
    output: Output,
) -> None:
    """List warnings about the tokens, with the command that fixes each.

    Example: tokendeck health --strict --json
    """
    from tui.cli.documents import HealthDocument, WarningDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.run import carry_out
    from tui.workspace.health import unjudged

    async def work(run: CommandRun) -> Exit:
        parts = ("delivery", "management", "environments", "branches", "aliases")
        snapshot = await run.read(*parts)  # type: ignore[arg-type]
        found = [
            WarningDocument.of(warning)
            for warning in run.workspace.warnings
            if kind in (None, warning.token.kind)
        ]
        document = HealthDocument(warnings=tuple(found), unjudged=unjudged(snapshot))
        columns = (
            ("NAME", lambda warning: warning.name),
            ("KIND", lambda warning: warning.kind),
            ("WARNING", lambda warning: warning.what),
            ("FIX", lambda warning: warning.command),
        )
        output.rows(document, found, columns)
        if document.unjudged:
            output.say(
                "Not checked, because it couldn't be read:"
                f" {', '.join(document.unjudged)}."
            )
        return Exit.FOUND if strict and found else Exit.DONE

    if all_stacks:
        from tui.cli.fleet_reading import several
        from tui.cli.health_of_all import HealthOfAll

        profiles = several(flags)
        all_of_them = HealthOfAll(profiles, kind, rate, strict=strict)
        carry_out(profiles.flags, output, all_of_them)
    carry_out(flags, output, work)
