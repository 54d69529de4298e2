"""Opens files as strictly as ssh opens its keys.

The checks are done on the open descriptor, so nothing can be swapped between looking
and reading, and a pipe or a device can't block the program.
"""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tui.display import visible
from tui.files.refusal import FileAbsent, FileRefused, refusing, shown

POSIX = os.name == "posix"
_MIB = 1024 * 1024
_AT_ONCE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class Rule:
    """What a file must be like.

    `forbidden` are mode bits, `cure` the chmod mode that takes them away.
    """

    forbidden: int
    cure: str
    root_may_own: bool = False
    links: bool = False


PRIVATE = Rule(forbidden=0o077, cure="600")
"""A file with a credential: as strict as ssh is about a key."""

HANDED_OVER = Rule(forbidden=0o037, cure="440", root_may_own=True)
"""A file from the service manager.

With systemd, root owns it, and an access list lets the user read it, which shows as
the group's right to read.
"""

STEERING = Rule(forbidden=0o022, cure="go-w", root_may_own=True, links=True)
"""A file that says which programs to run and which hosts to ask.

As strict as ssh is about its configuration.
"""

FOREIGN = Rule(forbidden=0o002, cure="o-w", links=True)
"""Another program's file, as open as that program leaves it."""


def read_checked(path: Path, rule: Rule, mebibytes: int = 1) -> bytes:
    """Read a regular file that meets `rule` and has at most `mebibytes` MiB.

    Raises:
        FileAbsent: if there's no such file.
        FileRefused: if it's any other kind of file.
    """
    with refusing(path):
        try:
            with open(_opened(path, os.O_RDONLY, rule), "rb") as file:
                content = file.read(mebibytes * _MIB + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileAbsent(f"There is no file {shown(path)}.") from None
    if len(content) > mebibytes * _MIB:
        raise FileRefused(f"{shown(path)} is larger than {mebibytes} MiB.")
    return content


def open_to_append(path: Path, rule: Rule) -> TextIO:
    """Open a file that meets `rule` for appending.

    A missing one is created, with mode 0600.
    """
    with refusing(path):
        handle = _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, rule)
        return open(handle, "a", encoding="utf-8")


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
