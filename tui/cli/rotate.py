"""`tokendeck rotate`: a replacement for a token, without an outage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import confirms, gives_values, of_kind, prints, writes
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.cli.values import Ways
    from tui.config.flags import Flags
    from tui.contentstack.models import TokenKind

_UNTIL = ("verified", "exported", "handed-out", "deleted")
_SKIPPED = ("verified", "exported", "handed-out", "renamed")


def _step(word: str) -> str:
    """Return the step that's meant; its former name is accepted, too."""
    return "exported" if word == "handed-out" else word


def _steps(
    _context: click.Context, _option: click.Parameter, words: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(map(_step, words))


@click.command()
@click.argument("token")
@of_kind
@click.option(
    "--until",
    type=click.Choice(_UNTIL),
    default="verified",
    show_default=True,
    metavar="STEP",
    help="Where to stop: verified, exported, deleted.",
)
@click.option(
    "--skip",
    multiple=True,
    type=click.Choice(_SKIPPED),
    callback=_steps,
    metavar="STEP",
    help="Skip a step: verified, exported (or handed-out), renamed.",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="TARGET",
    help="Count this target as delivered, although it can't be read back.",
)
@click.option(
    "--record",
    metavar="PATH",
    help="Write who rotated what, and the evidence, to a new JSON file.",
)
@click.option("--resume", is_flag=True, help="Continue an earlier rotation.")
@click.option(
    "--restart",
    is_flag=True,
    help="Start again, even if an earlier rotation is unfinished.",
)
@confirms
@writes
@prints
@gives_values
@pass_flags
def rotate(
    flags: Flags,
    /,
    *,
    token: str,
    kind: TokenKind | None,
    until: str,
    yes: bool,
    confirm: str | None,
    dry_run: bool,
    output: Output,
    ways: Ways,
    **options: bool | str | tuple[str, ...] | None,
) -> None:
    """Replace a token: create, verify, export, delete the old one, take its name.

    Each run continues where the last one stopped, here or in the
    dashboard. A management token's value is exported by the run that creates it.

    Example: tokendeck rotate web --until exported --env-file .env
    """
    from tui.cli.confirming import Consent
    from tui.cli.rotating import Rotating
    from tui.cli.rotation_documents import RotationDocument
    from tui.cli.run import carry_out

    if options["resume"] and options["restart"]:
        raise click.UsageError("--resume and --restart can't be used together.")
    asked = Rotating(
        wanted=token,
        kind=kind,
        until=_step(until),
        consent=Consent(yes, confirm),
        dry_run=dry_run,
        ways=ways,
        **options,  # type: ignore[arg-type]
    )
    carry_out(flags, output, asked, dry_run=dry_run, row=RotationDocument)
