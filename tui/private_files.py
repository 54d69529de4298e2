"""Files that are nobody else's business: where they lie and how they are kept."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from platformdirs import user_config_path, user_state_path

from tui.files import (
    POSIX,
    FileAbsent,
    FileRefused,
    Rule,
    create_folder,
    read_checked,
    refusing,
    replace_file,
    shown,
)

_NAME = "tokendeck"
_PAUSE = 0.01

PATIENCE = 2.0
"""Seconds to wait for another Tokendeck that writes the same file.

It takes milliseconds, unless it hangs.
"""

ELSEWHERE = "XDG_STATE_HOME can name another folder."
"""What to do where a file of the state can't be written."""

PRIVATE = Rule(forbidden=0o077, cure="600")
"""A file that holds a credential: as strict as ssh is about a key."""

HANDED_OVER = Rule(forbidden=0o037, cure="440", root_may_own=True)
"""A file from the service manager.

systemd leaves it to root and lets the user read it by an access list, which shows as
the group's right to read.
"""

STEERING = Rule(forbidden=0o022, cure="go-w", root_may_own=True, links=True)
"""A file that says which programs run and which hosts are asked.

As strict as ssh is about its configuration.
"""

FOREIGN = Rule(forbidden=0o002, cure="o-w", links=True)
"""Another program's file, which is as open as that program leaves it."""

DAMAGED = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What reading JSON raises where it is none, or not as it was written."""

Kept = TypeVar("Kept")


def config_folder(environ: Mapping[str, str]) -> Path:
    """Return `$XDG_CONFIG_HOME/tokendeck`, else where the system keeps such things.

    Raises:
        FileAbsent: if there is no home directory.
    """
    return _folder(environ, "XDG_CONFIG_HOME", user_config_path)


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return `$XDG_STATE_HOME/tokendeck`; otherwise the same as `config_folder`."""
    return _folder(environ, "XDG_STATE_HOME", user_state_path)


def replace_own_file(path: Path, content: bytes) -> None:
    """Replace a file in a folder of the program's own, which is shut to others."""
    with refusing(path.parent):
        create_folder(path.parent)
        if POSIX and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
            path.parent.chmod(0o700)
    replace_file(path, content)


def read_json(path: Path, kind: type[Kept], otherwise: Kept) -> Kept:
    """Read a file of the program's own; without one, the answer is `otherwise`.

    Raises:
        FileRefused: if it is damaged.
    """
    try:
        return msgspec.json.decode(read_checked(path, PRIVATE), type=kind)
    except FileAbsent:
        return otherwise
    except DAMAGED:
        raise FileRefused(f"{shown(path)} is damaged; delete it.") from None


def change_json(
    path: Path, read: Callable[[], Kept], change: Callable[[Kept], Kept]
) -> None:
    """Change what a file holds, so that no other Tokendeck's change is lost."""
    with locked(path.with_suffix(".lock"), patience=PATIENCE):
        before = read()
        after = change(before)
        if after != before:
            replace_own_file(path, msgspec.json.encode(after))


def try_folder(folder: Path) -> None:
    """Write into a folder of the program's own, and leave nothing there.

    Raises:
        FileRefused: if that can't be done.
    """
    with refusing(folder):
        create_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b" " * 4096)
            file.flush()
            os.fsync(file.fileno())


class Held(FileRefused):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock that `path` stands for.

    The system takes it away from a process that has died. The file stays, which does
    no harm: what counts is who holds it.

    Raises:
        Held: if somebody else has it for longer than `patience` seconds.
        FileRefused: if the folder won't do.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - not before the first write

    with refusing(path):
        create_folder(path.parent)
        lock = FileLock(
            path,
            timeout=patience,
            mode=0o600,
            # A lock may be taken in one thread and given back in another.
            thread_local=False,
            poll_interval=_PAUSE,
            # The mere existence of a file would outlive a process that dies.
            fallback_to_soft=False,
        )
        try:
            lock.acquire()
        except Timeout:
            raise Held(f"Another Tokendeck holds {shown(path)}.") from None
    try:
        yield
    finally:
        lock.release()


def _folder(
    environ: Mapping[str, str], variable: str, otherwise: Callable[..., Path]
) -> Path:
    # The specification has relative paths ignored.
    named = environ.get(variable, "")
    if os.path.isabs(named):
        return Path(named) / _NAME
    try:
        folder = otherwise(_NAME, appauthor=False)
    except RuntimeError:
        folder = Path()
    if not folder.is_absolute():
        raise FileAbsent(
            f"There is no home directory to keep files in: set HOME or {variable}."
        )
    return folder
