"""The program's JSON files, which another Tokendeck may change at the same time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.files.checked import PRIVATE, read_checked
from tui.files.lock import PATIENCE, locked
from tui.files.refusal import FileAbsent, FileRefused, shown
from tui.files.replacing import replace_own_file

DAMAGED = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What reading JSON raises if it's invalid, or not what was written."""

Kept = TypeVar("Kept")


def read_json(
    path: Path, kind: type[Kept], otherwise: Kept, mebibytes: int = 1
) -> Kept:
    """Read one of the program's own files; return `otherwise` if there's none.

    Raises:
        FileRefused: if it is damaged.
    """
    try:
        content = read_checked(path, PRIVATE, mebibytes)
        return msgspec.json.decode(content, type=kind)
    except FileAbsent:
        return otherwise
    except DAMAGED:
        raise FileRefused(f"{shown(path)} is damaged; delete it.") from None


def change_json(
    path: Path, read: Callable[[], Kept], change: Callable[[Kept], Kept]
) -> None:
    """Change a file's content without losing another Tokendeck's changes."""
    with locked(path.with_suffix(".lock"), patience=PATIENCE):
        before = read()
        after = change(before)
        if after != before:
            replace_own_file(path, msgspec.json.encode(after))
