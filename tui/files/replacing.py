"""Replaces files without losing anything on the way."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from tui.files.checked import POSIX
from tui.files.folders import create_folder
from tui.files.refusal import FileRefused, refusing, shown


def check_replaceable(path: Path) -> None:
    """Refuse a path where there's something other than a file.

    Replacing would destroy a device or a pipe.
    """
    with refusing(path):
        if path.exists() and not path.is_file():
            raise FileRefused(f"{shown(path)} isn't a regular file.")


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path`, in a file with this mode.

    If that fails, what was there before stays untouched. Missing folders are created,
    for the user only. If `path` is a symbolic link, its target is replaced, not the
    link.
    """
    with refusing(path):
        check_replaceable(path)
        target = Path(os.path.realpath(path))
        folder = target.parent
        create_folder(folder)
        handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=folder)
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                if POSIX:
                    os.fchmod(handle, mode)
                os.fsync(file.fileno())
            os.replace(name, target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        _sync_folder(folder)


def replace_own_file(path: Path, content: bytes) -> None:
    """Replace a file in one of the program's own folders, which others can't open."""
    with refusing(path.parent):
        create_folder(path.parent)
        if POSIX and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
            path.parent.chmod(0o700)
    replace_file(path, content)


def _sync_folder(folder: Path) -> None:
    """Make a new name survive a power cut, if the file system supports that."""
    if not POSIX:
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
