"""Files, opened and replaced with care.

Files are opened as ssh opens its keys. The checks are made on the open descriptor, so
nothing can be swapped between looking and reading; and a pipe or a device can't make
the program wait.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tui.display import visible

POSIX = os.name == "posix"
_MOST_BYTES = 1024 * 1024
_AT_ONCE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class Refused(ValueError):
    """Something can't be used or done as it is: the text says why, and what helps."""


class FileRefused(Refused):
    """A file that won't be read or written."""


class FileAbsent(FileRefused):
    """There is no such file."""


@dataclass(frozen=True)
class Rule:
    """What a file must be like.

    `forbidden` are mode bits, `cure` the chmod mode that takes them away.
    """

    forbidden: int
    cure: str
    root_may_own: bool = False
    links: bool = False


def read_checked(path: Path, rule: Rule) -> bytes:
    """Read a regular file of at most 1 MiB that keeps to `rule`.

    Raises:
        FileAbsent: if there is none.
        FileRefused: if it is any other file.
    """
    with refusing(path):
        try:
            with open(_opened(path, os.O_RDONLY, rule), "rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileAbsent(f"There is no file {shown(path)}.") from None
    if len(content) > _MOST_BYTES:
        raise FileRefused(f"{shown(path)} is larger than 1 MiB.")
    return content


def open_to_append(path: Path, rule: Rule) -> TextIO:
    """Open a file that keeps to `rule`, to write at its end.

    A missing one is created, with mode 0600.
    """
    with refusing(path):
        handle = _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, rule)
        return open(handle, "a", encoding="utf-8")


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` as a file of this mode.

    Where that fails, what was there before stays untouched. Missing folders are
    created, for the user alone. What a symbolic link points to is replaced, not the
    link.
    """
    with refusing(path):
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


def create_folder(folder: Path) -> None:
    """Create a folder and those above it that are missing, each for the user only.

    Of folders above, `mkdir` leaves the mode to the umask, which may let everybody in.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing[1:]):
        each.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn whatever the system says against `path` into a `FileRefused`."""
    try:
        yield
    except FileRefused:
        raise
    except (OSError, ValueError) as error:
        raise FileRefused(_sentence(path, error)) from None


def shown(path: Path) -> str:
    """Return a path as it stands in a sentence."""
    return visible(str(path))


def _sentence(path: Path, error: OSError | ValueError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ELOOP:
        return f"{shown(path)} is a symbolic link. Use the file itself."
    if number == errno.ENAMETOOLONG:
        return f"That name is too long for a file: {shown(path)}"
    told = error.strerror if isinstance(error, OSError) else None
    return f"{shown(path)}: {told or 'it is not a usable path'}."


def _opened(path: Path, flags: int, rule: Rule) -> int:
    flags |= _AT_ONCE if rule.links else _AT_ONCE | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, 0o600)
    objection = _objection(path, os.fstat(handle), rule)
    if objection:
        os.close(handle)
        raise FileRefused(objection)
    return handle


def _objection(path: Path, info: os.stat_result, rule: Rule) -> str | None:
    if not stat.S_ISREG(info.st_mode):
        return f"{shown(path)} isn't a regular file."
    if not POSIX:
        return None
    if info.st_uid != os.geteuid() and not (rule.root_may_own and info.st_uid == 0):
        return f"{shown(path)} belongs to someone else, so Tokendeck won't read it."
    if not info.st_mode & rule.forbidden:
        return None
    is_secret = bool(rule.forbidden & 0o004)
    is_readable = bool(info.st_mode & 0o044)
    what = "read or changed" if is_secret and is_readable else "changed"
    command = visible(f"chmod {rule.cure} {shlex.quote(str(path))}")
    return (
        f"{shown(path)} can be {what} by others, so Tokendeck won't read it."
        f" Run: {command}"
    )


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
