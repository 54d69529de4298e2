"""Replacing a file so that nothing is lost on the way."""

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
    """Refuse a path at which there is something else than a file.

    A device or a pipe would be gone after a replacement.
    """
    with refusing(path):
        if path.exists() and not path.is_file():
            raise FileRefused(f"{shown(path)} isn't a regular file.")


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` as a file of this mode.

    Where that fails, what was there before stays untouched. Missing folders are
    created, for the user alone. What a symbolic link points to is replaced, not the
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
    """Replace a file in a folder of the program's own, which is shut to others."""
    with refusing(path.parent):
        create_folder(path.parent)
        if POSIX and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
            path.parent.chmod(0o700)
    replace_file(path, content)


def _sync_folder(folder: Path) -> None:
    """Let a new name survive a power cut, where the file system can."""
    if not POSIX:
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
