"""How a command of the shell says what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from tui.contentstack.errors import ContentstackError
from tui.files import Refused


@contextmanager
def telling(code: int = 1) -> Iterator[None]:
    """What is refused within is one sentence on standard error, and the exit code."""
    try:
        yield
    except (Refused, ContentstackError) as refusal:
        # Where nobody can be told, the exit code tells.
        with suppress(OSError):
            click.echo(str(refusal), err=True)
        raise SystemExit(code) from None
