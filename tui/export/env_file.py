"""The file that a token is exported to: what will change in it, and writing it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tui.export.formats import ExportFormat
from tui.export.source import ExportValue, Source, Unfit
from tui.files import (
    FileAbsent,
    FileRefused,
    Rule,
    read_checked,
    refusing,
    replace_file,
    shown,
)
from tui.programs import NotFinished, run_quietly
from tui.secret import Secret

_OWN = Rule(forbidden=0, cure="")
"""However open it is, it is the user's file, and no link to another."""

_GIT_SECONDS = 3.0


@dataclass(frozen=True)
class KeyChange:
    """What becomes of one key; tokens are secrets on both sides.

    Attributes:
        before: the value in the file, None where it lacks the key.
    """

    key: str
    before: ExportValue | None
    after: ExportValue


@dataclass(frozen=True)
class FileEdit:
    """What writing will do.

    Attributes:
        seen: what the file holds now, None where there is none.
        exposed: whether it lies in a git work tree that does not ignore it.
    """

    path: Path
    content: Secret
    seen: Secret | None
    mode: int
    changes: tuple[KeyChange, ...]
    exposed: bool

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return self.content == self.seen

    def write(self) -> None:
        """Do it: the whole file, or nothing.

        Raises:
            FileRefused: if it can't be written, or is no longer what it was when this
                was planned.
        """
        if _read(self.path) != self.seen:
            raise FileRefused(
                f"{shown(self.path)} has changed in the meantime:"
                " look again before you write."
            )
        replace_file(self.path, self.content.reveal().encode(), self.mode)


def plan_file(text: str, form: ExportFormat, source: Source) -> FileEdit:
    """Return what exporting to the file named by `text` would do.

    `~` is the home directory.

    Raises:
        FileRefused: if the file can't be read or written.
        Unfit: if a value can't be written in this form, or the file can't be
            understood.
    """
    path = _path(text)
    with refusing(path):
        seen = _read(path)
        mode = _mode(path, exists=seen is not None)
    if form.syntax is None:
        if seen:
            raise FileRefused(
                f"{shown(path)} exists; a curl command is written to a new file only."
            )
        return FileEdit(path, Secret(form.text(source)), seen, mode, (), exposed=False)
    values = form.values(source)
    old = seen.reveal() if seen is not None else ""
    try:
        content, before = form.syntax.merge(old, form.syntax.words(values))
    except Unfit as unfit:
        raise Unfit(f"{shown(path)}: {unfit}") from None
    changes = [_change(key, before.get(key), after) for key, after in values.items()]
    exposed = _seen_by_git(path)
    return FileEdit(path, Secret(content), seen, mode, tuple(changes), exposed)


def _mode(path: Path, *, exists: bool) -> int:
    """Return the mode that the file has, or will have where it does not exist.

    Raises:
        FileRefused: if it can't be written.
    """
    if not exists:
        if not path.parent.is_dir():
            raise FileRefused(f"There is no folder {shown(path.parent)}.")
        return 0o600
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & stat.S_IWUSR or not os.access(path, os.W_OK):
        raise FileRefused(f"{shown(path)} is not writable.")
    return mode


def _change(key: str, before: str | None, after: ExportValue) -> KeyChange:
    if before is not None and isinstance(after, Secret):
        return KeyChange(key, Secret(before), after)
    return KeyChange(key, before, after)


def _path(text: str) -> Path:
    if not text.strip():
        raise FileRefused("Name the file.")
    with refusing(Path(text)):
        try:
            path = Path(text).expanduser().absolute()
        except RuntimeError:
            unknown = f"The home directory in {shown(Path(text))} is not known."
            raise FileRefused(unknown) from None
        if path.is_dir() and not path.is_symlink():
            raise FileRefused(f"{shown(path)} is a folder; name a file in it.")
    return path


def _read(path: Path) -> Secret | None:
    try:
        return Secret(read_checked(path, _OWN).decode())
    except FileAbsent:
        return None
    except UnicodeDecodeError:
        raise FileRefused(f"{shown(path)} is not text in UTF-8.") from None


def _seen_by_git(path: Path) -> bool:
    """Return whether git would take the file into its work tree.

    It would not where there is none, or no git to ask.
    """
    # A repository may name a program to watch its files: it is not for us to run it.
    safely = ("-C", str(path.parent), "-c", "core.fsmonitor=false")
    try:
        asked = run_quietly(
            ("git", *safely, "check-ignore", "--quiet", "--", path.name),
            seconds=_GIT_SECONDS,
        )
    except (OSError, NotFinished):
        return False
    return asked.status == 1
