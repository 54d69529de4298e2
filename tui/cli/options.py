"""The options that several commands share, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from tui.cli.output import Output

if TYPE_CHECKING:
    from tui.contentstack.models import TokenKind

_Function = TypeVar("_Function", bound=Callable[..., object])


def prints(function: _Function) -> _Function:
    """Add the options that say how a command prints; it gets `output`."""

    @wraps(function)
    def printing(
        *args: object,
        as_json: bool,
        as_lines: bool,
        plain: str | None,
        **options: object,
    ) -> object:
        if as_json + as_lines + (plain is not None) > 1:
            what = "--json, --jsonl and --plain can't be used together."
            raise click.UsageError(what)
        output = Output()
        if plain is not None:
            output = Output("plain", plain)
        elif as_json or as_lines:
            output = Output("json" if as_json else "jsonl")
        return function(*args, output=output, **options)

    options = (
        click.option(
            "--json", "as_json", is_flag=True, help="Print one JSON document."
        ),
        click.option(
            "--jsonl", "as_lines", is_flag=True, help="Print one line of JSON per row."
        ),
        click.option(
            "--plain",
            metavar="FIELD",
            help="Print one field of each row, one per line.",
        ),
    )
    return _with(cast("_Function", printing), options)


def of_kind(function: _Function) -> _Function:
    """Add `--delivery` and `--management`; the command gets `kind`, or None."""

    @wraps(function)
    def choosing(
        *args: object, delivery: bool, management: bool, **options: object
    ) -> object:
        if delivery and management:
            what = "--delivery and --management can't be used together."
            raise click.UsageError(what)
        kind: TokenKind | None = None
        if delivery or management:
            kind = "delivery" if delivery else "management"
        return function(*args, kind=kind, **options)

    options = (
        click.option("--delivery", is_flag=True, help="Delivery tokens."),
        click.option("--management", is_flag=True, help="Management tokens."),
    )
    return _with(cast("_Function", choosing), options)


def filtered(function: _Function) -> _Function:
    """Add `--filter` and `--view` to a command that lists tokens."""
    options = (
        click.option(
            "--filter",
            "query",
            metavar="QUERY",
            help="Only tokens that match, like 'env:qa expires:<30d'.",
        ),
        click.option("--view", metavar="NAME", help="Use a saved filter from [views]."),
    )
    return _with(function, options)


def gently(function: _Function) -> _Function:
    """Add `--rate` to a command that reads all stacks."""
    # As in `tui.contentstack.steady_pace`, which `--help` doesn't need.
    option = click.option(
        "--rate",
        type=click.IntRange(1, 9),
        default=5,
        metavar="NUMBER",
        help="Reads per second and organization, 1 to 9 (default: 5).",
    )
    return option(function)


def over_all_stacks(function: _Function) -> _Function:
    """Add `--all-stacks` with `--rate`; the command gets `rate`, None for one stack."""

    @wraps(function)
    def reading(
        *args: object, all_stacks: bool, rate: int, **options: object
    ) -> object:
        return function(*args, rate=rate if all_stacks else None, **options)

    option = click.option(
        "--all-stacks", is_flag=True, help="Compare with all stacks that you can see."
    )
    return option(gently(cast("_Function", reading)))


def writes(function: _Function) -> _Function:
    """Add `--dry-run` to a command that changes the stack."""
    option = click.option(
        "--dry-run", is_flag=True, help="Print what would be sent, and send nothing."
    )
    return option(function)


def confirms(function: _Function) -> _Function:
    """Add the options that replace typing the name to a command that deletes."""
    options = (
        click.option("--yes", is_flag=True, help="Delete without asking."),
        click.option(
            "--confirm",
            metavar="NAME",
            help="Confirm with the name you would be asked to type.",
        ),
    )
    return _with(function, options)


def scoped(*, several: str = "") -> Callable[[_Function], _Function]:
    """Add the options for what a token reaches and may do.

    `several` says in the help what happens with more than one environment.
    """

    def with_scope(function: _Function) -> _Function:
        return _with(function, _scope_options(several))

    return with_scope


def _once_each(
    _context: click.Context, _option: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _scope_options(several: str) -> tuple[Callable[[_Function], _Function], ...]:
    return (
        click.option(
            "--env",
            "environments",
            multiple=True,
            callback=_once_each,
            metavar="NAME",
            help=f"The environment of a delivery token.{several}",
        ),
        click.option(
            "--branch",
            "branches",
            multiple=True,
            callback=_once_each,
            metavar="NAME",
            help="A branch, or $all for all of them (default: main).",
        ),
        click.option(
            "--alias",
            "aliases",
            multiple=True,
            callback=_once_each,
            metavar="NAME",
            help="An alias.",
        ),
        click.option(
            "--description", metavar="TEXT", help="Who uses it, and what for."
        ),
        click.option(
            "--expires",
            metavar="WHEN",
            help="For a management token: 90d from today, 2026-10-31, or never.",
        ),
        click.option(
            "--email-notice/--no-email-notice",
            default=None,
            help="For a management token: get an e-mail 7 days before it expires.",
        ),
    )


_VALUE_OPTIONS = (
    click.option(
        "--env-file",
        metavar="PATH",
        help="Write the values into a file, and keep everything else in it.",
    ),
    click.option(
        "--replace-references",
        "over_references",
        is_flag=True,
        help="Let --env-file replace references to a vault with plain text.",
    ),
    click.option("--out", metavar="PATH", help="Write the values to a new file."),
    click.option(
        "--format",
        "format_id",
        metavar="FORMAT",
        help="env, json, curl, next, vite and more; for --out also value.",
    ),
    click.option(
        "--reveal",
        "prints_value",
        is_flag=True,
        help="Print only the value.",
    ),
    click.option(
        "--reveal-preview",
        "prints_preview",
        is_flag=True,
        help="Print only the preview token's value.",
    ),
    click.option("--force", is_flag=True, help="Reveal even on a terminal."),
    click.option(
        "--exec",
        "run",
        is_flag=True,
        help="Run the program after -- with the values in its environment.",
    ),
    click.option(
        "--to",
        "targets",
        multiple=True,
        callback=_once_each,
        metavar="TARGET",
        help="Deliver the value to a target from your configuration.",
    ),
    click.argument("program", nargs=-1, type=click.UNPROCESSED, metavar=""),
)


def gives_values(function: _Function) -> _Function:
    """Add the options for where values go; the command gets `ways` and the program."""

    @wraps(function)
    def giving(
        *args: object, program: tuple[str, ...], run: bool, **options: object
    ) -> object:
        from tui.cli.values import Ways

        names = (
            *("env_file", "out", "format_id", "force"),
            *("prints_value", "prints_preview", "over_references", "targets"),
        )
        taken = {name: options.pop(name) for name in names}
        if run and not program:
            raise click.UsageError("--exec needs a program, as in --exec -- make.")
        if program and not run:
            words = " ".join(program)
            raise click.UsageError(f"Got unexpected extra arguments ({words}).")
        ways = Ways(program=program, **taken)  # type: ignore[arg-type]
        return function(*args, ways=ways, **options)

    return _with(cast("_Function", giving), _VALUE_OPTIONS)


def _with(
    function: _Function, options: tuple[Callable[[_Function], _Function], ...]
) -> _Function:
    """Add options in this order; decorators are applied from the last to the first."""
    for option in reversed(options):
        function = option(function)
    return function
