"""Searches files and history, and yields each finding."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tui.leaks.files import finds_in
from tui.leaks.finds import Find, OnProgress, Tally, shown_path
from tui.leaks.git import GitFailed, Repository, repository_at
from tui.leaks.helper import Helper, HelperDied
from tui.leaks.history import History
from tui.leaks.known import KnownTokens
from tui.leaks.matching import Matcher
from tui.leaks.scanning import Scanner
from tui.leaks.walking import Walk

_BATCH = 128


def _nobody(_tally: Tally) -> None:
    """Do nothing."""


@dataclass
class Search:
    """Searches some paths for values.

    A screen iterates `finds()` in its own thread. It may read `tally` and call
    `stop()` at any time.

    Attributes:
        files: whether files are searched.
        history: whether the history of repositories is searched.
        only_known: whether to skip what only looks like a value.
        on_progress: called now and then, in the thread of the search, when the tally
            has changed.
    """

    paths: tuple[str, ...]
    known: KnownTokens
    files: bool = True
    history: bool = True
    only_known: bool = False
    tally: Tally = field(default_factory=Tally)
    on_progress: OnProgress = _nobody

    def stop(self) -> None:
        """Make the search end soon."""
        self.tally.stopped = True

    def finds(self) -> Generator[Find, None, None]:
        """Yield what is found: first in files, then in history."""
        for find in self._all():
            if find.token or not self.only_known:
                yield find

    def _all(self) -> Iterator[Find]:
        scanner = Scanner(Matcher(self.known))
        walk = Walk(self.tally)
        parts = {"the rest of the files": self.files, "history": self.history}
        self.tally.rest = " and ".join(part for part in parts if parts[part])
        helper = Helper(self.known, self.tally)
        try:
            for batch in self._batches(walk):
                yield from self._in_files(batch, scanner, helper)
            if not self.tally.stopped:
                yield from self._of_helper(helper, scanner, wait=True)
        finally:
            helper.stop()
        if self.history and not self.tally.stopped:
            yield from self._in_history(walk, scanner)
        if not self.tally.stopped:
            self.tally.rest = ""

    def _batches(self, walk: Walk) -> Iterator[Sequence[bytes]]:
        """Yield the files; even if there are none, walking finds the repositories."""
        for root in _outermost(self.paths):
            paths = walk.files(root)
            while batch := [*islice(paths, _BATCH)]:
                if self.tally.stopped:
                    return
                if self.files:
                    yield batch

    def _in_files(
        self, batch: Sequence[bytes], scanner: Scanner, helper: Helper
    ) -> Iterator[Find]:
        self.tally.place = batch[0]
        self.on_progress(self.tally)
        if not helper.takes(batch):
            yield from self._scan(batch, scanner)
        yield from self._of_helper(helper, scanner)

    def _of_helper(
        self, helper: Helper, scanner: Scanner, *, wait: bool = False
    ) -> Iterator[Find]:
        try:
            yield from helper.results(wait=wait)
        except HelperDied as left:
            yield from self._scan(left.batch, scanner)

    def _scan(self, batch: Sequence[bytes], scanner: Scanner) -> Iterator[Find]:
        for path in batch:
            if self.tally.stopped:
                return
            yield from finds_in(path, scanner, self.tally)

    def _in_history(self, walk: Walk, scanner: Scanner) -> Iterator[Find]:
        if shutil.which("git") is None:
            self.tally.miss("git isn't installed, so history wasn't searched.")
            return
        repositories = self._repositories(walk)
        for number, (repository, meant) in enumerate(repositories, start=1):
            if self.tally.stopped:
                return
            self.tally.place = repository.folder
            self.tally.rest = _rest(repository, len(repositories) - number)
            self.tally.repositories += 1
            self._note(repository)
            history = History(repository, scanner, self.tally, meant, self.on_progress)
            yield from history.finds()

    def _repositories(
        self, walk: Walk
    ) -> Collection[tuple[Repository, tuple[bytes, ...]]]:
        """Return each repository once, with the paths in it to search."""
        found: dict[bytes, tuple[Repository, tuple[bytes, ...]]] = {}
        for folder, name, is_named in self._folders(walk):
            try:
                repository = repository_at(folder)
            except GitFailed as failure:
                if not (is_named and "not a git repository" in str(failure)):
                    self.tally.miss(f"{shown_path(folder)}: {failure}.")
                continue
            key, path = repository.common_dir, repository.inside + name
            first, paths = found.get(key, (repository, ()))
            found[key] = first, (*paths, path)
        return found.values()

    def _folders(self, walk: Walk) -> Iterator[tuple[bytes, bytes, bool]]:
        """Yield folders that may be in a repository: those found, then those named.

        Each comes with the one file in it to search, if there's only one.
        """
        for folder in walk.repositories:
            yield folder, b"", False
        for path in self.paths:
            place = os.path.realpath(os.fsencode(path))
            if os.path.isfile(place):
                yield *os.path.split(place), True
            elif place not in walk.repositories and os.path.isdir(place):
                yield place, b"", True

    def _note(self, repository: Repository) -> None:
        folder = shown_path(repository.folder)
        if repository.is_shallow:
            self.tally.notes.append(
                f"{folder} is a shallow clone, so older history wasn't searched."
            )
        if repository.is_partial:
            self.tally.notes.append(
                f"{folder} is a partial clone: files that it doesn't have weren't"
                " searched."
            )


def _rest(repository: Repository, more: int) -> str:
    """Say what isn't searched, if the search ends in a repository."""
    rest = f"the rest of the history of {shown_path(repository.folder)}"
    return f"{rest} and {more:,} more" if more else rest


def _outermost(paths: Iterable[str]) -> list[bytes]:
    """Return the paths without those that are below others, or named twice."""
    real = {os.path.realpath(os.fsencode(path)): os.fsencode(path) for path in paths}
    return [
        path
        for place, path in real.items()
        if not any(place.startswith(os.path.join(other, b"")) for other in real)
        or place == b"/"
    ]
