"""The command line: options, a look at the terminal, then the dashboard or the sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

import click

from tui.account.connection import Connection, ConnectionMissing, Hosts, connection_from
from tui.workspace.workspace import Connect

_USAGE = 2


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tokendeck", prog_name="tokendeck")
@click.option("--demo", is_flag=True, help="The embedded stack: needs nothing, and forgets all at exit.")
@click.option("--region", metavar="NAME", help="na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu.")
@click.option("--stack", metavar="STACK", help="The stack's API key, uid or name.")
@click.option("--cma", metavar="URL", help="Own host of the management API, in place of a region's.")
@click.option("--cda", metavar="URL", help="Own host of the delivery API.")
@click.option("--preview", metavar="URL", help="Own host of the preview API.")
@click.option("--mouse", is_flag=True, help="Take mouse events; off, so that the terminal can select text.")
@click.option("--ascii", "plain", is_flag=True, help="Lines and masks of plain ASCII.")
@click.pass_context
def tokendeck(
    context: click.Context,
    *,
    demo: bool,
    region: str | None,
    stack: str | None,
    cma: str | None,
    cda: str | None,
    preview: str | None,
    mouse: bool,
    plain: bool,
) -> None:
    """See, make and copy the tokens of a Contentstack stack, by keyboard alone.

    The stack is found by --region and --stack, or by CONTENTSTACK_REGION and CONTENTSTACK_API_KEY; the login
    by CONTENTSTACK_AUTHTOKEN. No secret is ever taken from the command line.
    """
    if context.invoked_subcommand is not None:
        return
    hosts = Hosts(cma=cma, cda=cda, preview=preview)
    try:
        connect = (
            _demo(stack)
            if demo
            else _ready(connection_from(os.environ, region=region, stack=stack, hosts=hosts))
        )
    except ConnectionMissing as missing:
        _refuse(str(missing))
    _look_at_terminal(os.environ)
    prepare_environment(os.environ)
    # Textual reads the environment as it loads, so it loads only now.
    from tui.app import TokendeckApp  # noqa: PLC0415

    app = TokendeckApp(connect, ascii_only=plain or not _speaks_utf8())
    app.run(mouse=mouse)
    sys.exit(app.return_code or 0)


@tokendeck.command()
@click.option("--port", default=0, show_default=True, help="Of the management API; 0 picks a free one.")
@click.option(
    "--seed", type=click.Path(path_type=Path), help="A TOML or JSON file with an organization of your own."
)
@click.option(
    "--rate-limit", type=click.IntRange(min=1), help="Reads, and writes, a second for each organization."
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready.")
def sandbox(*, port: int, seed: Path | None, rate_limit: int | None, as_json: bool) -> None:
    """Serve the embedded Contentstack on 127.0.0.1 until Ctrl+C."""
    from tui.sandbox.serve import serve  # noqa: PLC0415

    sys.exit(serve(port=port, seed=seed, rate_limit=rate_limit, as_json=as_json))


def main() -> None:
    """The entry point of the `tokendeck` command."""
    tokendeck(prog_name="tokendeck")


def prepare_environment(environ: MutableMapping[str, str]) -> None:
    """Set what Textual reads as it is loaded.

    Exported COLUMNS and LINES would be believed over the terminal's real size, and animations cost bytes that
    a slow line does not have.
    """
    for name in ("COLUMNS", "LINES"):
        environ.pop(name, None)
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def _demo(stack: str | None) -> Connect:
    from tui.account.demo import demo_connection  # noqa: PLC0415

    return lambda: demo_connection(stack)


def _ready(connection: Connection) -> Connect:
    return lambda: connection


def _look_at_terminal(environ: Mapping[str, str]) -> None:
    """Textual hangs without a terminal on stdin, and draws on stderr whatever that is."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        _refuse("The dashboard needs a terminal. Over SSH, ask for one with `ssh -t`.")
    if environ.get("TERM") == "dumb":
        _refuse("TERM is `dumb`: this terminal can't show a dashboard.")


def _speaks_utf8() -> bool:
    return (sys.stderr.encoding or "").lower().replace("-", "") == "utf8"


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(_USAGE)
