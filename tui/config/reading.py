"""Reading the configuration file.

Nothing is half-applied: either the whole file is right, or `ConfigWrong` says which
place in it is not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import msgspec

from tui.config.fields import FILE, HOSTS, PROFILE, Config, KeyNames, Profile, Setting
from tui.config.key_names import KeyRefused, Keys, check_key_names
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import Region, custom_region, find_region
from tui.display import flaw, visible
from tui.files import FileAbsent, Refused, read_checked, shown
from tui.private_files import STEERING, config_folder

CheckKeys = Callable[[Keys], Keys]
"""Gives every key its one spelling, or raises KeyRefused.

Rooms that know the commands check them too.
"""

EXCLUSIVE = (("region", "hosts"), ("auth_command", "auth_file"))
"""Settings of which a profile, the variables or the flags may name one."""

_PLAIN_WORDS = {
    "`str | array`": "a string or a list of strings",
    "`array`": "a list",
    "`str`": "a string",
    "`bool`": "true or false",
    "`int`": "a whole number",
    "`float`": "a number",
    "`object`": "a table",
    " of length >= 1": " that is not empty",
    "`": "",
}


class ConfigWrong(Refused):
    """The configuration can't be used.

    The text names the file, the place in it, and the value.
    """


def config_file(environ: Mapping[str, str]) -> Path:
    """Where the configuration lies, whether or not it is there.

    `FileAbsent` where no home is.
    """
    return config_folder(environ) / "config.toml"


def read_config(path: Path, check_keys: CheckKeys = check_key_names) -> Config:
    """The configuration at `path`, empty without a file.

    `Refused` if anything in it is wrong.
    """
    text = text_or_none(path)
    return Config() if text is None else parse_config(text, shown(path), check_keys)


def text_or_none(path: Path) -> str | None:
    """The text of a configuration, None where there is none.

    `Refused` if it can't or mustn't be read.
    """
    try:
        return read_checked(path, STEERING).decode("utf-8")
    except FileAbsent:
        return None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigWrong(f"{shown(path)}, line {line}: this is not UTF-8.") from None


def parse_config(
    text: str, where: str, check_keys: CheckKeys = check_key_names
) -> Config:
    """A configuration from its text, or `ConfigWrong`, in which `where` names the file."""
    try:
        return _config(tomllib.loads(text), check_keys)
    except ConfigWrong as wrong:
        raise ConfigWrong(f"{where}: {wrong}") from None
    except RecursionError:
        raise ConfigWrong(f"{where}: nested too deeply.") from None
    except ValueError as error:
        last_line = f"(at line {text.count(chr(10)) + 1}, the last)"
        why = str(error).replace("(at end of document)", last_line)
        raise ConfigWrong(f"{where}: {cleaned(why)}.") from None


def _config(table: object, check_keys: CheckKeys) -> Config:
    values = _values(FILE, table, "")
    profiles = {
        name: _profile(item, f"profiles.{visible(name)}", check_keys)
        for name, item in values.get("profiles", {}).items()
    }
    config = Config(values.get("profile"), profiles)
    if config.profile is not None and config.profile not in profiles:
        raise _wrong(
            "profile", config.profile, f"there is no such profile{_among(profiles)}."
        )
    return config


def _profile(table: object, path: str, check_keys: CheckKeys) -> Profile:
    values = _values(PROFILE, table, path)
    if "hosts" in values:
        values["hosts"] = _values(HOSTS, values["hosts"], f"{path}.hosts")
    if "keys" in values:
        values["keys"] = _keys(values["keys"], f"{path}.keys", check_keys)
    for pair in EXCLUSIVE:
        if values.keys() >= set(pair):
            raise ConfigWrong(f"{path}: {' and '.join(pair)} exclude each other.")
    for name in {"auth_file", "ca_file"} & values.keys():
        if not values[name].startswith(("/", "~/")):
            raise _wrong(
                f"{path}.{name}",
                values[name],
                "expected a path that begins with / or ~/.",
            )
    for name in {"region", "hosts"} & values.keys():
        try:
            region_of(values[name])
        except ValueError as error:
            named = values[name] if name == "region" else None
            raise _wrong(f"{path}.{name}", named, cleaned(str(error))) from None
    return values


def _values(settings: Iterable[Setting], table: object, path: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _wrong(path, table, "expected a table.")
    kinds = {setting.name: setting.kind for setting in settings}
    _refuse_unknown(kinds, table, path)
    return {
        name: converted(kinds[name], item, f"{path}.{name}".lstrip("."))
        for name, item in table.items()
    }


def converted(hint: Any, value: object, path: str) -> Any:
    """A value of this type, or `ConfigWrong`.

    One by one, since msgspec names no keys of tables in the path of its errors.
    """
    if isinstance(value, str) and (reason := flaw(value)):
        raise _wrong(path, None, f"it {reason}.")
    if isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, str) and (reason := flaw(each)):
                raise _wrong(f"{path}[{index}]", None, f"it {reason}.")
    try:
        return msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError as error:
        what, _, within = str(error).partition(" - at `$")
        raise _wrong(path + within.rstrip("`"), value, _in_words(what, hint)) from None


def _in_words(what: str, hint: Any) -> str:
    if what.startswith("Invalid enum value"):
        return f"it is no such word{_among(get_args(hint))}."
    for word, plain in _PLAIN_WORDS.items():
        what = what.replace(word, plain)
    return f"{what[:1].lower()}{what[1:]}."


def _keys(table: Mapping[str, object], path: str, check_keys: CheckKeys) -> Keys:
    keys = {}
    for command, names in table.items():
        known = converted(KeyNames, names, f"{path}.{visible(command)}")
        keys[command] = (known,) if isinstance(known, str) else known
    try:
        return check_keys(keys)
    except KeyRefused as refusal:
        place = f"{path}.{visible(refusal.command)}" if refusal.command else path
        raise _wrong(place, refusal.key or None, f"{refusal}.") from None


def region_of(place: str | Mapping[str, str]) -> Region:
    """The region of that name, or on these hosts.

    A `ValueError` says what is missing or wrong.
    """
    if isinstance(place, str):
        return find_region(place)
    if not {"cma", "cda"} <= place.keys():
        raise ValueError(
            "Own hosts need both cma and cda (and preview for preview tokens)."
        )
    return custom_region(**place)


def _refuse_unknown(known: Iterable[str], table: Iterable[str], path: str) -> None:
    for name in table:
        if name in known:
            continue
        where = f"{path}.{visible(name)}".lstrip(".")
        if any(word in name.lower() for word in ("token", "password", "secret")):
            raise ConfigWrong(
                f"{where}: no credential belongs in this file; see auth_command and auth_file."
            )
        near = get_close_matches(name, known, 1)
        instead = f"; did you mean {near[0]}?" if near else f"{_among(known)}."
        raise ConfigWrong(f"{where}: there is no such setting{instead}")


def _among(names: Iterable[str]) -> str:
    shown_names = ", ".join(map(visible, names))
    return f"; known are {shown_names}" if shown_names else ""


def _wrong(path: str, value: object, why: str) -> ConfigWrong:
    """What stands where a credential comes from is not repeated: it may be one."""
    if value is None or ".auth_" in path:
        return ConfigWrong(f"{path}: {why}")
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:
        # Python refuses to write out a number of thousands of digits.
        text = "a number"
    return ConfigWrong(f"{path} = {cleaned(text, limit=60)}: {why}")
