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
from tui.config.schema import Config, Profile
from tui.config.settings import Settings, settings_from, unknown_variables
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import host_of
from tui.display import visible
from tui.files.refusal import Refused, shown
from tui.keymap import check_keys

if TYPE_CHECKING:
    from tui.config.editing import ConfigValue

_HOSTS_AT_ONCE = (
    "All at once: tokendeck config set hosts "
    """'{cma = "https://…", cda = "https://…"}'."""
)


@click.group()
def config() -> None:
    """Show, check and change the configuration.

    Example: tokendeck config show
    """


@config.command("path")
@exit_on_error()
def show_path() -> None:
    """Print the path of the configuration file, even if there is none yet.

    Example: tokendeck config path
    """
    click.echo(str(config_file(os.environ)))


@config.command()
@pass_flags
@exit_on_error()
def show(flags: Flags) -> None:
    """Print every setting and where it comes from. Never prints a secret.

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

    Exits with 0 if everything is valid, 1 if not.

    Example: tokendeck config check
    """
    path = config_file(os.environ)
    _settings(flags)
    file = shown(path)
    if not path.exists():
        click.echo(
            f"There's no {file} yet. You can use flags and variables without it."
        )
        return
    profiles = read_config(path, check_keys).profiles
    names = ", ".join(map(visible, profiles)) or "none"
    click.echo(f"No problems in {file}. Profiles: {names}.")


@config.command()
@exit_on_error()
def edit() -> None:
    """Edit a copy in $VISUAL or $EDITOR; it replaces the file once it's valid.

    Example: EDITOR=nano tokendeck config edit
    """
    # Loaded only for editing: the parser that preserves comments.
    from tui.config.editing import copy_of, replace_unchanged, template

    path = config_file(os.environ)
    before = text_or_none(path)
    start = template() if before is None else before
    copy = copy_of(path, start)
    while True:
        _run_editor(copy, start)
        try:
            text = _checked(copy)
            # An unchanged template isn't a configuration.
            if text != start:
                replace_unchanged(path, before, text)
            break
        except Refused as wrong:
            click.echo(str(wrong), err=True)
            if not _again():
                raise Refused(
                    f"The configuration is unchanged. {_kept(copy)}"
                ) from None
    copy.unlink(missing_ok=True)
    outcome = "is unchanged" if text == start else "was changed"
    click.echo(f"{shown(path)} {outcome}.")


@config.command("set")
@click.argument("name")
@click.argument("value", required=False)
@pass_flags
@exit_on_error()
def set_value(flags: Flags, name: str, value: str | None) -> None:
    """Change one setting.

    It goes into your only profile, or into a new one called default. If you have
    several, name one before `config`: tokendeck --profile NAME config set.

    VALUE is plain text or TOML: true, 45, a list like '["pass", "show", "cs"]', or
    a table for your own hosts: '{cma = "https://a.example", cda =
    "https://b.example"}'. Without VALUE the setting is removed. Comments stay.

    Example: tokendeck --profile work config set region eu
    """
    from tui.config.editing import remember

    path = config_file(os.environ)
    profile = flags.profile or _profile_for(path, name)
    try:
        remember(path, profile, name, _parsed(value), check_keys=check_keys)
    except ConfigWrong as wrong:
        if not name.startswith("hosts."):
            raise
        raise ConfigWrong(f"{wrong} {_HOSTS_AT_ONCE}") from None
    outcome = "removed" if value is None else "set"
    where = f" in the profile {visible(profile)}" if profile else ""
    click.echo(f"{shown(path)}: {visible(name)} is {outcome}{where}.")


def _profile_for(path: Path, name: str) -> str | None:
    """Return the profile that a setting goes into if none is named.

    None for a top-level setting, and for a name that isn't a setting.
    """
    if name.partition(".")[0] not in Profile.__struct_fields__:
        return None
    config = read_config(path, check_keys) if path.exists() else Config()
    named = os.environ.get("TOKENDECK_PROFILE") or config.profile
    if named or len(config.profiles) <= 1:
        return named or next(iter(config.profiles), "default")
    names = ", ".join(map(visible, config.profiles))
    raise ConfigWrong(
        f"Choose a profile ({names}): tokendeck --profile NAME config set …"
    )


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Return every setting as name, value and where it came from.

    The values contain no secrets and no full API keys.
    """
    region, sources = settings.region, settings.sources
    rows = [("region", region.name, sources.get("region", "default"))]
    for host in ("cma", "cda", "preview"):
        rows.append((f"  {host}", host_of(getattr(region, host)) or "-", ""))
    for name in ("profile", *Profile.__struct_fields__):
        if name not in ("region", "hosts", "keys"):
            value = getattr(settings, name)
            if name == "production_environments":
                value = ", ".join(value)
            value = _in_words(value)
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
        click.echo(f"{visible(name)} is set, but Tokendeck doesn't use it.", err=True)
    return settings


def _parsed(value: str | None) -> ConfigValue:
    """Read a value as TOML if a setting may have that type, else as text."""
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
        said = f"{visible(str(failure))}. The configuration is unchanged."
        if text_or_none(copy) != start:
            raise Refused(f"{said} {_kept(copy)}") from None
        copy.unlink()
        raise Refused(f"{said} Set VISUAL or EDITOR to your editor.") from None


def _checked(copy: Path) -> str:
    """Return what was written, or raise `Refused` if it is wrong."""
    text = text_or_none(copy)
    if text is None:
        raise Refused(f"The editor left no {shown(copy)}.")
    parse_config(text, shown(copy), check_keys)
    return text


def _kept(copy: Path) -> str:
    return f"Your changes are in {shown(copy)}."


def _again() -> bool:
    """Ask whether to go back to the editor; no, if there's no one to ask."""
    try:
        return click.confirm("Edit again?", default=True, err=True)
    except click.Abort:
        return False
