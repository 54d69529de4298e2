"""Changes the configuration file, and keeps its comments.

A change that would make the file invalid is refused.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from pathlib import Path
from textwrap import wrap

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tui.config.documentation import Setting, settings_of
from tui.config.key_names import check_key_names
from tui.config.reading import CheckKeys, ConfigWrong, parse_config, text_or_none
from tui.config.schema import Config, Profile, Target
from tui.files.folders import create_folder
from tui.files.lock import PATIENCE, locked
from tui.files.refusal import FileRefused, refusing, shown
from tui.files.replacing import replace_file

ConfigValue = str | bool | int | tuple[str, ...] | Mapping[str, str] | None


def remember(
    path: Path,
    profile: str | None,
    name: str,
    value: ConfigValue,
    *,
    check_keys: CheckKeys = check_key_names,
) -> None:
    """Write one value to a profile, or to the top of the file if `profile` is None.

    A `name` with dots is inside a table, such as `keys.sort`; the value None removes
    it. Raises `Refused` if the file can't be read or written, or would be invalid with
    the value; the file then stays as it was.
    """
    with _alone(path):
        text = text_or_none(path) or ""
        parse_config(text, shown(path), check_keys)
        above = ["profiles", profile] if profile else []
        changed = _with_value(text, [*above, *name.split(".")], value, path)
        parse_config(changed, shown(path), check_keys)
        replace_file(path, changed.encode())


def replace_unchanged(path: Path, before: str | None, text: str) -> None:
    """Replace the file's text; raises `Refused` if it isn't `before` any more."""
    with _alone(path):
        if text_or_none(path) != before:
            raise FileRefused(
                f"{shown(path)} was changed by something else in the meantime."
            )
        if text != before:
            replace_file(path, text.encode())


def copy_of(path: Path, text: str) -> Path:
    """Write this text to a file next to the configuration, for the user only."""
    folder = path.parent
    with refusing(folder):
        create_folder(folder)
        handle, name = tempfile.mkstemp(prefix="config-", suffix=".toml", dir=folder)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return Path(name)


def template() -> str:
    """Return a configuration with every setting commented out and explained."""
    lines = [
        "# Tokendeck's configuration: remove a # to set something.",
        "#",
        *_commented(settings_of(Config)),
        "# [profiles.work]",
        *_commented(settings_of(Profile)),
        "# [targets.web]",
        *_commented(settings_of(Target)),
    ]
    return "\n".join(lines) + "\n"


def toml_value(value: object) -> str:
    """Return a value as TOML on one line."""
    return str(tomlkit.item(_on_one_line(value)).as_string())


def _alone(path: Path) -> AbstractContextManager[None]:
    """Hold the configuration's lock; wait while another Tokendeck writes."""
    return locked(path.with_name(f".{path.name}.lock"), patience=PATIENCE)


def _on_one_line(value: object) -> object:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return list(value) if isinstance(value, tuple) else value


def _commented(settings: Iterable[Setting]) -> list[str]:
    lines = []
    for setting in settings:
        if setting.example is None:
            continue
        lines += [f"# {line}" for line in wrap(setting.meaning, 88)]
        lines += [f"# {setting.name} = {toml_value(setting.example)}", "#"]
    return lines


def _with_value(text: str, names: list[str], value: ConfigValue, path: Path) -> str:
    """Return the text with one value changed; parse it to check nothing else is."""
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
        f"{shown(path)}: {'.'.join(names)} can't be changed here. Use `tokendeck config"
        " edit`."
    )


_TomlTable = MutableMapping[str, object]


def _set(
    table: _TomlTable,
    names: list[str],
    value: ConfigValue,
    new_table: Callable[[], _TomlTable],
) -> None:
    *above, last = names
    for name in above:
        if name not in table:
            table[name] = new_table()
        inner = table[name]
        if not isinstance(inner, MutableMapping):
            raise TypeError(f"{name} isn't a table")
        table = inner
    if value is not None:
        table[last] = _on_one_line(value)
    elif last in table:
        del table[last]
