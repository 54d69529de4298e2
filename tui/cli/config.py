"""`tokendeck config`: where the configuration lies, what holds, whether it is right, and changing it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.exits import telling
from tui.config.fields import PROFILE
from tui.config.reading import (
    ConfigWrong,
    config_file,
    parse_config,
    read_config,
    text_or_none,
)
from tui.config.settings import Flags, Settings, settings_from, unknown_variables
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import host_of
from tui.display import visible
from tui.files import Refused, shown
from tui.keymap import check_keys

if TYPE_CHECKING:
    from tui.config.editing import ConfigValue

_HOSTS_AT_ONCE = """All at once: tokendeck config set hosts '{cma = "https://…", cda = "https://…"}'."""


@click.group()
def config() -> None:
    """Look at the configuration, check it, edit it."""


@config.command("path")
@telling()
def show_path() -> None:
    """Print where the configuration file lies, whether or not it is there."""
    click.echo(str(config_file(os.environ)))


@config.command()
@click.pass_context
@telling()
def show(context: click.Context) -> None:
    """Print what holds for a run with these flags, and where each of it came from.

    Never a secret.
    """
    settings = _settings(context)
    click.echo(settings.placed)
    rows = described(settings)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, source in rows:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}".rstrip())


@config.command()
@click.pass_context
@telling()
def check(context: click.Context) -> None:
    """Check the file, the variables and these flags.

    Exit code 0 if all is right, 1 if not.
    """
    path = config_file(os.environ)
    _settings(context)
    if not path.exists():
        click.echo(
            f"There is no {shown(path)}; without it, flags and variables are enough."
        )
        return
    names = ", ".join(map(visible, read_config(path, check_keys).profiles)) or "none"
    click.echo(f"{shown(path)} is right. Profiles: {names}.")


@config.command()
@telling()
def edit() -> None:
    """Open a copy in $VISUAL or $EDITOR; it takes the file's place once it is right."""
    # What keeps comments alive is loaded only by those who edit.
    from tui.config.editing import copy_of, replace_unchanged, template  # noqa: PLC0415

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
    click.echo(f"{shown(path)} {'is as it was' if text == start else 'is changed'}.")


@config.command("set")
@click.argument("name")
@click.argument("value", required=False)
@click.pass_context
@telling()
def set_value(context: click.Context, name: str, value: str | None) -> None:
    """Write one setting, into a profile (--profile NAME before `config`) or at the top of the file.

    VALUE is text, or as TOML has it: true, 45, a list as '["op", "read", "op://…"]', or a table, as hosts
    need: '{cma = "https://…", cda = "https://…"}'. Without it the setting is taken out. Comments stay.
    """
    from tui.config.editing import remember  # noqa: PLC0415

    path, profile = (
        config_file(os.environ),
        (context.find_object(Flags) or Flags()).profile,
    )
    try:
        remember(path, profile, name, _parsed(value), check_keys=check_keys)
    except ConfigWrong as wrong:
        if not name.startswith("hosts."):
            raise
        raise ConfigWrong(f"{wrong} {_HOSTS_AT_ONCE}") from None
    where = f" in the profile {visible(profile)}" if profile else ""
    click.echo(
        f"{shown(path)}: {visible(name)} is {'taken out' if value is None else 'set'}{where}."
    )


def described(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Every setting as name, value and where it came from.

    Nothing of it is a secret or a whole API key.
    """
    region, sources = settings.region, settings.sources
    names = (
        "profile",
        *(
            setting.name
            for setting in PROFILE
            if setting.name not in ("region", "hosts", "keys")
        ),
    )
    return (
        ("region", region.name, sources.get("region", "default")),
        *(
            (f"  {name}", host_of(getattr(region, name)) or "-", "")
            for name in ("cma", "cda", "preview")
        ),
        *(
            (name, _in_words(getattr(settings, name)), sources.get(name, "default"))
            for name in names
        ),
        *(
            (f"keys.{name}", " ".join(keys), sources["keys"])
            for name, keys in settings.keys.items()
        ),
    )


def _in_words(value: str | bool | int | tuple[str, ...] | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        # The words of a command may hold a secret; which program it is, is enough to
        # know it by.
        value = " ".join((*value[:1], *("…" for _ in value[1:2])))
    return "-" if value in (None, "") else cleaned(str(value))


def _settings(context: click.Context) -> Settings:
    settings = settings_from(
        os.environ, context.find_object(Flags) or Flags(), check_keys=check_keys
    )
    for name in unknown_variables(os.environ):
        click.echo(f"{visible(name)} is set, and nothing reads it.", err=True)
    return settings


def _parsed(value: str | None) -> ConfigValue:
    """A value from the command line.

    As TOML reads it, where a setting may be that, else text.
    """
    if value is None:
        return None
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    if isinstance(found, list) and all(isinstance(word, str) for word in found):
        return tuple(found)
    if isinstance(found, dict) and all(
        isinstance(item, str) for item in found.values()
    ):
        return found
    return found if isinstance(found, str | bool | int) else value


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
    """What was written, if it is right."""
    text = text_or_none(copy)
    if text is None:
        raise Refused(f"The editor left no {shown(copy)}.")
    parse_config(text, shown(copy), check_keys)
    return text


def _kept(copy: Path) -> str:
    return f"What you wrote is kept in {shown(copy)}."


def _again() -> bool:
    """Whether to go back to the editor; without anybody to ask, not."""
    try:
        return click.confirm("Edit again?", default=True, err=True)
    except click.Abort:
        return False
