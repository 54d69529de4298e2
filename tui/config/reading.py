"""Reads the configuration file.

It's all or nothing: either the whole file is valid, or `ConfigWrong` says which place
in it isn't.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, TypeVar, get_args, get_origin

import msgspec

from tui.config.key_names import KeyRefused, Keys, check_key_names
from tui.config.placeholders import PLACEHOLDERS, placeholders_in
from tui.config.schema import Config, Hosts, Profile, Target, Text, Texts, Views
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import Region, custom_region, find_region
from tui.display import flaw, visible
from tui.files.checked import STEERING, read_checked
from tui.files.folders import config_folder
from tui.files.refusal import FileAbsent, Refused, shown

CheckKeys = Callable[[Keys], Keys]
"""Gives every key its canonical spelling, or raises `KeyRefused`.

Packages that know the commands check those too.
"""

_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_KeyNames = Text | Texts

_NAMED_TABLES: Mapping[object, type[msgspec.Struct]] = {
    Mapping[str, Profile]: Profile,
    Mapping[str, Target]: Target,
}
"""The type of the tables in each table whose keys the user chooses."""

EXCLUSIVE = (("region", "hosts"), ("auth_command", "auth_file"))
"""Pairs of settings of which a profile, the variables or the flags may set one."""

_PLAIN_WORDS = {
    "`str | array`": "a string or a list of strings",
    "`array`": "a list",
    "`str`": "a string",
    "`bool`": "true or false",
    "`int`": "a whole number",
    "`float`": "a number",
    "`object`": "a table",
    " of length >= 1": " that isn't empty",
    "`": "",
}


class ConfigWrong(Refused):
    """The configuration can't be used: the text names file, place and value."""


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration, whether or not it exists.

    Raises `FileAbsent` if there's no home directory.
    """
    return config_folder(environ) / "config.toml"


def read_config(path: Path, check_keys: CheckKeys = check_key_names) -> Config:
    """Read the configuration at `path`; without a file, it's empty.

    Raises `Refused` if anything in it is wrong.
    """
    text = text_or_none(path)
    if text is None:
        return Config()
    return parse_config(text, shown(path), check_keys)


def text_or_none(path: Path) -> str | None:
    """Read the text of a configuration, None if there is none.

    Raises `Refused` if it can't be read, or isn't safe to.
    """
    try:
        return read_checked(path, STEERING).decode("utf-8")
    except FileAbsent:
        return None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigWrong(f"{shown(path)}, line {line}: this isn't UTF-8.") from None


def parse_config(
    text: str, where: str, check_keys: CheckKeys = check_key_names
) -> Config:
    """Parse a configuration; raises `ConfigWrong`, which calls the file `where`."""
    # Loaded only if there is a configuration.
    import tomllib  # noqa: PLC0415

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
    config = _table(Config, table, "")
    profiles = {
        name: _checked(profile, f"profiles.{visible(name)}", check_keys)
        for name, profile in config.profiles.items()
    }
    if config.profile is not None and config.profile not in profiles:
        raise _wrong(
            "profile", config.profile, f"there is no such profile{_among(profiles)}."
        )
    for name, target in config.targets.items():
        _check_target(target, f"targets.{visible(name)}")
    for name, query in config.views.items():
        _check_view(name, query)
    return Config(config.profile, profiles, config.targets, config.views)


def _check_view(name: str, query: str) -> None:
    """Refuse a view that isn't a query, or is empty."""
    # Loaded only if there are views.
    from tui.query.parsing import QueryError, parse  # noqa: PLC0415

    try:
        parsed = parse(query)
    except QueryError as error:
        raise _wrong(f"views.{visible(name)}", query, str(error)) from None
    if not parsed.any_of:
        raise _wrong(f"views.{visible(name)}", query, "it is empty.")


def _checked(profile: Profile, path: str, check_keys: CheckKeys) -> Profile:
    """Return the profile with its keys in canonical spelling; raises `ConfigWrong`."""
    keys = profile.keys
    if keys is not None:
        keys = _spelled(keys, f"{path}.keys", check_keys)
    for pair in EXCLUSIVE:
        if all(getattr(profile, name) is not None for name in pair):
            raise ConfigWrong(f"{path}: {' and '.join(pair)} can't be used together.")
    _check_path(profile.auth_file, f"{path}.auth_file")
    _check_path(profile.ca_file, f"{path}.ca_file")
    for name in ("region", "hosts"):
        _check_place(getattr(profile, name), f"{path}.{name}")
    return msgspec.structs.replace(profile, keys=keys)


def _check_target(target: Target, path: str) -> None:
    """Raise `ConfigWrong` if a target can't be run as written."""
    if target.put is None:
        raise ConfigWrong(
            f"{path}: put, the program that stores the value, is missing."
        )
    for setting, words in (("put", target.put), ("get", target.get or ())):
        for index, word in enumerate(words):
            _check_argument(word, f"{path}.{setting}[{index}]", is_program=not index)


def _check_argument(word: str, path: str, *, is_program: bool) -> None:
    used = placeholders_in(word)
    if is_program and used:
        raise _wrong(path, word, "the program itself can't be a placeholder.")
    for name in used:
        if name in PLACEHOLDERS:
            continue
        if name in ("value", "token", "secret", "preview", "preview_token"):
            why = "a value is never an argument; put gets it on standard input."
        else:
            why = f"there is no placeholder {{{name}}}{_among(PLACEHOLDERS)}."
        raise _wrong(path, word, why)


