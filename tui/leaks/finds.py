"""What a search finds: places with values, and what it couldn't search."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tui.leaks.known import KnownToken
from tui.leaks.scanning import Spot

Where = Literal["file", "staged", "history", "stash", "unreachable", "message"]
"""What holds a value.

`staged` is in the index, `message` is the text of a commit or tag, and `unreachable` is
what no branch, tag, stash or reflog leads to.
"""

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Find:
    """A value of a token in a file or in history; never the value itself.

    Attributes:
        path: as text, with escapes for what isn't UTF-8. In history, it's relative to
            the repository; empty if no commit leads to the content.
        line: counted from 1; 0 in a binary file, as is the column.
        offset: bytes before the value.
        token: whose value it is; None if it only looks like a token's.
        is_authtoken: whether it looks like an authtoken and that word is next to it.
        fingerprint: 16 hex digits of its SHA-256.
        repository: the folder of the repository, for what is in history.
        object_id: git's name for the content.
        commit: the oldest commit that has it there; empty if there is none.
        date: its author's date, as in 2026-11-30T14:00:00+00:00.
    """

    where: Where
    path: str
    line: int
    column: int
    offset: int
    token: KnownToken | None
    is_authtoken: bool
    fingerprint: str
    repository: str = ""
    object_id: str = ""
    commit: str = ""
    date: str = ""


@dataclass
class Tally:
    """What a search has looked at so far; a screen may read it at any time.

    Attributes:
        place: the path of what is being searched.
        links: how many symbolic links were not followed.
        compressed: how many files and contents in history are compressed.
        compressed_paths: the first few compressed files.
        unread: why something couldn't be searched, in sentences.
        notes: what history doesn't have, in sentences.
        accepted: how many findings the baseline accepts.
        rest: what wouldn't have been searched if the search ended now.
    """

    place: bytes = b""
    files: int = 0
    octets: int = 0
    objects: int = 0
    repositories: int = 0
    links: int = 0
    compressed: int = 0
    compressed_paths: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unread_count: int = 0
    notes: list[str] = field(default_factory=list)
    accepted: int = 0
    rest: str = ""
    stopped: bool = False

    _MOST = 20

    def miss(self, words: str) -> None:
        """Note why something couldn't be searched."""
        self.unread_count += 1
        if len(self.unread) < self._MOST:
            self.unread.append(words)

    def add(self, other: Tally) -> None:
        """Add what a helper looked at."""
        self.files += other.files
        self.octets += other.octets
        self.compressed += other.compressed
        self.compressed_paths += other.compressed_paths
        del self.compressed_paths[self._MOST :]
        self.unread_count += other.unread_count
        self.unread += other.unread
        del self.unread[self._MOST :]

    def note_compressed(self, path: str) -> None:
        """Note something compressed, in which values can't be seen."""
        self.compressed += 1
        if len(self.compressed_paths) < self._MOST:
            self.compressed_paths.append(path)


OnProgress = Callable[[Tally], None]


def shown_path(path: bytes) -> str:
    """Return a path as text that can be UTF-8, whatever its bytes are."""
    return path.decode("utf-8", "backslashreplace")


def path_text(path: str | os.PathLike[str]) -> str:
    """Return a system path as text that can be UTF-8."""
    return shown_path(os.fsencode(path))


def fingerprint_of(digest: bytes) -> str:
    """Return how findings name the value with this digest."""
    return digest.hex()[:_DIGITS]


def find_in_file(spot: Spot, path: bytes) -> Find:
    """Return the finding for a value in a file."""
    return find_at(spot, "file", shown_path(path))


def find_at(
    spot: Spot,
    where: Where,
    path: str = "",
    *,
    repository: str = "",
    object_id: str = "",
    commit: str = "",
    date: str = "",
) -> Find:
    """Return the finding for a value at a place."""
    match = spot.match
    return Find(
        where=where,
        path=path,
        line=spot.line,
        column=spot.column,
        offset=spot.offset,
        token=match.token,
        is_authtoken=match.is_authtoken,
        fingerprint=fingerprint_of(match.digest),
        repository=repository,
        object_id=object_id,
        commit=commit,
        date=date,
    )
