"""`tokendeck sandbox`: serves the embedded Contentstack on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--port",
    default=0,
    show_default=True,
    help="Port of the management API; 0 picks a free one.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path),
    help="A TOML or JSON file with your own organization.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(min=1),
    help="Reads (and writes) allowed per second and organization.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON when ready."
)
def sandbox(
    *, port: int, seed: Path | None, rate_limit: int | None, as_json: bool
) -> None:
    """Run a built-in Contentstack on 127.0.0.1 until Ctrl+C.

    Example: tokendeck sandbox --json --rate-limit 10
    """
    from tui.sandbox.serve import serve

    sys.exit(serve(port=port, seed=seed, rate_limit=rate_limit, as_json=as_json))
