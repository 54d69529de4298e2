"""Why something can't be used or done, in a sentence."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from tui.display import visible


class Refused(ValueError):
    """Something can't be used or done; the text says why, and what helps."""


class FileRefused(Refused):
    """A file that won't be read or written."""


class FileAbsent(FileRefused):
    """There is no such file."""


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn any system error about `path` into a `FileRefused`."""
    try:
        yield
    except FileRefused:
        raise
    except (OSError, ValueError) as error:
        raise FileRefused(_sentence(path, error)) from None


def shown(path: Path) -> str:
    """Return a path as written in a sentence."""
    return visible(str(path))


def _sentence(path: Path, error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ELOOP:
        return f"{shown(path)} is a symbolic link. Use the file itself."
    if number == errno.ENAMETOOLONG:
        return f"That name is too long for a file: {shown(path)}"
    told = error.strerror if isinstance(error, OSError) else None
    return f"{shown(path)}: {told or 'unusable path'}."
