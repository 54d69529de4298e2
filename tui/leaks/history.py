"""Values in the objects of a repository, and the commits that lead to them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from io import BufferedReader
from typing import NamedTuple

from tui.leaks.finds import Find, OnProgress, Tally, Where, find_at, shown_path
from tui.leaks.git import GitFailed, Repository
from tui.leaks.scanning import Scanner, Spot

_TEXTS = {b"commit", b"tag"}
_AUTHOR = re.compile(rb"^(?:author|tagger) .*?(\d+) ([+-]\d\d)(\d\d)$", re.MULTILINE)
_HEADER = 64 * 1024
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b"}
_LETTERS |= {b"v": b"\v", b"f": b"\f"}
_LOG = (
    # For merges, only what no parent has: the rest is in the commits that they merge.
    *("log", "--raw", "--no-abbrev", "-c", "--no-renames"),
    *("--no-color", "--no-notes", "--no-ext-diff", "--format=@%H %aI"),
)
_Lines = dict[tuple[bytes, bytes], bytes]
"""The line of the oldest commit so far, by a content's name and path."""

_CHANGES = {b":0", b":1"}
_MOST_RESTARTS = 20
_OFTEN = 500


class _Place(NamedTuple):
    """Where a content was committed."""

    path: bytes
    commit: str
    date: str
    where: Where


@dataclass
class History:
    """Searches one repository; what can't be read goes into the tally.

    Attributes:
        meant: the paths to search: files, and folders with a slash at the end; an empty
            one is the whole repository.
    """

    repository: Repository
    scanner: Scanner
    tally: Tally
    meant: tuple[bytes, ...]
    on_progress: OnProgress
    _spots: dict[str, list[Spot]] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)

    def finds(self) -> Iterator[Find]:
        """Yield what is in the history: first in commit messages, then in files."""
        yield from self._objects()
        if self._spots:
            yield from self._located()

    def _objects(self) -> Iterator[Find]:
        """Scan every object; findings in files are located later, all at once."""
        words = ("cat-file", "--batch", "--batch-all-objects", "--unordered")
        try:
            with self.repository.git.running(*words, "--buffer") as pipe:
                while header := pipe.readline():
                    if self.tally.stopped:
                        return
                    yield from self._object(header, pipe)
        except GitFailed as failure:
            self._miss(f"some objects couldn't be read: {failure}")

    def _object(self, header: bytes, pipe: BufferedReader) -> Iterator[Find]:
        parts = header.split()
        if len(parts) != 3:
            shown = header.split(b" ")[0].decode("ascii", "replace")[:16]
            self._miss(f"object {shown} is missing or damaged")
            return
        name, kind, size = parts[0].decode(), parts[1], int(parts[2])
        if kind == b"tree":
            skip(pipe, size + 1)
            return
        self.tally.objects += 1
        if self.tally.objects % _OFTEN == 0:
            self.on_progress(self.tally)
        self.tally.octets += size
        spots = self.scanner.scan(Body(pipe, size).read_into)
        skip(pipe, 1)
        if kind == b"blob":
            self.tally.compressed += self.scanner.is_compressed
            if spots:
                self._spots[name] = spots
        elif spots and kind in _TEXTS and b"" in self.meant:
            date = _date(self.scanner.head(_HEADER))
            for spot in spots:
                yield self._find(spot, "message", name, name, date)

    def _find(
        self,
        spot: Spot,
        where: Where,
        object_id: str,
        commit: str = "",
        date: str = "",
        path: bytes = b"",
    ) -> Find:
        return find_at(
            spot,
            where,
            shown_path(path),
            repository=shown_path(self.repository.folder),
            object_id=object_id,
            commit=commit,
            date=date,
        )

    def _located(self) -> Iterator[Find]:
        """Yield findings in files, each with the oldest commit that has it there."""
        places: dict[tuple[str, bytes], _Place] = {}
        whole = self._read_log(places)
        # If the log wasn't read in full, nothing else shows what a commit contains.
        if not self.tally.stopped:
            self._read_index(places)
        if self._lost(places) and not self.tally.stopped:
            self._read_rest(places, "unreachable" if whole else "history")
        for (name, path), place in places.items():
            if self._is_meant(path):
                for spot in self._spots[name]:
                    yield self._find(
                        spot, place.where, name, place.commit, place.date, path
                    )
        lost = self._lost(places) if b"" in self.meant else ()
        where: Where = "history" if self.tally.stopped else "unreachable"
        for name in lost:
            for spot in self._spots[name]:
                yield self._find(spot, where, name)

    def _is_meant(self, path: bytes) -> bool:
        if b"" in self.meant or path in self.meant:
            return True
        return any(x.endswith(b"/") and path.startswith(x) for x in self.meant)

    def _lost(self, places: Iterable[tuple[str, bytes]]) -> list[str]:
        located = {name for name, _ in places}
        return [name for name in self._spots if name not in located]

    def _read_log(self, places: dict[tuple[str, bytes], _Place]) -> bool:
        latest: _Lines = {}
        try:
            with self.repository.git.running(*_LOG, "--all", "--reflog", "--") as pipe:
                self._read_raw(pipe, latest)
        except GitFailed as failure:
            self._miss(f"some commits couldn't be read: {failure}")
            return False
        finally:
            places.update(_places(latest, "history", self._stashed()))
        return True

    def _stashed(self) -> set[bytes]:
        """Return the commits that stashes consist of."""
        stashed: set[bytes] = set()
        # The newest one needs no reflog, and may have none.
        for which in ("-g", "-1"):
            words = ("log", which, "--format=%H %P", "refs/stash", "--")
            # There may be none.
            with suppress(GitFailed), self.repository.git.running(*words) as pipe:
                for line in pipe:
                    commit, _parent, *own = line.split()
                    stashed.update((commit, *own))
        return stashed

    def _read_raw(self, pipe: BufferedReader, latest: _Lines) -> None:
        """Note where contents were committed; later lines are of older commits."""
        wanted = {name.encode() for name in self._spots}
        width = len(next(iter(wanted)))
        begin, end = 16 + width, 16 + 2 * width
        header = b""
        # A big history has millions of lines, so this is kept short.
        for line in pipe:
            mark = line[:2]
            if mark in _CHANGES:
                if line[begin:end] in wanted:
                    latest[line[begin:end], _path(line)] = header
            elif mark == b"::":
                name = line.partition(b"\t")[0].split()[-2]
                if name in wanted:
                    latest[name, _path(line)] = header
            elif mark[:1] == b"@":
                header = line
                self._seen.add(bytes.fromhex(line[1 : 1 + width].decode()))
                if self.tally.stopped:
                    return

    def _read_index(self, places: dict[tuple[str, bytes], _Place]) -> None:
        """Note what is staged but not in any commit."""
        lost = set(self._lost(places))
        if not lost:
            return
        words = ("ls-files", "--stage", "-z", "--full-name")
        try:
            with self.repository.git.running(*words) as pipe:
                for entry in pipe.read().split(b"\0"):
                    facts, _, path = entry.partition(b"\t")
                    name = facts.split(b" ")[1].decode() if path else ""
                    if name in lost:
                        places[name, path] = _Place(path, "", "", "staged")
        except GitFailed as failure:
            self._miss(f"the index couldn't be read: {failure}")

    def _read_rest(self, places: dict[tuple[str, bytes], _Place], where: Where) -> None:
        """Search the commits that the log didn't reach.

        Either no branch leads to them, or git stopped at a missing object.
        """
        left = [
            name for name in self._commits() if bytes.fromhex(name) not in self._seen
        ]
        for _ in range(_MOST_RESTARTS):
            if not left or self.tally.stopped:
                return
            with suppress(GitFailed):
                self._read_commits(left, places, where)
                return
            # Git gave up at the first commit that it didn't print.
            unread = (at for at, name in enumerate(left) if self._is_unread(name))
            left = left[next(unread, 0) + 1 :]

    def _is_unread(self, commit: str) -> bool:
        return bytes.fromhex(commit) not in self._seen

    def _read_commits(
        self,
        commits: list[str],
        places: dict[tuple[str, bytes], _Place],
        where: Where,
    ) -> None:
        with tempfile.TemporaryFile() as given:
            given.write("\n".join([*commits, ""]).encode())
            given.seek(0)
            words = (*_LOG, "--no-walk=unsorted", "--stdin")
            latest: _Lines = {}
            try:
                with self.repository.git.running(*words, given=given) as pipe:
                    self._read_raw(pipe, latest)
            finally:
                places.update(_places(latest, where, set()))

    def _commits(self) -> list[str]:
        """Return all commits that exist, whether or not anything leads to them."""
        words = ("cat-file", "--batch-all-objects", "--unordered", "--buffer")
        form = "--batch-check=%(objecttype) %(objectname)"
        commits: list[str] = []
        with suppress(GitFailed), self.repository.git.running(*words, form) as pipe:
            commits += (
                line[7:].decode().strip()
                for line in pipe
                if line.startswith(b"commit ")
            )
        return commits

    def _miss(self, words: str) -> None:
        self.tally.miss(f"{shown_path(self.repository.folder)}: {words}.")


