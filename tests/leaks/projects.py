"""Repositories for tests, and values to look for."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tui.leaks.finds import Find
from tui.leaks.known import KnownToken, KnownTokens
from tui.leaks.search import Search
from tui.secret import Secret

DATE = "2026-01-02T03:04:05+02:00"


def value_of(seed: str) -> str:
    """Return a value in Contentstack's format."""
    return "cs" + sha256(seed.encode()).hexdigest()[:24]


WEB = value_of("web-production")
STRANGER = value_of("nobody's")
WEB_TOKEN = KnownToken("web-production", "delivery", "blt1", "Storefront", "bltkey")
KNOWN = KnownTokens.of([(Secret(WEB), WEB_TOKEN)])


@dataclass(frozen=True)
class Project:
    folder: Path

    @classmethod
    def created(cls, folder: Path, *options: str) -> Project:
        folder.mkdir(parents=True, exist_ok=True)
        project = cls(folder)
        project.git("init", "--quiet", "--initial-branch=main", *options)
        return project

    def git(self, *words: str, given: bytes = b"") -> str:
        environ = {
            **os.environ,
            **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), DATE),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for who in ("AUTHOR", "COMMITTER"):
            environ |= {f"GIT_{who}_NAME": "Ana", f"GIT_{who}_EMAIL": "ana@example.com"}
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            input=given,
            env=environ,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str | bytes, content: str | bytes) -> Path:
        file = self.folder / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        octets = content.encode() if isinstance(content, str) else content
        file.write_bytes(octets)
        return file

    def commit(self, path: str | bytes, content: str | bytes, words: str = "x") -> str:
        self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", words)
        return self.git("rev-parse", "HEAD")


def searched(
    *paths: Path, known: KnownTokens = KNOWN, files: bool = True, history: bool = True
) -> tuple[list[Find], Search]:
    """Return what a search finds, and the search."""
    names = tuple(map(str, paths))
    search = Search(names, known, files=files, history=history)
    return [*search.finds()], search


def in_history(project: Project, known: KnownTokens = KNOWN) -> list[Find]:
    """Return what a search finds in a project's history."""
    finds, search = searched(project.folder, known=known, files=False)
    assert search.tally.unread == []
    return finds
