"""Rotations in progress, kept on disk so that a dropped connection loses none.

There's one file per token, with its uid and name but never a value. A second Tokendeck
that wants to rotate the same token notices the first by a lock, which the system
releases when a process dies.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

import msgspec

from tui.files.folders import state_folder
from tui.files.json_files import read_json
from tui.files.lock import locked
from tui.files.refusal import FileRefused
from tui.files.replacing import replace_own_file

_UID = re.compile(r"[\w-]{1,80}", re.ASCII)


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """A token being replaced.

    Attributes:
        stack: the uid of the stack.
        replacement_uid: empty until the replacement is known to be created.
        before: the uids that the stack had before the replacement was requested, since
            its name isn't enough to tell it from others.
    """

    stack: str
    kind: Literal["delivery", "management"]
    old_uid: str
    old_name: str
    replacement_name: str
    replacement_uid: str = ""
    before: tuple[str, ...] = ()
    verified: bool = False
    exported: bool = False
    targets: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[str, ...]:
        """The targets that may still have the old token."""
        return tuple(name for name in self.targets if name not in self.delivered)


class RotationStore:
    """This user's rotations on this machine.

    Without `environ`, they're only kept while the program runs.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ
        self._own: dict[str, Rotation] = {}

    def unfinished(self, stack: str) -> tuple[Rotation, ...]:
        """Return the rotations of a stack; those that can't be read are skipped."""
        known = [*self._own.values()] if self._environ is None else self._on_disk()
        return tuple(rotation for rotation in known if rotation.stack == stack)

    def find(self, stack: str, uid: str) -> Rotation | None:
        """Return the rotation that a token is part of, whether old or new."""
        for rotation in self.unfinished(stack):
            if uid in (rotation.old_uid, rotation.replacement_uid):
                return rotation
        return None

    def keep(self, rotation: Rotation) -> None:
        """Save how far a rotation has come.

        Raises:
            FileRefused: if it can't be written.
        """
        if self._environ is None:
            self._own[rotation.old_uid] = rotation
            return
        path = self._path(rotation.old_uid)
        replace_own_file(path, msgspec.json.encode(rotation))

    def forget(self, rotation: Rotation) -> None:
        """Drop a finished rotation."""
        self._own.pop(rotation.old_uid, None)
        if self._environ is not None:
            with contextlib.suppress(OSError, FileRefused):
                self._path(rotation.old_uid).unlink(missing_ok=True)

    def alone(self, old_uid: str) -> AbstractContextManager[None]:
        """Hold the lock of a token's rotation.

        Raises:
            Held: if another process has it.
            FileRefused: if there can't be a lock.
        """
        if self._environ is None:
            return nullcontext()
        return locked(self._path(old_uid).with_suffix(".lock"))

    def _on_disk(self) -> list[Rotation]:
        rotations: list[Rotation] = []
        with contextlib.suppress(OSError, FileRefused):
            for path in sorted(self._folder().glob("[!.]*.json")):
                if rotation := _read(path):
                    rotations.append(rotation)
        return rotations

    def _folder(self) -> Path:
        return state_folder(self._environ or {}) / "rotations"

    def _path(self, old_uid: str) -> Path:
        if not _UID.fullmatch(old_uid):
            raise FileRefused("This isn't a Contentstack uid.")
        return self._folder() / f"{old_uid}.json"


def _read(path: Path) -> Rotation | None:
    try:
        return read_json(path, Rotation, None)
    except FileRefused:
        return None
