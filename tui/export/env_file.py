"""Plans what will change in the file a token is exported to, and writes it."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tui.export.dotenv import Merged
from tui.export.formats import DOTENV, ExportFormat, formats_named_in
from tui.export.readers import LINE_END
from tui.export.references import Reference, reference_in
from tui.export.source import ExportValue, Source, Unfit
from tui.files.checked import Rule, read_checked
from tui.files.refusal import FileAbsent, FileRefused, refusing, shown
from tui.files.replacing import replace_file
from tui.programs import NotFinished, run_quietly
from tui.secret import Secret

_OWN = Rule(forbidden=0, cure="")
"""It may be open to others, but it has to be the user's file, and not a link."""

_GIT_SECONDS = 3.0

_AS_BYTES = "surrogateescape"
"""Bytes that aren't UTF-8, as in Latin-1, are written back as they were."""

_SHORTEST_TOKEN = 8
_COMMENTED = re.compile(
    r"\s*#[#\s]*(?:export\s+)?(?P<key>[\w.-]+)\s*[=:]\s*['\"`]?(?:cs|blt)[0-9a-f]{8}",
    re.ASCII,
)


@dataclass(frozen=True)
class KeyChange:
    """How one key changes; token values are secrets, before and after.

    Attributes:
        before: the value in the file, None if it doesn't have the key.
        reference: what the value in the file is, if it isn't plain text.
    """

    key: str
    before: ExportValue | None
    after: ExportValue
    reference: Reference | None = None


class Leftover(NamedTuple):
    """A line that still contains an old value of a key once the file is written."""

    line: int
    key: str


@dataclass(frozen=True)
class FileEdit:
    """What writing will do.

    Attributes:
        seen: the file's content now, None if there's no file.
        exposed: whether it's in a git work tree that doesn't ignore it.
        leftovers: old values of these keys in what doesn't change, such as comments.
        sealed: whether other keys in the file have references or ciphers, so that it
            may be meant for everyone.
        other_form: the formats whose names the file has, if it has none of this one's.
    """

    path: Path
    content: Secret
    seen: Secret | None
    mode: int
    changes: tuple[KeyChange, ...]
    exposed: bool
    leftovers: tuple[Leftover, ...] = ()
    sealed: bool = False
    other_form: str = ""

    @property
    def replaced_references(self) -> tuple[KeyChange, ...]:
        """The keys whose reference or cipher is replaced by a plain-text value."""
        return tuple(each for each in self.changes if each.reference is not None)

    @property
    def idle(self) -> bool:
        """Whether writing would change nothing."""
        return self.content == self.seen

    def write(self, *, over_references: bool = False) -> None:
        """Write the whole file, or nothing.

        Args:
            over_references: whether the user agreed to replace references and ciphers
                with plain text.

        Raises:
            FileRefused: if it can't be written, has changed since this was planned, or
                if references would be replaced without agreement.
        """
        if self.replaced_references and not over_references:
            keys = ", ".join(each.key for each in self.replaced_references)
            raise FileRefused(
                f"{shown(self.path)} has references that plain text would replace:"
                f" {keys}."
            )
        if _read(self.path) != self.seen:
            raise FileRefused(
                f"{shown(self.path)} has changed in the meantime. Check it before you"
                " write."
            )
        content = self.content.reveal().encode(errors=_AS_BYTES)
        replace_file(self.path, content, self.mode)


