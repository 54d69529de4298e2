"""What was typed and not sent, on disk from the end of one run to the next.

Entries alone, never a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from tui.files import FileRefused, read_checked
from tui.private_files import (
    DAMAGED,
    ELSEWHERE,
    PRIVATE,
    locked,
    replace_own_file,
    state_folder,
    try_folder,
)

_MOST_STACKS = 20
# The program is ended by force after 0.8 s; another Tokendeck writes for milliseconds.
_PATIENCE = 0.3


Entries = TypeVar("Entries")


class Draft(msgspec.Struct, Generic[Entries], frozen=True):
    """Entries, and what they were before the user touched them."""

    before: Entries
    after: Entries


Drafts = dict[str, Draft[Entries]]
"""The forms of one stack by the uids of the tokens that they change.

A new token's by its kind.
"""


class DraftStore(Generic[Entries]):
    """The drafts of this user on this machine, none without `environ`.

    `entries` is the type of what is kept. Nothing here raises.
    """

    def __init__(
        self, entries: type[Entries], environ: Mapping[str, str] | None = None
    ) -> None:
        self._stacks = dict[str, dict[str, Draft[entries]]]  # type: ignore[valid-type]
        self._environ = environ
        self._stack = ""
        self._known: Drafts[Entries] = {}
        self._told = False

    def trouble(self) -> str:
        """Why nothing could be written down, as long as that was not said yet.

        Empty where it can.
        """
        try:
            if self._environ is not None and not self._told:
                try_folder(self._path().parent)
        except FileRefused as refusal:
            return self._once(refusal)
        return ""

    def open(self, stack: str) -> Drafts[Entries]:
        """The drafts of a stack, by its uid; what can't be read counts as none."""
        self._stack, self._known = stack, self._read().get(stack, {})
        return self._known

    def keep(self, stack: str, drafts: Drafts[Entries]) -> str:
        """Write down what is typed for a stack, or that nothing is any more.

        As `trouble`.
        """
        known = self._known if stack == self._stack else {}
        if self._environ is None or drafts == known:
            return ""
        try:
            path = self._path()
            with locked(path.with_suffix(".lock"), patience=_PATIENCE):
                stacks = self._read()
                merged = _over(drafts, known, stacks.pop(stack, {}))
                latest = [*stacks.items(), *([(stack, merged)] if merged else [])][
                    -_MOST_STACKS:
                ]
                replace_own_file(path, msgspec.json.encode(dict(latest)))
        except FileRefused as refusal:
            return self._once(refusal)
        except UnicodeEncodeError:
            return self._once("it holds half of a character.")
        except (OverflowError, RecursionError, msgspec.EncodeError):
            return self._once("the scope of a token can't be written down.")
        self._stack, self._known = stack, drafts
        return ""

    def _once(self, why: object) -> str:
        told, self._told = self._told, True
        return (
            ""
            if told
            else f"Unfinished work won't outlive a dropped connection: {why} {ELSEWHERE}"
        )

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


def _over(
    ours: Drafts[Entries], base: Drafts[Entries], current: Drafts[Entries]
) -> Drafts[Entries]:
    """Our drafts, with what another Tokendeck has changed from `base` to `current` meanwhile."""
    touched = {
        key for key in ours.keys() | base.keys() if ours.get(key) != base.get(key)
    }
    theirs = {key: part for key, part in current.items() if key not in touched}
    return theirs | {key: part for key, part in ours.items() if key in touched}
