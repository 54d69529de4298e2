"""`tokendeck find`: finds token values in files and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import over_all_stacks, prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "--staged",
    is_flag=True,
    help=("Only what git would commit. Makes no network requests."),
)
@click.option("--no-history", is_flag=True, help="Skip the history of repositories.")
@click.option("--no-files", is_flag=True, help="Skip files, and search history.")
@click.option("--known", "only_known", is_flag=True, help="Only values of your tokens.")
@click.option(
    "--offline",
    is_flag=True,
    help="Make no network requests. Compare with saved fingerprints.",
)
@click.option(
    "--keep-fingerprints",
    "keeps",
    is_flag=True,
    help="Save the stack's fingerprints for --staged and --offline.",
)
@click.option(
    "--baseline", metavar="FILE", help=("Ignore the findings that this file accepts.")
)
@click.option(
    "--write-baseline",
    metavar="FILE",
    help=("Accept today's findings: write them to this file."),
)
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0.")
@over_all_stacks
@prints
@pass_flags
def find(
    flags: Flags,
    /,
    *,
    paths: tuple[str, ...],
    staged: bool,
    as_sarif: bool,
    output: Output,
    keeps: bool,
    rate: int | None,
    **options: object,
) -> None:
    """Find values of tokens in files, git history, stashes and dropped commits.

    Searches this folder unless you name others. Prints places, never values. Exit code
    9 if something is found, 1 if nothing is but some files couldn't be read.

    Example: tokendeck find --no-history src
    """
    from tui.cli.find_options import FindOptions

    asked = FindOptions(paths, staged=staged, as_sarif=as_sarif, **options)  # type: ignore[arg-type]
    if as_sarif and output.shape != "table":
        raise click.UsageError("--sarif can't be used with --json, --jsonl or --plain.")
    if staged and (paths or keeps):
        what = "--staged can't be used with a path or --keep-fingerprints."
        raise click.UsageError(what)
    if staged or asked.offline:
        if keeps:
            what = (
                "--keep-fingerprints has to read the stack, so it can't be used with"
                " --offline."
            )
            raise click.UsageError(what)
        from tui.cli.find_offline import find_offline

        find_offline(asked, output)
    from tui.cli.finding import Finding
    from tui.cli.leak_reading import choice_of
    from tui.cli.run import carry_out

    flags, choice = choice_of(flags, rate)
    carry_out(flags, output, Finding(asked, keeps, choice))
