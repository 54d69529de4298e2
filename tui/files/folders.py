"""The program's own folders, which other users can't open."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from tui.files.refusal import FileAbsent, refusing

_NAME = "tokendeck"

ELSEWHERE = "XDG_STATE_HOME can name another folder."
"""What to do if a state file can't be written."""


def config_folder(environ: Mapping[str, str]) -> Path:
    """Return `$XDG_CONFIG_HOME/tokendeck`, or the system's usual place.

    Raises:
        FileAbsent: if there is no home directory.
    """
    return _folder(environ, "XDG_CONFIG_HOME", user_config_path)


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return `$XDG_STATE_HOME/tokendeck`; otherwise the same as `config_folder`."""
    return _folder(environ, "XDG_STATE_HOME", user_state_path)


def create_folder(folder: Path) -> None:
    """Create a folder and any missing parents, all for the user only.

    For parents, `mkdir` leaves the mode to the umask, which may let everyone in.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing[1:]):
        each.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def try_folder(folder: Path) -> None:
    """Try writing to one of the program's own folders, and leave nothing there.

    Raises:
        FileRefused: if that can't be done.
    """
    with refusing(folder):
        create_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b" " * 4096)
            file.flush()
            os.fsync(file.fileno())


def _folder(
    environ: Mapping[str, str], variable: str, otherwise: Callable[..., Path]
) -> Path:
    # The specification says to ignore relative paths.
    named = environ.get(variable, "")
    if os.path.isabs(named):
        return Path(named) / _NAME
    try:
        folder = otherwise(_NAME, appauthor=False)
    except RuntimeError:
        folder = Path()
    if not folder.is_absolute():
        raise FileAbsent(
            f"There's no home directory for Tokendeck's files: set HOME or {variable}."
        )
    return folder
