"""Changing the configuration file.

Comments live, and a change that would not do is not made.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from textwrap import wrap
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tui.config.fields import FILE, PROFILE, Setting
from tui.config.key_names import check_key_names
from tui.config.reading import CheckKeys, ConfigWrong, parse_config, text_or_none
from tui.files import FileRefused, create_folder, refusing, replace_file, shown
from tui.private_files import PATIENCE, locked

ConfigValue = str | bool | int | tuple[str, ...] | Mapping[str, str] | None


def remember(
    path: Path,
    profile: str | None,
    name: str,
    value: ConfigValue,
    *,
    check_keys: CheckKeys = check_key_names,
) -> None:
    """Write one value into a profile, or at the top of the file where `profile` is None; None takes it out.

    A `name` with dots is one within a table, as `keys.sort` is. `Refused` if the file can't be read or
    written, or would be wrong with it; it is then as it was.
    """
    with _alone(path):
        text = text_or_none(path) or ""
        parse_config(text, shown(path), check_keys)
        above = ["profiles", profile] if profile else []
        changed = _with_value(text, [*above, *name.split(".")], value, path)
        parse_config(changed, shown(path), check_keys)
        replace_file(path, changed.encode())


def replace_unchanged(path: Path, before: str | None, text: str) -> None:
    """Put `text` in the file's place, unless that is not what it was `before`.

    `Refused` then.
    """
    with _alone(path):
        if text_or_none(path) != before:
            raise FileRefused(f"{shown(path)} was changed by something else meanwhile.")
        if text != before:
            replace_file(path, text.encode())


def copy_of(path: Path, text: str) -> Path:
    """A file with this text, for the user alone, beside the configuration."""
    with refusing(path.parent):
        create_folder(path.parent)
        handle, name = tempfile.mkstemp(
            prefix="config-", suffix=".toml", dir=path.parent
        )
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return Path(name)


def template() -> str:
    """A configuration in which every setting stands as a comment, with what it means."""
    heading = "# Tokendeck's configuration: take away a # to set something."
    lines = [heading, "#", *_commented(FILE), "# [profiles.work]", *_commented(PROFILE)]
    return "\n".join(lines) + "\n"


def toml_value(value: Any) -> str:
    """A value as TOML writes it on one line."""
    return str(tomlkit.item(_on_one_line(value)).as_string())


def _alone(path: Path) -> AbstractContextManager[None]:
    """Hold the configuration's lock, for as long as another Tokendeck takes to write it."""
    return locked(path.with_name(f".{path.name}.lock"), patience=PATIENCE)


def _on_one_line(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return list(value) if isinstance(value, tuple) else value


def _commented(settings: Iterable[Setting]) -> list[str]:
    lines = []
    for setting in settings:
        if setting.example is not None:
            lines += wrap(
                setting.meaning, 90, initial_indent="# ", subsequent_indent="# "
            )
            lines += [f"# {setting.name} = {toml_value(setting.example)}", "#"]
    return lines


def _with_value(text: str, names: list[str], value: ConfigValue, path: Path) -> str:
    """The text with one value changed, and nothing else.

    What comes out is read again and compared.
    """
    wanted = tomllib.loads(text)
    try:
        _set(wanted, names, value, dict)
        document = tomlkit.parse(text)
        _set(document, names, value, lambda: tomlkit.table(is_super_table=True))
        changed = tomlkit.dumps(document)
        if tomllib.loads(changed) == wanted:
            return changed
    except (TOMLKitError, ValueError, TypeError):
        pass
    raise ConfigWrong(
        f"{shown(path)}: {'.'.join(names)} can't be changed from here; `tokendeck config edit` can."
    )


def _set(table: Any, names: list[str], value: ConfigValue, new_table: Any) -> None:
    *above, last = names
    for name in above:
        if name not in table:
            table[name] = new_table()
        table = table[name]
    if value is not None:
        table[last] = _on_one_line(value)
    elif last in table:
        del table[last]
