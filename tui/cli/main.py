"""The options of `tokendeck`, which opens the dashboard, and `tokendeck sandbox`."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import click

from tui.account.account import Connect
from tui.account.connection import ConnectionMissing, missing_from
from tui.account.credential_reading import piped_credential, take_keys_from_terminal
from tui.account.credential_search import connection_of
from tui.cli.decorators import exit_on_error
from tui.config.settings import (
    Flags,
    Settings,
    hosts_of,
    settings_from,
    take_words,
    trust_ca_file,
)
from tui.files import Refused
from tui.guards import guard
from tui.keymap import check_keys
from tui.loading import loading
from tui.programs import end_all, end_all_on_signals
from tui.state.memory import Memory
from tui.terminal import capabilities as terminal

if TYPE_CHECKING:
    from tui.app import TokendeckApp

_USAGE = 2
_UNWRITABLE = {
    errno.EBADF,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.ENOSPC,
    errno.EPIPE,
}
"""The errors of an output that is full, closed or gone."""


class _Commands(click.Group):
    """Loads the module of a command when it is given or listed.

    Each has its command's name.
    """

    modules: ClassVar = ("config", "doctor", "logout")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *self.modules))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"tui.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


def _without_colour(
    _context: click.Context, _option: click.Parameter, given: bool
) -> None:
    if given:
        os.environ["NO_COLOR"] = "1"


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="tokendeck", prog_name="tokendeck")
@click.option(
    "--demo",
    is_flag=True,
    help="The embedded stack: needs nothing, and forgets all at exit.",
)
@click.option("--profile", metavar="NAME", help="A profile of the configuration file.")
@click.option(
    "--region", metavar="NAME", help="na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu."
)
@click.option("--stack", metavar="STACK", help="The stack's API key, uid or name.")
@click.option(
    "--auth-file",
    metavar="PATH",
    help="A file that holds the credential; - is standard input.",
)
@click.option(
    "--cma",
    metavar="URL",
    help="Own host of the management API, in place of a region's.",
)
@click.option("--cda", metavar="URL", help="Own host of the delivery API.")
@click.option("--preview", metavar="URL", help="Own host of the preview API.")
@click.option(
    "--read-only", is_flag=True, help="Refuse everything that would change the stack."
)
@click.option(
    "--mouse",
    is_flag=True,
    help="Take mouse events; off, so that the terminal can select text.",
)
@click.option(
    "--no-reveal",
    is_flag=True,
    help="Never show a value in full: for screens that others see.",
)
@click.option(
    "--log",
    metavar="FILE",
    help="Write what happens to a file for you alone; no secret gets in.",
)
@click.option("--ascii", "plain", is_flag=True, help="Lines and masks of plain ASCII.")
@click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_without_colour,
    help="As NO_COLOR=1 does it.",
)
@click.option(
    "--plain-wire",
    is_flag=True,
    help="Send all that is drawn, and not what differs alone.",
)
@click.pass_context
def tokendeck(
    context: click.Context,
    /,
    *,
    mouse: bool,
    no_reveal: bool,
    log: str | None,
    plain: bool,
    plain_wire: bool,
    cma: str | None,
    cda: str | None,
    preview: str | None,
    **words: Any,
) -> None:
    """See, make and copy the tokens of a Contentstack stack, by keyboard alone.

    Without a login or a stack, the dashboard asks for them. Both can come from the
    configuration file (see `tokendeck config`) or from CONTENTSTACK_REGION,
    CONTENTSTACK_API_KEY and CONTENTSTACK_AUTHTOKEN. No secret is ever taken from the
    command line.
    """
    context.obj = flags = Flags(hosts=hosts_of(cma, cda, preview), **words)
    if context.invoked_subcommand is not None:
        return
    with exit_on_error(_USAGE):
        settings = settings_from(os.environ, flags, check_keys=check_keys)
        trust_ca_file(settings, os.environ)
        connect = _connect(settings)
        refusal = terminal.refusal(os.environ)
        if refusal:
            raise Refused(refusal)
        guard(log, os.environ, demo=flags.demo)
    terminal.prepare(os.environ)
    # Textual reads the environment as it loads, so it loads only now.
    with loading():
        from tui.app import TokendeckApp  # noqa: PLC0415

    app = TokendeckApp(
        connect,
        ascii_only=plain or terminal.ascii_only(os.environ, sys.stderr.encoding),
        settings=replace(settings, theme=terminal.theme(os.environ, settings.theme)),
        memory=None if flags.demo else Memory(os.environ),
        plain_wire=plain_wire,
        masked=no_reveal,
    )
    app.run(mouse=mouse)
    _say_goodbye(app)


@tokendeck.command()
@click.option(
    "--port",
    default=0,
    show_default=True,
    help="Of the management API; 0 picks a free one.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path),
    help="A TOML or JSON file with an organization of your own.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(min=1),
    help="Reads, and writes, a second for each organization.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON when ready."
)
def sandbox(
    *, port: int, seed: Path | None, rate_limit: int | None, as_json: bool
) -> None:
    """Serve the embedded Contentstack on 127.0.0.1 until Ctrl+C."""
    from tui.sandbox.serve import serve  # noqa: PLC0415

    sys.exit(serve(port=port, seed=seed, rate_limit=rate_limit, as_json=as_json))


def main() -> None:
    """Run the `tokendeck` command."""
    _open_closed_streams()
    end_all_on_signals()
    # A terminal of few characters shows a question mark, rather than no sentence.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    code: int | str | None = 0
    try:
        with exit_on_error(_USAGE):
            take_words(sys.argv[1:], os.environ)
        tokendeck(prog_name="tokendeck")
    except SystemExit as ending:
        code = ending.code
    except OSError as error:
        if error.errno not in _UNWRITABLE or error.filename is not None:
            raise
        code = _say_unwritable(error)
    _exit(code if isinstance(code, int) else 0)


def _exit(code: int) -> NoReturn:
    """Flush the output, end the programs that were started, and exit at once.

    An orderly exit would wait for every thread, and one that looks up a name may take
    as long as the network likes.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _say_unwritable(error)
    with suppress(OSError):
        sys.stderr.flush()
    end_all()
    os._exit(code)


def _say_unwritable(error: OSError) -> int:
    """Say that the output couldn't be written, and return the exit code."""
    # Whoever closed a pipe has read all that they wanted.
    if error.errno != errno.EPIPE:
        closed = error.errno == errno.EBADF
        why = "standard output is closed" if closed else error.strerror
        with suppress(OSError):
            click.echo(f"Couldn't write the output: {why}.", err=True)
    return 1


def _open_closed_streams() -> None:
    """Open /dev/null for each standard stream that was closed.

    Otherwise the next file or socket would take its number. Standard output is opened
    for reading, so that writing fails: what a command prints there would be lost.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        handle = os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_RDWR)
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)
        mode = "r" if name == "stdin" else "w"
        stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _say_goodbye(app: TokendeckApp) -> NoReturn:
    farewell = app.session.copier.farewell()
    if farewell:
        click.echo(farewell, err=True)
    sys.exit(app.return_code or 0)


def _connect(settings: Settings) -> Connect:
    """Return what finds the connection once the screen is drawn, as it may take long.

    A credential that is piped in is read at once, before the screen takes the terminal.
    """
    piped = None
    if settings.auth_file == "-" and not settings.demo:
        piped = piped_credential()
        take_keys_from_terminal()
    elif not terminal.has_terminal() and not settings.demo:
        missing = missing_from(connection_of(settings, os.environ))
        if missing:
            raise ConnectionMissing(missing)
    return lambda: connection_of(settings, os.environ, piped=piped)
