"""`tokendeck config`: shows the configuration, checks it, changes it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tui.cli.decorators import exit_on_error, pass_flags
from tui.config.flags import Flags
from tui.config.reading import (
    ConfigWrong,
    config_file,
    parse_config,
    read_config,
    text_or_none,
)
from tui.config.schema import Profile
from tui.config.settings import Settings, settings_from, unknown_variables
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import host_of
from tui.display import visible
from tui.files import Refused, shown
from tui.keymap import check_keys

if TYPE_CHECKING:
    from tui.config.editing import ConfigValue

_HOSTS_AT_ONCE = (
    "All at once: tokendeck config set hosts "
    """'{cma = "https://…", cda = "https://…"}'."""
)


@click.group()
def config() -> None:
    """Look at the configuration, check it, edit it.

    Example: tokendeck config show
    """


@config.command("path")
@exit_on_error()
def show_path() -> None:
    """Print where the configuration file lies, whether or not it is there.

    Example: tokendeck config path
    """
    click.echo(str(config_file(os.environ)))


@config.command()
@pass_flags
@exit_on_error()
def show(flags: Flags) -> None:
    """Print what holds for a run with these flags, and where each of it came from.

    Never a secret.

    Example: tokendeck --profile work config show
    """
    settings = _settings(flags)
    click.echo(settings.placed)
    rows = described(settings)
    names, values, _ = zip(*rows, strict=True)
    name_width, value_width = max(map(len, names)), max(map(len, values))
    for name, value, source in rows:
        line = f"{name:<{name_width}}  {value:<{value_width}}  {source}"
        click.echo(line.rstrip())


@config.command()
@pass_flags
@exit_on_error()
def check(flags: Flags) -> None:
    """Check the file, the variables and these flags.

    Exit code 0 if all is right, 1 if not.

    Example: tokendeck config check
    """
    path = config_file(os.environ)
    _settings(flags)
    file = shown(path)
    if not path.exists():
        click.echo(f"There is no {file}; without it, flags and variables are enough.")
        return
    profiles = read_config(path, check_keys).profiles
    names = ", ".join(map(visible, profiles)) or "none"
    click.echo(f"{file} is right. Profiles: {names}.")


@config.command()
@exit_on_error()
def edit() -> None:
    """Open a copy in $VISUAL or $EDITOR; it takes the file's place once it is right.

    Example: EDITOR=nano tokendeck config edit
    """
    # What keeps comments alive is loaded only by those who edit.
    from tui.config.editing import copy_of, replace_unchanged, template

    path = config_file(os.environ)
    before = text_or_none(path)
    start = template() if before is None else before
    copy = copy_of(path, start)
    while True:
        _run_editor(copy, start)
        try:
            text = _checked(copy)
            # A template that nobody has touched is no configuration.
            if text != start:
                replace_unchanged(path, before, text)
            break
        except Refused as wrong:
            click.echo(str(wrong), err=True)
            if not _again():
                raise Refused(
                    f"The configuration is as it was. {_kept(copy)}"
                ) from None
    copy.unlink(missing_ok=True)
    outcome = "is as it was" if text == start else "is changed"
    click.echo(f"{shown(path)} {outcome}.")


@config.command("set")
@click.argument("name")
@click.argument("value", required=False)
@pass_flags
@exit_on_error()
def set_value(flags: Flags, name: str, value: str | None) -> None:
    """Write one setting, into a profile (--profile NAME before `config`) or at the top
    of the file.

    VALUE is text, or as TOML has it: true, 45, a list as '["pass", "show", "cs"]', or a
    table, as hosts need: '{cma = "https://a.example", cda = "https://b.example"}'.
    Without it the setting is taken out. Comments stay.

    Example: tokendeck --profile work config set region eu
    """  # noqa: D205 - it is the command's help, whose first paragraph is two lines
    from tui.config.editing import remember

    path = config_file(os.environ)
    profile = flags.profile
    try:
        remember(path, profile, name, _parsed(value), check_keys=check_keys)
    except ConfigWrong as wrong:
        if not name.startswith("hosts."):
            raise
        raise ConfigWrong(f"{wrong} {_HOSTS_AT_ONCE}") from None
    outcome = "taken out" if value is None else "set"
    where = f" in the profile {visible(profile)}" if profile else ""
    click.echo(f"{shown(path)}: {visible(name)} is {outcome}{where}.")


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Return every setting as name, value and where it came from.

    Nothing of it is a secret or a whole API key.
    """
    region, sources = settings.region, settings.sources
    rows = [("region", region.name, sources.get("region", "default"))]
    for host in ("cma", "cda", "preview"):
        rows.append((f"  {host}", host_of(getattr(region, host)) or "-", ""))
    for name in ("profile", *Profile.__struct_fields__):
        if name not in ("region", "hosts", "keys"):
            value = _in_words(getattr(settings, name))
            rows.append((name, value, sources.get(name, "default")))
    for command, keys in settings.keys.items():
        rows.append((f"keys.{command}", " ".join(keys), sources["keys"]))
    return rows


def _in_words(value: str | bool | int | tuple[str, ...] | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        value = _program(value)
    return "-" if value in (None, "") else cleaned(str(value))


def _program(words: tuple[str, ...]) -> str:
    """Return the program of a command; its arguments may hold a secret."""
    return f"{words[0]} …" if len(words) > 1 else "".join(words)


def _settings(flags: Flags) -> Settings:
    settings = settings_from(os.environ, flags, check_keys=check_keys)
    for name in unknown_variables(os.environ):
        click.echo(f"{visible(name)} is set, and nothing reads it.", err=True)
    return settings


def _parsed(value: str | None) -> ConfigValue:
    """Read a value as TOML does where a setting may be that, else as text."""
    if value is None:
        return None
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    for kind in (tuple[str, ...], dict[str, str], str | bool | int):
        try:
            return msgspec.convert(found, kind)
        except msgspec.ValidationError:
            pass
    return value


def _run_editor(copy: Path, start: str) -> None:
    try:
        click.edit(filename=str(copy))
    except (click.ClickException, ValueError) as failure:
        said = f"{visible(str(failure))}. The configuration is as it was."
        if text_or_none(copy) != start:
            raise Refused(f"{said} {_kept(copy)}") from None
        copy.unlink()
        raise Refused(f"{said} VISUAL and EDITOR name the editor.") from None


def _checked(copy: Path) -> str:
    """Return what was written, or raise `Refused` if it is wrong."""
    text = text_or_none(copy)
    if text is None:
        raise Refused(f"The editor left no {shown(copy)}.")
    parse_config(text, shown(copy), check_keys)
    return text


def _kept(copy: Path) -> str:
    return f"What you wrote is kept in {shown(copy)}."


def _again() -> bool:
    """Ask whether to go back to the editor; no, without anybody to ask."""
    try:
        return click.confirm("Edit again?", default=True, err=True)
    except click.Abort:
        return False
