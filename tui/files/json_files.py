"""What the program keeps as JSON, which another Tokendeck may change meanwhile."""

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
"""What reading JSON raises where it is none, or not as it was written."""

Kept = TypeVar("Kept")


def read_json(
    path: Path, kind: type[Kept], otherwise: Kept, mebibytes: int = 1
) -> Kept:
    """Read a file of the program's own; without one, the answer is `otherwise`.

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
    """Change what a file holds, so that no other Tokendeck's change is lost."""
    with locked(path.with_suffix(".lock"), patience=PATIENCE):
        before = read()
        after = change(before)
        if after != before:
            replace_own_file(path, msgspec.json.encode(after))
