"""`tokendeck config`: where the configuration lies, what holds, whether it is right, and changing it."""

from __future__ import annotations

import os
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tui.account.config_reading import ConfigWrong, config_file, read_config
from tui.account.settings import Flags, Settings, settings_from, unknown_variables
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import host_of
from tui.display import visible
from tui.files import shown
from tui.headless.keymap import check_keys

if TYPE_CHECKING:
    from tui.account.config_editing import Draft, Value

_WRONG = 1


@click.group()
def config() -> None:
    """Look at the configuration, check it, edit it."""


@config.command("path")
def show_path() -> None:
    """Print where the configuration file lies, whether or not it is there."""
    click.echo(str(_file()))


@config.command()
@click.pass_context
def show(context: click.Context) -> None:
    """Print what holds for a run with these flags, and where each of it came from; never a secret."""
    try:
        settings = settings_from(os.environ, context.find_object(Flags) or Flags(), check_keys=check_keys)
    except ConfigWrong as wrong:
        _fail(str(wrong))
    there = settings.file is not None and settings.file.exists()
    file = shown(settings.file) if settings.file else "there is no home to keep it in"
    click.echo(f"{file}{'' if there else ' (not there)'}")
    rows = described(settings)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, source in rows:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}".rstrip())
    _warn_of_variables()


@config.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check the file, the variables and these flags: exit code 0 if all is right, 1 if not."""
    path = _file()
    try:
        profiles = read_config(path, check_keys).profiles
        settings_from(os.environ, context.find_object(Flags) or Flags(), check_keys=check_keys)
    except ConfigWrong as wrong:
        _fail(str(wrong))
    _warn_of_variables()
    if not path.exists():
        click.echo(f"There is no {shown(path)}; without it, flags and variables are enough.")
        return
    names = ", ".join(map(visible, profiles)) or "none"
    click.echo(f"{shown(path)} is right. Profiles: {names}.")


@config.command()
def edit() -> None:
    """Open a copy in $VISUAL or $EDITOR; it takes the file's place once it is right."""
    # What keeps comments alive is loaded only by those who edit.
    from tui.account.config_editing import draft_of  # noqa: PLC0415

    try:
        draft = draft_of(_file())
    except ConfigWrong as wrong:
        _fail(str(wrong))
    while True:
        _run_editor(draft)
        try:
            changed = draft.take(check_keys)
        except ConfigWrong as wrong:
            click.echo(str(wrong), err=True)
            if not _again():
                _fail(f"The configuration is as it was. What you wrote is kept in {shown(draft.copy)}.")
            continue
        click.echo(f"{shown(draft.path)} {'is changed' if changed else 'is as it was'}.")
        return


@config.command("set")
@click.argument("name")
@click.argument("value", required=False)
@click.pass_context
def set_value(context: click.Context, name: str, value: str | None) -> None:
    """Write one setting, into a profile (--profile NAME before `config`) or at the top of the file.

    VALUE is text, or as TOML has it: true, 45, or a list as '["op", "read", "op://…"]'. Without it the
    setting is taken out. Comments stay.
    """
    from tui.account.config_editing import remember  # noqa: PLC0415

    path, flags = _file(), context.find_object(Flags) or Flags()
    try:
        remember(path, flags.profile, name, _parsed(value), check_keys=check_keys)
    except ConfigWrong as wrong:
        _fail(str(wrong))
    where = f" in the profile {visible(flags.profile)}" if flags.profile else ""
    click.echo(f"{shown(path)}: {visible(name)} is {'taken out' if value is None else 'set'}{where}.")


def described(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Every setting as name, value and where it came from; nothing of it is a secret or a whole API key."""
    region = settings.region
    place = settings.sources.get("region", "default")
    # The words of a command may hold a secret; which program it is, is enough to know it by.
    command = " ".join((*map(visible, settings.auth_command[:1]), *("…" for _ in settings.auth_command[1:2])))
    values = {
        "profile": visible(settings.profile or ""),
        "stack": cleaned(settings.stack or ""),
        "auth_command": command,
        "auth_file": visible(settings.auth_file or ""),
        "ca_file": visible(settings.ca_file or ""),
        "read_only": "true" if settings.read_only else "false",
        "theme": settings.theme or "",
    }
    return (
        ("region", region.name, place),
        *((f"  {name}", host_of(getattr(region, name)) or "-", "") for name in ("cma", "cda", "preview")),
        *((name, value or "-", settings.sources.get(name, "default")) for name, value in values.items()),
        *((f"keys.{name}", " ".join(keys), settings.sources["keys"]) for name, keys in settings.keys.items()),
    )


def _file() -> Path:
    try:
        return config_file(os.environ)
    except ConfigWrong as wrong:
        _fail(str(wrong))


def _parsed(value: str | None) -> Value:
    """A value from the command line: as TOML reads it, where a setting may be that, else text."""
    if value is None:
        return None
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    if isinstance(found, list) and all(isinstance(word, str) for word in found):
        return tuple(found)
    return found if isinstance(found, str | bool | int) else value


def _run_editor(draft: Draft) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), str(draft.copy)], check=False).returncode  # noqa: S603 - theirs
    except (OSError, ValueError):
        draft.leave()
        _fail(f"The editor {visible(editor)} can't be run; name another in VISUAL or EDITOR.")
    if status == 0:
        return
    said = "The editor was left with an error; the configuration is as it was."
    if not draft.untouched:
        _fail(f"{said} What you wrote is kept in {shown(draft.copy)}.")
    draft.leave()
    _fail(said)


def _again() -> bool:
    """Whether to go back to the editor; without anybody to ask, not."""
    try:
        return click.confirm("Edit again?", default=True, err=True)
    except click.Abort:
        return False


def _warn_of_variables() -> None:
    for name in unknown_variables(os.environ):
        click.echo(f"{visible(name)} is set, and nothing reads it.", err=True)


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(_WRONG)
