"""Which targets have which token, by the token's uid and the target's name.

It tells a rotation where the replacement has to go. Values are never kept.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tui.files.folders import state_folder
from tui.files.json_files import read_json
from tui.files.refusal import FileRefused
from tui.files.replacing import replace_own_file

_UID = re.compile(r"[\w-]{1,80}", re.ASCII)


class Delivered(msgspec.Struct, frozen=True):
    """The targets that a token was delivered to, by name."""

    targets: tuple[str, ...] = ()


class DeliveryStore:
    """What this user delivered from this machine.

    Without `environ`, it's only kept while the program runs.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ
        self._own: dict[str, Delivered] = {}
        self._forgotten: dict[str, tuple[str, ...]] = {}

    def targets_of(self, uid: str) -> tuple[str, ...]:
        """Return the targets that have a token; none if that can't be read."""
        if self._environ is None:
            return self._own.get(uid, Delivered()).targets
        with contextlib.suppress(OSError, FileRefused):
            found = read_json(self._path(uid), Delivered, None)
            return found.targets if found else ()
        return ()

    def add(self, uid: str, targets: Iterable[str]) -> None:
        """Note that a token was also delivered to these targets.

        Raises:
            FileRefused: if that can't be written.
        """
        known = self.targets_of(uid)
        new = Delivered((*known, *(name for name in targets if name not in known)))
        if self._environ is None:
            self._own[uid] = new
        elif new.targets != known:
            replace_own_file(self._path(uid), msgspec.json.encode(new))

    def forget(self, uid: str) -> None:
        """Drop a deleted token, except for the rest of this run."""
        if targets := self.targets_of(uid):
            self._forgotten[uid] = targets
        self._own.pop(uid, None)
        if self._environ is not None:
            with contextlib.suppress(OSError, FileRefused):
                self._path(uid).unlink(missing_ok=True)

    def forgotten(self, uid: str) -> tuple[str, ...]:
        """Return the targets that had a token deleted in this run."""
        return self._forgotten.get(uid, ())

    def _path(self, uid: str) -> Path:
        if not _UID.fullmatch(uid):
            raise FileRefused("This isn't a Contentstack uid.")
        return state_folder(self._environ or {}) / "deliveries" / f"{uid}.json"