def _spelled(keys: Keys, path: str, check_keys: CheckKeys) -> Keys:
    try:
        return check_keys(keys)
    except KeyRefused as refusal:
        place = f"{path}.{visible(refusal.command)}" if refusal.command else path
        raise _wrong(place, refusal.key or None, f"{refusal}.") from None


def _check_place(place: str | Hosts | None, path: str) -> None:
    if place is None:
        return
    try:
        region_of(place)
    except ValueError as error:
        named = place if isinstance(place, str) else None
        raise _wrong(path, named, cleaned(str(error))) from None


def _check_path(file: str | None, path: str) -> None:
    if file is not None and not file.startswith(("/", "~/")):
        raise _wrong(path, file, "expected a path that begins with / or ~/.")


def _table(kind: type[_Struct], table: object, path: str) -> _Struct:
    """Read a table of the file, field by field.

    msgspec could read it in one go, but its errors don't name the keys of tables.
    """
    types = {field.name: _bare(field.type) for field in msgspec.structs.fields(kind)}
    entries = _entries(table, path)
    _refuse_unknown(types, entries, path)
    values = {
        name: _value(types[name], value, f"{path}.{name}".lstrip("."))
        for name, value in entries.items()
    }
    return msgspec.convert(values, kind)


def _entries(table: object, path: str) -> dict[str, object]:
    if not isinstance(table, dict):
        raise _wrong(path, table, "expected a table.")
    return table


def _bare(annotation: object) -> object:
    """Return a setting's type without its example and None."""
    if get_origin(annotation) is not Annotated:
        return annotation
    optional = get_args(annotation)[0]
    return get_args(optional)[0]


def _value(kind: object, value: object, path: str) -> object:
    if kind == Views:
        return {
            name: converted(Text, each, f"{path}.{visible(name)}")
            for name, each in _entries(converted(dict, value, path), path).items()
        }
    if kind not in (Hosts, Keys, *_NAMED_TABLES):
        return converted(kind, value, path)
    table = _entries(converted(dict, value, path), path)
    if kind is Hosts:
        return _table(Hosts, table, path)
    if kind == Keys:
        return _keys(table, path)
    entry = _NAMED_TABLES[kind]
    return {
        name: _table(entry, each, f"{path}.{visible(name)}")
        for name, each in table.items()
    }


def _keys(table: Mapping[str, object], path: str) -> Keys:
    """Read a table where a single key may be written instead of a list."""
    keys: dict[str, tuple[str, ...]] = {}
    for command, names in table.items():
        place = f"{path}.{visible(command)}"
        known = converted(_KeyNames, names, place)
        listed = [known] if isinstance(known, str) else known
        keys[command] = msgspec.convert(listed, tuple[str, ...])
    return keys


def converted(kind: object, value: object, path: str) -> object:
    """Convert a value to the type of its setting; raises `ConfigWrong`."""
    _refuse_flawed(value, path)
    if isinstance(value, list):
        for index, each in enumerate(value):
            _refuse_flawed(each, f"{path}[{index}]")
    try:
        converted_value: object = msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        what, _, within = str(error).partition(" - at `$")
        raise _wrong(path + within.rstrip("`"), value, _in_words(what, kind)) from None
    return converted_value


def _refuse_flawed(value: object, path: str) -> None:
    if isinstance(value, str) and (reason := flaw(value)):
        raise _wrong(path, None, f"it {reason}.")


def _in_words(what: str, kind: object) -> str:
    if what.startswith("Invalid enum value"):
        return f"it isn't a known word{_among(get_args(kind))}."
    for word, plain in _PLAIN_WORDS.items():
        what = what.replace(word, plain)
    return f"{what[:1].lower()}{what[1:]}."


def region_of(place: str | Hosts) -> Region:
    """Return the region with that name, or with these hosts.

    A `ValueError` says what is missing or wrong.
    """
    if isinstance(place, str):
        return find_region(place)
    if place.cma is None or place.cda is None:
        raise ValueError(
            "Your own hosts need both cma and cda (and preview for preview tokens)."
        )
    return custom_region(cma=place.cma, cda=place.cda, preview=place.preview or "")


def _refuse_unknown(known: Iterable[str], table: Iterable[str], path: str) -> None:
    for name in table:
        if name in known:
            continue
        where = f"{path}.{visible(name)}".lstrip(".")
        if any(word in name.lower() for word in ("token", "password", "secret")):
            raise ConfigWrong(
                f"{where}: credentials don't belong in this file: use auth_command or"
                " auth_file."
            )
        near = get_close_matches(name, known, 1)
        instead = f"; did you mean {near[0]}?" if near else f"{_among(known)}."
        raise ConfigWrong(f"{where}: there is no such setting{instead}")


def _among(names: Iterable[str]) -> str:
    shown_names = ", ".join(map(visible, names))
    return f": known are {shown_names}" if shown_names else ""


def _wrong(path: str, value: object, why: str) -> ConfigWrong:
    """Return the error, including the value unless it may be a credential."""
    if value is None or ".auth_" in path:
        return ConfigWrong(f"{path}: {why}")
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:
        # Python refuses to print a number with thousands of digits.
        text = "a number"
    return ConfigWrong(f"{path} = {cleaned(text, limit=60)}: {why}")
