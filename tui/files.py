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
    """Something can't be used or done as it is.

    The text says what and why, and what helps.
    """


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
    """The content of a regular file of at most 1 MiB that keeps to `rule`, else `FileRefused`."""
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
    """A file that keeps to `rule`, to write at its end.

    Made with mode 0600 if it isn't there.
    """
    with refusing(path):
        return open(
            _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, rule),
            "a",
            encoding="utf-8",
        )


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` as a file of this mode.

    All of it, or what was there before stays, untouched.

    Missing folders are made, for the user alone. What a symbolic link points to is
    replaced, not the link.
    """
    with refusing(path):
        target = Path(os.path.realpath(path))
        create_folder(target.parent)
        handle, name = tempfile.mkstemp(
            prefix=".", suffix=target.suffix, dir=target.parent
        )
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
        _sync_folder(target.parent)


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
    """Whatever the system says against `path` is a `FileRefused`, in a sentence."""
    try:
        yield
    except FileRefused:
        raise
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise FileRefused(
                f"{shown(path)} is a symbolic link; name the file itself."
            ) from None
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            raise FileRefused(
                f"That name is too long for a file: {shown(path)}"
            ) from None
        why = getattr(error, "strerror", None) or "it is no path that can be used"
        raise FileRefused(f"{shown(path)}: {why}.") from None


def shown(path: Path) -> str:
    """A path as it stands in a sentence."""
    return visible(str(path))


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
        return f"{shown(path)} is not a regular file."
    if not POSIX:
        return None
    if info.st_uid != os.geteuid() and not (rule.root_may_own and info.st_uid == 0):
        return f"{shown(path)} belongs to somebody else, so it is not read."
    if info.st_mode & rule.forbidden:
        what = (
            "read or changed"
            if rule.forbidden & 0o004 and info.st_mode & 0o044
            else "changed"
        )
        command = visible(f"chmod {rule.cure} {shlex.quote(str(path))}")
        return (
            f"{shown(path)} can be {what} by others, so it is not read. Type: {command}"
        )
    return None


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut; not every file system can."""
    if POSIX:
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
