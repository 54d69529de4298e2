"""The options of `tokendeck`, which opens the dashboard, and how a run ends."""

from __future__ import annotations

import errno
import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tui.cli.decorators import exit_on_error, refuse_empty
from tui.cli.exit_codes import EXIT_CODES, Exit
from tui.cli.table import ALIASES, SHELL_COMMANDS
from tui.cli.unwritable import is_unwritable, unwritable_words
from tui.config.flags import Flags
from tui.config.sound_text import take_words
from tui.programs import end_all, end_all_on_signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.config.schema import Hosts

_SELDOM = 50_000


class _Commands(click.Group):
    """Lists the commands from their table, and loads one only when it's used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return [*SHELL_COMMANDS]

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = SHELL_COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        return entry.load() if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Suggestions for a misspelled command come from these.
        known = [*SHELL_COMMANDS, *ALIASES]
        self.commands = dict.fromkeys(known, click.Command(None))
        return super().resolve_command(ctx, args)

    def format_commands(
        self, _ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            rows = [(name, entry.help) for name, entry in SHELL_COMMANDS.items()]
            formatter.write_dl(rows)
        with formatter.section("Exit codes"):
            formatter.write_dl([(f"{code}", words) for code, words in EXIT_CODES])

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        item = click.shell_completion.CompletionItem
        found = [
            item(name, help=entry.help)
            for name, entry in SHELL_COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        **_options: object,
    ) -> NoReturn:
        """Run a command; report usage errors like any other failure."""
        words = sys.argv[1:] if args is None else [*args]
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False)
        except click.ClickException as error:
            from tui.cli.failures import fails_in_json, tell_usage  # noqa: PLC0415 - loaded where something fails

            tell_usage(error, as_json=fails_in_json(words))
            sys.exit(error.exit_code)
        except click.Abort:
            from tui.cli.failures import Failure, fails_in_json, tell  # noqa: PLC0415 - as above

            tell(Failure(Exit.FAILED, "Stopped."), as_json=fails_in_json(words))
            sys.exit(Exit.FAILED)
        sys.exit(result if isinstance(result, int) else 0)


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
    help="Open the built-in demo stack. Nothing is saved.",
)
@click.option(
    "--profile",
    metavar="NAME",
    help="A profile of the configuration file; for all stacks, several: a,b.",
)
@click.option(
    "--region", metavar="NAME", help="na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu."
)
@click.option("--stack", metavar="STACK", help="The stack's API key, uid or name.")
@click.option(
    "--auth-file",
    metavar="PATH",
    help="Read the credential from a file; - is standard input.",
)
@click.option(
    "--cma",
    metavar="URL",
    help="Your own management API host, instead of a region's.",
)
@click.option("--cda", metavar="URL", help="Your own delivery API host.")
@click.option("--preview", metavar="URL", help="Your own preview API host.")
@click.option(
    "--read-only", is_flag=True, help="Refuse anything that would change the stack."
)
@click.option(
    "--mouse",
    is_flag=True,
    help="Use the mouse. Off by default, so that you can select text.",
)
@click.option(
    "--no-reveal",
    is_flag=True,
    help="Never reveal a value, for screens that others can see.",
)
@click.option(
    "--log",
    metavar="FILE",
    help="Write a log that only you can read. It contains no secrets.",
)
@click.option(
    "--ascii", "plain", is_flag=True, help="Draw with plain ASCII characters."
)
@click.option(
    "--plain-screen",
    is_flag=True,
    help="For screen readers and braille: one thing per line, messages first.",
)
@click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_without_colour,
    help="Use no colours, like NO_COLOR=1.",
)
@click.option(
    "--plain-wire",
    is_flag=True,
    help="Redraw the whole screen every time, not just what changed.",
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
    """Create, verify, rotate and export the tokens of a Contentstack stack.

    Without a command, it opens the dashboard, which asks for what is missing. Stack and
    credential come from the configuration file (see `tokendeck config`) or from
    CONTENTSTACK_REGION, CONTENTSTACK_API_KEY and CONTENTSTACK_AUTHTOKEN. Tokendeck
    never takes secrets from the command line.

    Example: tokendeck --demo list
    """
    refuse_empty(context)
    context.obj = flags = Flags(hosts=_hosts(cma, cda, preview), **words)
    if context.invoked_subcommand is not None:
        # A command is over before there's much garbage to collect.
        gc.set_threshold(_SELDOM)
        return
    # The dashboard is most of the program, and commands don't need it.
    from tui.cli.dashboard import open_dashboard  # noqa: PLC0415

    open_dashboard(
        flags,
        mouse=mouse,
        no_reveal=no_reveal,
        log=log,
        plain=plain,
        plain_wire=plain_wire,
    )


def _hosts(cma: str | None, cda: str | None, preview: str | None) -> Hosts | None:
    if not (cma or cda or preview):
        return None
    from tui.config.settings import hosts_of  # noqa: PLC0415 - loads much

    return hosts_of(cma, cda, preview)


def main() -> None:
    """Run the `tokendeck` command."""
    _open_closed_streams()
    end_all_on_signals()
    # If the terminal's encoding lacks a character, show a question mark, not an error.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    code: int | str | None = 0
    try:
        with exit_on_error(Exit.USAGE):
            take_words(sys.argv[1:], os.environ)
        tokendeck(prog_name="tokendeck")
    except SystemExit as ending:
        code = ending.code
    except OSError as error:
        if not is_unwritable(error):
            raise
        code = _say_unwritable(error)
    _exit(code if isinstance(code, int) else 0)


def _exit(code: int) -> NoReturn:
    """Flush the output, end the programs that were started, and exit at once.

    A normal exit would wait for every thread, and one that's looking up a name may
    take as long as the network likes.
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
    from tui.cli.failures import Failure, fails_in_json, tell  # noqa: PLC0415 - as above

    # A reader that closed the pipe has read all it wanted.
    if error.errno != errno.EPIPE:
        failure = Failure(Exit.FAILED, unwritable_words(error))
        tell(failure, as_json=fails_in_json(sys.argv[1:]))
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