def plan_file(text: str, export_format: ExportFormat, source: Source) -> FileEdit:
    """Return what exporting to the file named by `text` would do.

    `~` is the home directory.

    Raises:
        FileRefused: if the file can't be read or written.
        Unfit: if a value can't be written in this format, or the file can't be
            understood.
    """
    path = _path(text)
    with refusing(path):
        seen = _read(path)
        mode = _mode(path, exists=seen is not None)
    if export_format.syntax is None:
        if seen:
            raise FileRefused(
                f"{shown(path)} exists. A curl command can only go into a new file."
            )
        return FileEdit(
            path, Secret(export_format.text(source)), seen, mode, (), exposed=False
        )
    values = export_format.values(source)
    old = seen.reveal() if seen is not None else ""
    if export_format.syntax is not DOTENV and not old.isascii():
        _check_text(path, old)
    try:
        merged = export_format.syntax.merge(old, export_format.syntax.words(values))
    except Unfit as unfit:
        raise Unfit(f"{shown(path)}: {unfit}") from None
    held = {key for key, _ in merged.held}
    others = [each.label for each in formats_named_in(held, export_format, source)]
    return FileEdit(
        path,
        Secret(merged.text),
        seen,
        mode,
        tuple(_changes(values, merged)),
        exposed=_seen_by_git(path),
        leftovers=tuple(_leftovers(values, merged)),
        sealed=any(
            key not in values and reference_in(value) for key, value in merged.held
        ),
        other_form=" or ".join(others),
    )


def _mode(path: Path, *, exists: bool) -> int:
    """Return the mode that the file has, or will have if it doesn't exist.

    Raises:
        FileRefused: if it can't be written.
    """
    if not exists:
        if not path.parent.is_dir():
            raise FileRefused(f"There is no folder {shown(path.parent)}.")
        return 0o600
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & stat.S_IWUSR or not os.access(path, os.W_OK):
        raise FileRefused(f"{shown(path)} isn't writable.")
    return mode


def _changes(values: Mapping[str, ExportValue], merged: Merged) -> Iterator[KeyChange]:
    before = merged.before
    for key, after in values.items():
        old = before.get(key)
        references = (reference_in(value) for name, value in merged.held if name == key)
        reference = next(filter(None, references), None)
        if old is not None and isinstance(after, Secret):
            yield KeyChange(key, Secret(old), after, reference)
        else:
            yield KeyChange(key, old, after, reference)


def _leftovers(values: Mapping[str, ExportValue], merged: Merged) -> Iterator[Leftover]:
    """Yield the lines that keep an old token, or a commented-out one."""
    tokens = {key: each for key, each in values.items() if isinstance(each, Secret)}
    old = {
        value: key
        for key, value in merged.held
        if key in tokens
        and Secret(value) != tokens[key]
        and len(value) >= _SHORTEST_TOKEN
        and reference_in(value) is None
    }
    for number, line in enumerate(LINE_END.split(merged.text), 1):
        commented = _COMMENTED.match(line)
        keys = [key for value, key in old.items() if value in line]
        if commented and commented["key"] in tokens:
            keys.append(commented["key"])
        if keys:
            yield Leftover(number, keys[0])


def _path(text: str) -> Path:
    if not text.strip():
        raise FileRefused("Type a file name.")
    with refusing(Path(text)):
        try:
            path = Path(text).expanduser().absolute()
        except RuntimeError:
            unknown = f"The home directory in {shown(Path(text))} isn't known."
            raise FileRefused(unknown) from None
        if path.is_dir() and not path.is_symlink():
            raise FileRefused(f"{shown(path)} is a folder. Name a file in it.")
    return path


def _read(path: Path) -> Secret | None:
    """Return the text of a file, including bytes that aren't UTF-8; None if no file.

    Raises:
        FileRefused: if it can't be read, or isn't text.
    """
    try:
        content = read_checked(path, _OWN)
    except FileAbsent:
        return None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(f"{shown(path)} is in UTF-16. Save it as UTF-8 first.")
    if b"\0" in content:
        raise FileRefused(f"{shown(path)} contains NUL bytes, so it isn't text.")
    return Secret(content.decode(errors=_AS_BYTES))


def _check_text(path: Path, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise FileRefused(f"{shown(path)} isn't UTF-8 text.") from None


def _seen_by_git(path: Path) -> bool:
    """Return whether the file is in a git work tree that doesn't ignore it.

    False if there's no work tree, or no git to ask.
    """
    # A repository may name a program that watches its files; we mustn't run that.
    safely = ("-C", str(path.parent), "-c", "core.fsmonitor=false")
    try:
        asked = run_quietly(
            ("git", *safely, "check-ignore", "--quiet", "--", path.name),
            seconds=_GIT_SECONDS,
        )
    except (OSError, NotFinished):
        return False
    return asked.status == 1
