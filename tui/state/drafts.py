"""What was typed and not sent, kept on disk between runs; never a value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from tui.files.checked import PRIVATE, read_checked
from tui.files.folders import ELSEWHERE, state_folder, try_folder
from tui.files.json_files import DAMAGED
from tui.files.lock import locked
from tui.files.refusal import FileRefused
from tui.files.replacing import replace_own_file

_MOST_STACKS = 20
# The program is killed after 0.8 s; another Tokendeck takes milliseconds to write.
_PATIENCE = 0.3


Entries = TypeVar("Entries")


class Draft(msgspec.Struct, Generic[Entries], frozen=True):
    """Entries, and how they were before the user touched them."""

    before: Entries
    after: Entries


Drafts = dict[str, Draft[Entries]]
"""The forms of one stack, by the uid of the token being changed, else by kind."""


class DraftStore(Generic[Entries]):
    """This user's drafts on this machine; without `environ`, none are kept.

    `entries` is the type of what is kept. Nothing here raises.
    """

    def __init__(
        self, entries: type[Entries], environ: Mapping[str, str] | None = None
    ) -> None:
        self._stacks = dict[str, dict[str, Draft[entries]]]  # type: ignore[valid-type]
        self._environ = environ
        self._stack = ""
        self._known: Drafts[Entries] = {}
        self._has_told = False

    def trouble(self) -> str:
        """Say why nothing could be saved, unless that was said before.

        Empty if it could.
        """
        if self._environ is None or self._has_told:
            return ""
        try:
            try_folder(self._path().parent)
        except FileRefused as refusal:
            return self._tell_once(refusal)
        return ""

    def open(self, stack: str) -> Drafts[Entries]:
        """Return the drafts of the stack with this uid; none if they can't be read."""
        self._stack = stack
        self._known = self._read().get(stack, {})
        return self._known

    def keep(self, stack: str, drafts: Drafts[Entries]) -> str:
        """Save what is typed for a stack, or that there's nothing any more.

        Returns:
            Why that failed, unless it was said before; empty if it was saved.
        """
        known = self._known if stack == self._stack else {}
        if self._environ is None or drafts == known:
            return ""
        try:
            self._write(stack, drafts, known)
        except FileRefused as refusal:
            return self._tell_once(refusal)
        except UnicodeEncodeError:
            return self._tell_once("it contains half of a character.")
        except (OverflowError, RecursionError, msgspec.EncodeError):
            return self._tell_once("a token's scope can't be saved.")
        self._stack = stack
        self._known = drafts
        return ""

    def _write(
        self, stack: str, drafts: Drafts[Entries], known: Drafts[Entries]
    ) -> None:
        path = self._path()
        with locked(path.with_suffix(".lock"), patience=_PATIENCE):
            stacks = self._read()
            merged = _merged(drafts, known, stacks.pop(stack, {}))
            if merged:
                # Put it last, since the oldest stacks are dropped.
                stacks[stack] = merged
            latest = dict([*stacks.items()][-_MOST_STACKS:])
            replace_own_file(path, msgspec.json.encode(latest))

    def _tell_once(self, why: object) -> str:
        if self._has_told:
            return ""
        self._has_told = True
        return f"Unfinished work won't survive a dropped connection: {why} {ELSEWHERE}"

    def _read(self) -> dict[str, Drafts[Entries]]:
        if self._environ is None:
            return {}
        try:
            kept = read_checked(self._path(), PRIVATE)
            return msgspec.json.decode(kept, type=self._stacks)
        except (FileRefused, *DAMAGED):
            return {}

    def _path(self) -> Path:
        return state_folder(self._environ or {}) / "drafts.json"


def _merged(
    ours: Drafts[Entries], base: Drafts[Entries], current: Drafts[Entries]
) -> Drafts[Entries]:
    """Return what is on disk now with our changes merged in.

    Between `base` and `current`, another Tokendeck may have changed others.
    """
    keys = ours.keys() | base.keys()
    touched = {key for key in keys if ours.get(key) != base.get(key)}
    theirs = {key: draft for key, draft in current.items() if key not in touched}
    changed = {key: draft for key, draft in ours.items() if key in touched}
    return theirs | changed
