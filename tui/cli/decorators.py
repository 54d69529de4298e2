"""What the commands share: the flags before them, and how they say that they failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from tui.config.flags import Flags

pass_flags = click.make_pass_decorator(Flags, ensure=True)


@contextmanager
def exit_on_error(code: int = 1) -> Iterator[None]:
    """Say in one sentence what was refused, and exit with this code."""
    try:
        yield
    except Exception as refusal:
        # Loaded where something fails: `--help` and a TAB have no use for them.
        from tui.contentstack.errors import ContentstackError
        from tui.files.refusal import Refused

        if not isinstance(refusal, Refused | ContentstackError):
            raise
        # Where nobody can be told, the exit code must do.
        with suppress(OSError):
            click.echo(str(refusal), err=True)
        raise SystemExit(code) from None
