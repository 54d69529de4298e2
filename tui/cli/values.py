"""Puts secret values only where a command was told to, after checking that it can.

A management token's value is shown only once, so anything that could fail after the
token is created is tried first: the file, its format, the program.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click
import msgspec

from tui.cli.exit_codes import Exit
from tui.cli.failures import CommandFailed
from tui.cli.output import Output
from tui.cli.unwritable import check_output
from tui.contentstack.models import DeliveryToken, ManagementToken, Token, TokenRequest
from tui.export.env_file import FileEdit, plan_file
from tui.export.formats import DOTENV, ExportFormat, formats_for
from tui.export.source import Source, Uses
from tui.files.folders import try_folder
from tui.files.refusal import FileRefused, shown
from tui.files.replacing import replace_file
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot

if TYPE_CHECKING:
    from tui.targets.delivering import Delivery

_VALUE = "value"
"""The format of a new file that contains only the value."""

_STANDING_IN = Secret("cs" + "0" * 24)
"""Stands in for a value that isn't known yet."""


class Given(NamedTuple):
    """The files that were changed, notes about them, and each delivery's result."""

    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()

    @property
    def exit(self) -> Exit:
        """FAILED if a target doesn't have the value."""
        delivered = all(each.arrived for each in self.deliveries)
        return Exit.DONE if delivered else Exit.FAILED


@dataclass(frozen=True)
class Ways:
    """Where a command was told to put values.

    Attributes:
        env_file: a file of which only the values' keys change.
        out: a new file.
        prints_value: whether to print the token's value and nothing else.
        over_references: whether plain text may replace references and ciphers.
        program: the program to run with the values in its environment.
        targets: the names of the targets to deliver it to.
    """

    env_file: str | None = None
    out: str | None = None
    format_id: str | None = None
    prints_value: bool = False
    prints_preview: bool = False
    force: bool = False
    over_references: bool = False
    program: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the command was told to put a value anywhere."""
        return self.takes_value or self.prints_preview

    @property
    def takes_value(self) -> bool:
        """Whether the token's own value goes somewhere."""
        return bool(self.targets) or self.takes_value_here

    @property
    def takes_value_here(self) -> bool:
        """Whether the value goes to a file, a program or standard output."""
        return bool(self.env_file or self.out or self.prints_value or self.program)

    @property
    def takes_output(self) -> bool:
        """Whether a value or the program uses standard output."""
        return self.prints_value or self.prints_preview or bool(self.program)

    @property
    def needs_value_now(self) -> bool:
        """Whether the value is needed even if the file already has it."""
        return bool(self.out or self.prints_value or self.program)

    def check_words(self, output: Output) -> None:
        """Refuse options that can't work, alone or together, before making a call.

        Raises:
            CommandFailed: saying why.
        """
        reveals = self.prints_value or self.prints_preview
        if self.prints_value and self.prints_preview:
            raise _usage("Use either --reveal or --reveal-preview.")
        if reveals and (output.shape != "table" or self.program):
            raise _usage("--reveal prints only a value.")
        if reveals and _is_terminal() and not self.force:
            raise _usage(
                "--reveal would show the value on this terminal.",
                "Pipe it, or add --force.",
            )
        if reveals:
            check_output()
        if self.program and shutil.which(self.program[0]) is None:
            raise _usage(f"--exec: there is no program {self.program[0]}.")
        if self.out:
            check_new("--out", self.out)
        if self.env_file:
            _check_folder(Path(self.env_file).expanduser().absolute().parent)

    def check_format(self, request: TokenRequest, snapshot: Snapshot) -> None:
        """Refuse, before a token is created, what couldn't be written afterwards.

        Raises:
            CommandFailed: if there is no such format.
            FileRefused: if the file can't be used.
            Unfit: if a name can't be written in the format.
        """
        if not self.any:
            return
        token = _standing_in(request)
        source = snapshot.source(token, Uses(token)[0])
        if self.format_id not in (None, _VALUE):
            self.format_for(token)
        if self.env_file:
            self._plan(source)
        if self.program:
            self.environment(source)
        if self.out:
            self._check_text(source)

    def _check_text(self, source: Source) -> None:
        """Refuse a new file without the value, if the value would be lost.

        Raises:
            CommandFailed: if nothing else takes the value.
            Unfit: if a name can't be written in the format.
        """
        has_value = _STANDING_IN.reveal() in self._text(source)
        elsewhere = replace(self, out=None).takes_value
        if source.token.kind == "management" and not has_value and not elsewhere:
            what = f"--format {self.format_id} has no value in it, so it would be lost."
            raise _usage(what, "Nothing was sent.")

    def give(self, source: Source) -> Given:
        """Write and print the values; return the files that were changed.

        Raises:
            CommandFailed: if the token has no such value.
            FileRefused: if a file can't be written.
            Unfit: if a value can't be written in the format.
        """
        token = source.token
        if self.takes_value and not token.value:
            raise no_value(token)
        if self.prints_preview and not token.preview:
            raise CommandFailed(Exit.CONFLICT, f"{token.name} has no preview token.")
        written: list[str] = []
        notes: list[str] = []
        if self.env_file:
            edit = self._plan(source)
            if not edit.idle:
                edit.write(over_references=self.over_references)
                written.append(str(edit.path))
            notes += _notes(edit)
        if self.out:
            written.append(self._write_new(source))
        revealed = token.value if self.prints_value else None
        revealed = token.preview if self.prints_preview else revealed
        if revealed is not None:
            click.echo(revealed.reveal())
        return Given(tuple(written), tuple(notes))

    def _plan(self, source: Source) -> FileEdit:
        """Return what will change in the file.

        Raises:
            CommandFailed: if plain text would replace references without consent.
            FileRefused: if the file can't be used.
            Unfit: if a name can't be written in the format.
        """
        edit = plan_file(self.env_file or "", self.format_for(source.token), source)
        if edit.replaced_references and not self.over_references:
            keys = ", ".join(each.key for each in edit.replaced_references)
            what = f"{shown(edit.path)} has references, not values: {keys}."
            advice = "--replace-references replaces them with plain text."
            raise CommandFailed(Exit.CONFLICT, what, next=advice)
        return edit

    def holds_value(self, source: Source) -> bool:
        """Return whether the file already has the keys, with any values."""
        if not self.env_file:
            return False
        known = msgspec.structs.replace(source.token, value=_STANDING_IN)
        source = replace(source, token=known)
        edit = plan_file(self.env_file, self.format_for(known), source)
        secrets = [each for each in edit.changes if isinstance(each.after, Secret)]
        return all(each.before is not None for each in secrets)

    def format_for(self, token: Token) -> ExportFormat:
        """Return the format that was asked for, `.env` by default.

        Raises:
            CommandFailed: if this kind of token has no such format.
        """
        formats = {each.id: each for each in formats_for(token)}
        wanted = self.format_id or "env"
        if wanted not in formats:
            known = ", ".join((*formats, _VALUE))
            what = f"--format: there is no format {wanted} for a {token.kind} token."
            raise _usage(what, f"Formats: {known}.")
        return formats[wanted]

    def environment(self, source: Source) -> dict[str, str]:
        """Return the program's variables, including the values.

        Raises:
            CommandFailed: if the format has no variables.
        """
        format = self.format_for(source.token)
        if format.syntax is not DOTENV:
            raise _usage(f"--exec: {format.label} has no variable names.")
        found = {}
        for key, value in format.values(source).items():
            plain = value.reveal() if isinstance(value, Secret) else value
            found[key] = plain
        return found

    def _write_new(self, source: Source) -> str:
        path = Path(self.out or "").expanduser().absolute()
        check_new("--out", str(path))
        replace_file(path, self._text(source).encode(), 0o600)
        return str(path)

    def _text(self, source: Source) -> str:
        if self.format_id == _VALUE and source.token.value:
            return source.token.value.reveal() + "\n"
        return self.format_for(source.token).text(source)


