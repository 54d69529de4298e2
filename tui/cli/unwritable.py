"""An output that can't be written: full, closed, or no longer read."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import asdict
from io import UnsupportedOperation
from typing import TYPE_CHECKING

from tui.cli.exit_codes import Exit

if TYPE_CHECKING:
    from tui.cli.failures import CommandFailed
    from tui.workspace.workspace import Workspace

_UNWRITABLE = {
    errno.EBADF,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.ENOSPC,
    errno.EPIPE,
}


def is_unwritable(error: OSError) -> bool:
    """Return whether an error comes from the output, not from a named file."""
    return error.errno in _UNWRITABLE and error.filename is None


def unwritable_words(error: OSError) -> str:
    """Say in a sentence why the output couldn't be written."""
    closed = error.errno == errno.EBADF
    why = "standard output is closed" if closed else error.strerror
    return f"Couldn't write the output: {why}."


def check_output() -> None:
    """Refuse, before any call, an output that a value couldn't be written to.

    Raises:
        CommandFailed: if it is closed or full.
    """
    from tui.cli.failures import CommandFailed

    try:
        # Even writing nothing fails on a closed output or a full device.
        os.write(sys.stdout.fileno(), b"")
    except UnsupportedOperation:
        return
    except OSError as error:
        advice = "Nothing was sent."
        raise CommandFailed(Exit.FAILED, unwritable_words(error), next=advice) from None


def told_late(error: OSError, workspace: Workspace) -> CommandFailed | None:
    """Return what to say of writes that can't be printed any more; None without any."""
    from tui.cli.failures import CommandFailed

    done = workspace.carried_out
    if not done or not is_unwritable(error):
        return None
    words = ", ".join(each.words for each in done)
    what = f"{unwritable_words(error)} Before that: {words}."
    advice = ""
    if lost := workspace.uncollected:
        advice = (
            f"The value of {lost.name} is lost: Contentstack shows it only once."
            f" Replace the token with `tokendeck rotate {lost.uid}`, or delete it with"
            f" `tokendeck delete {lost.uid}`."
        )
    listed = [asdict(each) for each in done]
    return CommandFailed(Exit.FAILED, what, next=advice, carried_out=listed)
