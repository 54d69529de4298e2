"""Lets only the newest copy of all processes clear a desktop's clipboard.

Otherwise a clear left over from an earlier run would delete a later copy of the same
value. If the note of the newest copy can't be saved, each clear only compares values.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Turn:
    """The note of a display's newest copy."""

    path: Path

    @classmethod
    def on(cls, tool: str, environ: Mapping[str, str]) -> Turn:
        """Return the note for the clipboard that this tool reaches."""
        variable = {
            "xclip": "DISPLAY",
            "xsel": "DISPLAY",
            "wl-clipboard": "WAYLAND_DISPLAY",
        }
        display = re.sub(r"\.\d+$", "", environ.get(variable.get(tool, ""), ""))
        name = re.sub(r"\W", "_", f"newest-copy{display}")
        return cls(_folder(environ) / name)

    def take(self) -> str:
        """Note a new copy, which cancels older clears; return its mark or ""."""
        mark = os.urandom(8).hex()
        return mark if self.put(mark) else ""

    def put(self, mark: str) -> bool:
        """Note the copy with this mark as the newest; return whether that worked."""
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(self.path.parent):
                return False
            fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            fresh.write_text(mark, "ascii")
            fresh.replace(self.path)
            return True
        return False

    def now(self) -> str:
        """Return the mark of the newest copy; "" if there is none."""
        with suppress(OSError, ValueError):
            return self.path.read_text("ascii")
        return ""


def _folder(environ: Mapping[str, str]) -> Path:
    """Return a folder in memory if the system has one; the system empties it."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return Path(runtime) / "tokendeck"
    user = getattr(os, "getuid", lambda: "")()
    return Path(tempfile.gettempdir()) / f"tokendeck-{user}"


def _is_ours(folder: Path) -> bool:
    """Return whether no one else can write there, or created it in `/tmp`."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.lstat()
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return mine and not stat.S_IMODE(found.st_mode) & 0o022
