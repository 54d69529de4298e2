"""What the commands share: the flags before them, and how they report failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import click

from tui.config.flags import Flags

_MAY_BE_EMPTY = {"description"}

_Returned = TypeVar("_Returned")
_Words = ParamSpec("_Words")


def pass_flags(
    function: Callable[Concatenate[Flags, _Words], _Returned],
) -> Callable[_Words, _Returned]:
    """Pass the flags given before a command, once its options are valid."""

    @wraps(function)
    def with_flags(*args: _Words.args, **options: _Words.kwargs) -> _Returned:
        context = click.get_current_context()
        refuse_empty(context)
        flags = context.ensure_object(Flags)
        return function(flags, *args, **options)

    return with_flags


def refuse_empty(context: click.Context) -> None:
    """Refuse an empty option, such as from a script's variable that isn't set.

    Raises:
        UsageError: naming the option.
    """
    for option in context.command.params:
        if not isinstance(option, click.Option) or option.name in _MAY_BE_EMPTY:
            continue
        given = context.params.get(option.name or "")
        values = given if isinstance(given, tuple) else (given,)
        if any(isinstance(value, str) and not value.strip() for value in values):
            raise click.UsageError(f"{option.opts[0]} is empty.", context)


@contextmanager
def exit_on_error(code: int = 1) -> Iterator[None]:
    """Say in one sentence what was refused, and exit with this code."""
    try:
        yield
    except Exception as refusal:
        # Loaded only when something fails: `--help` and Tab don't need them.
        from tui.contentstack.errors import ContentstackError
        from tui.files.refusal import Refused

        if not isinstance(refusal, Refused | ContentstackError):
            raise
        # If the message can't be written, the exit code has to do.
        with suppress(OSError):
            click.echo(str(refusal), err=True)
        raise SystemExit(code) from None
