"""Runs git read-only and offline.

It doesn't fetch objects that a partial clone lacks, run programs that a repository
names, or take locks.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import IO

from tui.programs import ending_with_us, started

_MOST_WORDS = 300
_PIPE = 1024 * 1024
_PIPE_CLOSED = getattr(signal, "SIGPIPE", 0)
# What a git hook has in its environment, and what is about another repository.
_OF_A_HOOK = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR"),
    *("GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_TRACE", "GIT_EXTERNAL_DIFF"),
)
_QUIET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # Older versions don't know the one above; this leaves them no protocol to fetch by.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
}
_OPTIONS = (
    *("--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true"),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true"),
)


class GitFailed(Exception):
    """Git failed; the text is the last line it printed."""


@dataclass(frozen=True)
class Git:
    """Git in a folder.

    Attributes:
        folder: where it runs; None for the current one.
        in_hook: whether to use what a hook's environment says about the repository.
    """

    folder: bytes | None = None
    in_hook: bool = False
    git_dir: bytes | None = None

    def words(self, *words: str | bytes) -> str:
        """Return git's output, which is expected to be short.

        Raises:
            GitFailed: if it fails.
        """
        with self.running(*words) as pipe:
            return pipe.read(_PIPE).decode("utf-8", "surrogateescape").rstrip("\n")

    @contextmanager
    def running(
        self, *words: str | bytes, given: IO[bytes] | None = None
    ) -> Iterator[BufferedReader]:
        """Run git, and yield a pipe with its output.

        Raises:
            GitFailed: at the end, if it failed; what it printed before is valid.
        """
        with tempfile.TemporaryFile() as errors:
            process = self._started(words, given, errors)
            with process, ending_with_us(process):
                pipe = process.stdout
                assert isinstance(pipe, BufferedReader)  # noqa: S101 - asked for above
                _widen(pipe)
                yield pipe
                pipe.close()
                status = process.wait()
            # A reader that has enough closes the pipe.
            if status and status != -_PIPE_CLOSED:
                raise GitFailed(_last_line(errors) or f"git ended with status {status}")

    def _started(
        self, words: Sequence[str | bytes], given: IO[bytes] | None, errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return started(
                lambda: subprocess.Popen(  # noqa: S603 - no shell reads these words
                    [program(), *_OPTIONS, *words],
                    cwd=self.folder,
                    env=self._environ(os.environ),
                    stdin=given or subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    bufsize=_PIPE,
                    start_new_session=True,
                )
            )
        except OSError as error:
            raise GitFailed(error.strerror or "git can't be started") from None

    def _environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        kept = dict(environ)
        if not self.in_hook:
            for name in _OF_A_HOOK:
                kept.pop(name, None)
        if self.git_dir is not None:
            # Its working tree may be gone, and isn't needed.
            kept["GIT_DIR"] = kept["GIT_WORK_TREE"] = os.fsdecode(self.git_dir)
        return kept | _QUIET


def program() -> str:
    """Return where git is.

    Raises:
        GitFailed: if it isn't installed.
    """
    if found := shutil.which("git"):
        return found
    raise GitFailed("git isn't installed")


@dataclass(frozen=True)
class Repository:
    """A repository whose history can be read.

    Attributes:
        folder: where it was found.
        git_dir: where git keeps it.
        common_dir: the folder that all its working trees share.
        inside: the path from its top folder to `folder`, with a slash at the end.
    """

    folder: bytes
    git_dir: bytes
    common_dir: bytes
    inside: bytes
    is_shallow: bool
    is_partial: bool

    @property
    def git(self) -> Git:
        """Git for this repository."""
        return Git(self.git_dir, git_dir=self.git_dir)


def repository_at(folder: bytes) -> Repository:
    """Return the repository that a folder is in.

    Raises:
        GitFailed: if it isn't in one, or git refuses to look at it.
    """
    try:
        return _repository(folder, Git(folder))
    except GitFailed as failure:
        # A submodule whose files are gone still has its history.
        if "cannot chdir" not in str(failure):
            raise
    return _repository(folder, Git(folder, git_dir=os.path.realpath(folder)))


def _repository(folder: bytes, git: Git) -> Repository:
    printed = git.words(
        *("rev-parse", "--absolute-git-dir", "--git-common-dir"),
        *("--is-shallow-repository", "--show-prefix"),
    )
    lines = [os.fsencode(line) for line in printed.split("\n")]
    git_dir, common, shallow = lines[:3]
    inside = lines[3] if len(lines) > 3 else b""
    return Repository(
        folder=folder,
        git_dir=git_dir,
        common_dir=os.path.realpath(os.path.join(folder, common)),
        inside=inside,
        is_shallow=shallow == b"true",
        is_partial=_is_partial(git),
    )


def _is_partial(git: Git) -> bool:
    with suppress(GitFailed):
        return bool(git.words("config", "--get-regexp", r"^remote\..*\.promisor$"))
    return False


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:_MOST_WORDS] if lines else ""


def _widen(pipe: BufferedReader) -> None:
    """Enlarge a pipe's buffer, so that both ends wait less."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