def _notes(edit: FileEdit) -> Iterator[str]:
    """Yield what the user should know about a file that now has a value."""
    if edit.exposed:
        yield (
            f"git doesn't ignore {shown(edit.path)}, so you could commit it by"
            " accident."
        )
    for leftover in edit.leftovers:
        yield f"Line {leftover.line} still has an old value of {leftover.key}."


def run_program(words: tuple[str, ...], variables: dict[str, str]) -> NoReturn:
    """Run the program in place of Tokendeck, with these variables added.

    Tokendeck exits with its exit code.

    Raises:
        FileRefused: if it can't be run.
    """
    environ = {**os.environ, **variables}
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        sys.exit(subprocess.call(words, env=environ))  # noqa: S603 - the user's own words
    # Python ignores this signal, which the program would inherit.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvpe(words[0], words, environ)  # noqa: S606 - the user's own words
    except OSError as error:
        raise FileRefused(f"--exec: {words[0]}: {error.strerror}.") from None


def no_value(token: Token) -> CommandFailed:
    """Return why a token's value can't be given."""
    if token.kind == "delivery":
        what = f"Contentstack didn't return the value of {token.name}."
        return CommandFailed(Exit.CONFLICT, what)
    what = (
        f"Contentstack showed the value of {token.name} only once, when it was created."
    )
    advice = f"`tokendeck rotate {token.uid}` replaces it."
    return CommandFailed(Exit.CONFLICT, what, next=advice)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _standing_in(request: TokenRequest) -> Token:
    if request.kind == "management":
        return ManagementToken(
            "-", request.name, scope=request.scope, value=_STANDING_IN
        )
    return DeliveryToken(
        "-",
        request.name,
        scope=request.scope,
        value=_STANDING_IN,
        preview=_STANDING_IN,
    )


def check_new(option: str, name: str) -> None:
    """Refuse a file that exists or can't be written, before making a call.

    Raises:
        FileRefused: saying why.
    """
    path = Path(name).expanduser()
    if path.exists() or path.is_symlink():
        what = f"{option}: {shown(path)} exists, and {option} only writes new files."
        raise FileRefused(what)
    _check_folder(path.absolute().parent)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise FileRefused(f"There is no folder {shown(folder)}.")
    try_folder(folder)


def _usage(what: str, advice: str = "") -> CommandFailed:
    return CommandFailed(Exit.USAGE, what, next=advice)
