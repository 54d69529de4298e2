"""Findings that you accepted, in a file that can be committed.

An entry is the fingerprint of a value and its path: the same value at another path is a
new finding.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tui.files.refusal import FileRefused, refusing, shown
from tui.files.replacing import replace_file
from tui.leaks.finds import Find

_VERSION = 1
_MODE = 0o644


@dataclass(frozen=True)
class Baseline:
    """The findings that are accepted."""

    entries: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a baseline.

        Raises:
            FileRefused: if there is none, or it isn't one.
        """
        with refusing(path):
            text = path.read_bytes()
        try:
            found = json.loads(text)
            entries = [
                (str(x["fingerprint"]), str(x["path"])) for x in found["accepted"]
            ]
            is_ours = found["version"] == _VERSION
        except (ValueError, KeyError, TypeError, RecursionError):
            raise FileRefused(f"{shown(path)} isn't a baseline.") from None
        if not is_ours:
            raise FileRefused(f"{shown(path)} is from another version of Tokendeck.")
        return cls(frozenset(entries))

    @classmethod
    def of(cls, finds: Iterable[Find]) -> Baseline:
        """Return a baseline that accepts these findings."""
        return cls(frozenset(map(_entry, finds)))

    def accepts(self, find: Find) -> bool:
        """Return whether a finding is accepted."""
        return _entry(find) in self.entries

    def joined(self, other: Baseline) -> Baseline:
        """Return a baseline that accepts what either of the two does."""
        return Baseline(self.entries | other.entries)

    def write(self, path: Path) -> None:
        """Write it in a fixed order, so that diffs stay small.

        Raises:
            FileRefused: if it can't be written.
        """
        accepted = [
            {"path": place, "fingerprint": fingerprint}
            for place, fingerprint in sorted((p, f) for f, p in self.entries)
        ]
        text = json.dumps({"version": _VERSION, "accepted": accepted}, indent=1)
        replace_file(path, f"{text}\n".encode(), _MODE)


def _entry(find: Find) -> tuple[str, str]:
    path = find.path or find.object_id
    if find.where == "file":
        # Relative, however the folder was named, as in history.
        near = os.path.relpath(path)
        path = path if near.startswith(os.pardir) else near
    return find.fingerprint, path
