"""`tokendeck coverage`: which tokens serve what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.decorators import pass_flags
from tui.cli.options import prints
from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.config.flags import Flags


@click.command()
@click.option("--gaps", is_flag=True, help="Show only what no token serves.")
@prints
@pass_flags
def coverage(flags: Flags, /, *, gaps: bool, output: Output) -> None:
    """Map environments and branches to the delivery tokens that serve them.

    Example: tokendeck coverage --gaps --plain environment
    """
    from tui.cli.mapping import CoverageMap
    from tui.cli.run import carry_out

    carry_out(flags, output, CoverageMap(gaps))
