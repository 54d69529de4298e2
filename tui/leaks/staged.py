"""Finds values that a commit would add: staged, but not in the last commit."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from io import BufferedReader
from typing import NamedTuple

from tui.leaks.finds import Find, Tally, find_at, shown_path
from tui.leaks.git import Git
from tui.leaks.history import Body, skip
from tui.leaks.known import KnownTokens
from tui.leaks.matching import Matcher
from tui.leaks.scanning import Scanner, Spot

_DIFF = (
    *("diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"),
    *("--no-ext-diff", "--diff-filter=AMT", "--ignore-submodules=all"),
)


class _Change(NamedTuple):
    """A staged file, with git's names for its content before and after."""

    before: bytes
    after: bytes
    path: bytes


def staged_finds(known: KnownTokens, tally: Tally) -> Generator[Find, None, None]:
    """Yield the values that are in the index, but not in the last commit.

    The index is the one that a hook names: with `git commit PATH`, it's another one.

    Raises:
        GitFailed: if there is no repository, or git fails.
    """
    git = Git(in_hook=True)
    with git.running(*_DIFF, "--") as pipe:
        changes = _changes(pipe.read())
    if not changes:
        return
    scanner = Scanner(Matcher(known))
    tally.rest = "the rest of what is staged"
    with tempfile.TemporaryFile() as given:
        for change in changes:
            given.write(change.before + b"\n" + change.after + b"\n")
        given.seek(0)
        words = ("cat-file", "--batch", "--buffer")
        with git.running(*words, given=given) as pipe:
            for change in changes:
                if tally.stopped:
                    return
                old = {spot.match.digest for spot in _spots(pipe, scanner)}
                tally.files += 1
                for spot in _spots(pipe, scanner):
                    if spot.match.digest not in old:
                        yield _find(spot, change)


def _find(spot: Spot, change: _Change) -> Find:
    path, name = shown_path(change.path), change.after.decode()
    return find_at(spot, "staged", path, object_id=name)


def _changes(printed: bytes) -> list[_Change]:
    parts = iter(printed.split(b"\0"))
    changes = []
    for facts in parts:
        if facts:
            fields = facts.split(b" ")
            changes.append(_Change(fields[2], fields[3], next(parts)))
    return changes


def _spots(pipe: BufferedReader, scanner: Scanner) -> list[Spot]:
    """Scan the next content; there's none if the file is new."""
    header = pipe.readline().split()
    if len(header) != 3:
        return []
    size = int(header[2])
    spots = scanner.scan(Body(pipe, size).read_into)
    skip(pipe, 1)
    return spots
