"""`tokendeck preview`: the preview token of a delivery token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import confirms, prints, writes
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.run import CommandRun
    from tui.config.flags import Flags


@click.group()
def preview() -> None:
    """Create or delete the preview token of a delivery token.

    Example: tokendeck preview create web-production
    """


@preview.command()
@click.argument("token")
@writes
@prints
@pass_flags
def create(flags: Flags, /, *, token: str, dry_run: bool, output: Output) -> None:
    """Create the preview token of a delivery token, unless it already has one.

    Example: tokendeck preview create web-production
    """
    from tui.cli.creating import Changes, refuse_changing
    from tui.cli.documents import TokenDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.failures import CommandFailed
    from tui.cli.reporting import report
    from tui.cli.run import carry_out
    from tui.contentstack.models import DeliveryToken

    async def work(run: CommandRun) -> Exit:
        found: DeliveryToken = await run.find(token, "delivery", "identity")  # type: ignore[assignment]
        if found.preview is not None:
            report(run, Changes(unchanged=[found]))
            return Exit.DONE
        refuse_changing(run, found, dry_run=dry_run)
        done = await run.workspace.create_preview_token(found)
        if done.preview is None:
            what = f"Contentstack answered, but {found.name} has no preview token."
            raise CommandFailed(Exit.CONFLICT, what)
        report(run, Changes(updated=[done]))
        return Exit.DONE

    carry_out(flags, output, work, dry_run=dry_run, row=TokenDocument)


@preview.command()
@click.argument("token")
@confirms
@writes
@prints
@pass_flags
def delete(
    flags: Flags,
    /,
    *,
    token: str,
    yes: bool,
    confirm: str | None,
    dry_run: bool,
    output: Output,
) -> None:
    """Delete the preview token of a delivery token, but not the token itself.

    Example: tokendeck preview delete web-staging --confirm web-staging
    """
    from tui.cli.confirming import Consent
    from tui.cli.creating import Changes, refuse_changing
    from tui.cli.documents import TokenDocument
    from tui.cli.exit_codes import Exit
    from tui.cli.reporting import report
    from tui.cli.run import carry_out
    from tui.contentstack.models import DeliveryToken

    consent = Consent(yes, confirm)

    async def work(run: CommandRun) -> Exit:
        if not dry_run:
            consent.check()
        found: DeliveryToken = await run.find(token, "delivery", "identity")  # type: ignore[assignment]
        if found.preview is None:
            report(run, Changes(unchanged=[found]))
            return Exit.DONE
        refuse_changing(run, found, dry_run=dry_run)
        if not dry_run:
            what = f"This deletes the preview token of {found.name}."
            consent.ask([found], f"{what} Previews stop working.")
        left = await run.workspace.delete_preview_token(found)
        report(run, Changes(updated=[left]))
        return Exit.DONE

    carry_out(flags, output, work, dry_run=dry_run, row=TokenDocument)
