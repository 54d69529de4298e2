"""Files, opened and replaced with care.

Files are opened as ssh opens its keys. The checks are made on the open descriptor, so nothing can be swapped
between looking and reading; and a pipe or a device can't make the program wait.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tui.display import visible

_MOST_BYTES = 1024 * 1024
_POSIX = os.name == "posix"


class FileRefused(ValueError):
    """A file that won't be read or written; the text says why, and what to type where that helps."""


class FileAbsent(FileRefused):
    """There is no such file."""


@dataclass(frozen=True)
class Rule:
    """What a file must be like. `forbidden` are mode bits, `cure` the chmod mode that takes them away."""

    forbidden: int
    cure: str
    root_may_own: bool = False
    links: bool = False


def read_checked(path: Path, rule: Rule) -> bytes:
    """The content of `path`, at most 1 MiB, if it is a regular file that keeps to `rule`.

    Raises:
        FileAbsent: if there is none.
        FileRefused: if it may not or can't be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    if not rule.links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
        try:
            objection = _objection(path, os.fstat(handle), rule)
            if objection:
                raise FileRefused(objection)
            with open(handle, "rb", closefd=False) as file:
                content = file.read(_MOST_BYTES + 1)
        finally:
            os.close(handle)
    except (FileNotFoundError, NotADirectoryError):
        raise FileAbsent(f"There is no file {shown(path)}.") from None
    except (OSError, ValueError) as error:
        raise refusal_of(path, error) from None
    if len(content) > _MOST_BYTES:
        raise FileRefused(f"{shown(path)} is larger than 1 MiB.")
    return content


def open_to_append(path: Path, rule: Rule) -> TextIO:
    """Open a file to write at its end, made with mode 0600 if it isn't there.

    Raises:
        FileRefused: if it can't be opened or doesn't keep to `rule`.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags, 0o600)
    except (OSError, ValueError) as error:
        raise refusal_of(path, error) from None
    objection = _objection(path, os.fstat(handle), rule)
    if objection:
        os.close(handle)
        raise FileRefused(objection)
    return open(handle, "a", encoding="utf-8")


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` as a file of this mode: all of it, or what was there before.

    Missing folders are made, for the user alone. What a symbolic link points to is replaced, not the link.

    Raises:
        FileRefused: if it can't be written; what was there before is untouched.
    """
    try:
        target = Path(os.path.realpath(path))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                if _POSIX:
                    os.fchmod(handle, mode)
                os.fsync(file.fileno())
            os.replace(name, target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        _sync_folder(target.parent)
    except (OSError, ValueError) as error:
        raise refusal_of(path, error) from None


def refusal_of(path: Path, error: OSError | ValueError) -> FileRefused:
    """What went wrong with a file, in a sentence."""
    if isinstance(error, FileRefused):
        return error
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return FileRefused(f"{shown(path)} is a symbolic link; name the file itself.")
    why = (
        error.strerror if isinstance(error, OSError) and error.strerror else "it is no path that can be used"
    )
    return FileRefused(f"{shown(path)}: {why}.")


def shown(path: Path) -> str:
    """A path as it stands in a sentence."""
    return visible(str(path))


def _objection(path: Path, info: os.stat_result, rule: Rule) -> str | None:
    if not stat.S_ISREG(info.st_mode):
        return f"{shown(path)} is not a regular file."
    if not _POSIX:
        return None
    if info.st_uid != os.geteuid() and not (rule.root_may_own and info.st_uid == 0):
        return f"{shown(path)} belongs to somebody else, so it is not read."
    if info.st_mode & rule.forbidden:
        what = "read or changed" if rule.forbidden & 0o004 and info.st_mode & 0o044 else "changed"
        command = visible(f"chmod {rule.cure} {shlex.quote(str(path))}")
        return f"{shown(path)} can be {what} by others, so it is not read. Type: {command}"
    return None


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut; not every file system can."""
    if not _POSIX:
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