class Body:
    """The content of an object in the output of `git cat-file --batch`."""

    def __init__(self, pipe: BufferedReader, size: int) -> None:
        self._pipe = pipe
        self._left = size

    def read_into(self, view: memoryview) -> int:
        """Fill the beginning of a buffer."""
        if not self._left:
            return 0
        count = self._pipe.readinto(view[: self._left])
        self._left -= count
        if not count:
            self._left = 0
        return count


def skip(pipe: BufferedReader, size: int) -> None:
    """Skip bytes."""
    while size > 0:
        part = pipe.read(min(size, _HEADER))
        if not part:
            return
        size -= len(part)


def _path(line: bytes) -> bytes:
    """Return the path in a line of the log, as git quotes it."""
    return line.rstrip(b"\n").partition(b"\t")[2]


def _places(
    latest: _Lines, where: Where, stashed: set[bytes]
) -> dict[tuple[str, bytes], _Place]:
    places: dict[tuple[str, bytes], _Place] = {}
    for (name, quoted), header in latest.items():
        path = _unquoted(quoted)
        places[name.decode(), path] = _place_of(header, path, where, stashed)
    return places


def _place_of(header: bytes, path: bytes, where: Where, stashed: set[bytes]) -> _Place:
    commit, _, date = header[1:].decode("ascii", "replace").strip().partition(" ")
    if commit.encode() in stashed:
        where = "stash"
    return _Place(path, commit, date, where)


def _date(text: bytes) -> str:
    """Return the author's date of a commit, or the date of a tag."""
    found = _AUTHOR.search(text)
    if found is None:
        return ""
    hours, minutes = int(found[2]), int(found[3])
    offset = timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(found[1]), timezone(offset)).isoformat()
    return ""


def _unquoted(path: bytes) -> bytes:
    """Return a path as it is: git quotes those with unusual characters."""
    if not (path.startswith(b'"') and path.endswith(b'"')):
        return path
    return _ESCAPED.sub(_character, path[1:-1])


def _character(found: re.Match[bytes]) -> bytes:
    text = found[1]
    if len(text) == 3:
        return bytes([int(text, 8) & 0xFF])
    return _LETTERS.get(text, text)
