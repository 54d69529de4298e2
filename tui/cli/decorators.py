"""What the commands share: the flags before them, and how they say that they failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from tui.config.settings import Flags
from tui.contentstack.errors import ContentstackError
from tui.files import Refused

pass_flags = click.make_pass_decorator(Flags, ensure=True)


@contextmanager
def exit_on_error(code: int = 1) -> Iterator[None]:
    """Say in one sentence what was refused, and exit with this code."""
    try:
        yield
    except (Refused, ContentstackError) as refusal:
        # Where nobody can be told, the exit code must do.
        with suppress(OSError):
            click.echo(str(refusal), err=True)
        raise SystemExit(code) from None
