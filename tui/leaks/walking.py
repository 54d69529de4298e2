"""Files below folders, as bytes, because their names may not be UTF-8.

Symbolic links are not followed. What they point to is only searched if it's in the tree
itself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import FileIO

from tui.leaks.finds import Tally, shown_path
from tui.leaks.scanning import ReadInto

_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    # A pipe without a writer must not block us.
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
# What makes a folder a git repository.
_OF_GIT = {b"HEAD", b"objects", b"refs"}


@dataclass
class Walk:
    """Walks through files.

    Attributes:
        repositories: the folders of the repositories that were found, in order.
    """

    tally: Tally
    repositories: dict[bytes, None] = field(default_factory=dict)

    def files(self, root: bytes) -> Iterator[bytes]:
        """Yield the regular files at `root` and below."""
        # A path that was named is searched, whatever it is.
        mode = _mode(root, follow=True)
        if mode is None:
            self.tally.miss(f"{shown_path(root)} doesn't exist or can't be read.")
        elif stat.S_ISDIR(mode):
            yield from self._below(root)
        elif stat.S_ISREG(mode):
            yield os.path.realpath(root)
        else:
            self.tally.miss(f"{shown_path(root)} isn't a file or a folder.")

    def _below(self, root: bytes) -> Iterator[bytes]:
        folders = [root]
        while folders:
            folder = folders.pop()
            entries = self._entries(folder)
            names = {entry.name for entry in entries}
            is_git = names >= _OF_GIT
            if is_git or b".git" in names:
                self.repositories[folder] = None
            below: list[bytes] = []
            for entry in entries:
                if entry.is_symlink():
                    self.tally.links += 1
                elif entry.is_dir(follow_symlinks=False):
                    # Objects are compressed: git itself reads them.
                    if not (is_git and entry.name == b"objects"):
                        below.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry.path
            folders += reversed(below)

    def _entries(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=_by_name)
        except OSError as error:
            self.tally.miss(f"{shown_path(folder)}: {error.strerror}.")
            return []


def opened(path: bytes) -> int:
    """Open a file that was a regular one a moment ago.

    Raises:
        OSError: if it can't be read.
    """
    return os.open(path, _OPEN)


def reader(handle: int) -> ReadInto:
    """Return a function that reads from a descriptor."""
    if hasattr(os, "readv"):
        return lambda view: os.readv(handle, (view,))
    return FileIO(handle, closefd=False).readinto


def _by_name(entry: os.DirEntry[bytes]) -> bytes:
    return entry.name


def _mode(path: bytes, *, follow: bool) -> int | None:
    with suppress(OSError, ValueError):
        return os.stat(path, follow_symlinks=follow).st_mode
    return None
