"""What holds for this run, and where each of it came from.

Flags stand above `TOKENDECK_*` variables, those above `CONTENTSTACK_REGION` and
`CONTENTSTACK_API_KEY`, which other programs of Contentstack read too, and those above
the profile in the configuration file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.clipboard.copier import ClipboardSetting
from tui.config.fields import Config, Profile, Theme
from tui.config.key_names import Keys, check_key_names
from tui.config.reading import (
    EXCLUSIVE,
    CheckKeys,
    ConfigWrong,
    config_file,
    converted,
    read_config,
    region_of,
)
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import REGIONS, Region
from tui.display import flaw, visible
from tui.files import FileAbsent, shown

VARIABLES = {
    "TOKENDECK_PROFILE": "The profile to use.",
    "TOKENDECK_REGION": "As `region`.",
    "TOKENDECK_CMA": "As `hosts.cma`.",
    "TOKENDECK_CDA": "As `hosts.cda`.",
    "TOKENDECK_PREVIEW": "As `hosts.preview`.",
    "TOKENDECK_STACK": "As `stack`.",
    "TOKENDECK_AUTH_FILE": "As `auth_file`, by any path; above `auth_command` too.",
    "TOKENDECK_READ_ONLY": "As `read_only`: true or false, 1 or 0, yes or no, on or off.",
    "TOKENDECK_THEME": "As `theme`.",
    "SSL_CERT_FILE": "As `ca_file`, above the profile's.",
    "CONTENTSTACK_REGION": "As `region`; below TOKENDECK_REGION.",
    "CONTENTSTACK_API_KEY": "As `stack`; below TOKENDECK_STACK.",
    "CONTENTSTACK_AUTHTOKEN": "The credential itself, below `auth_command` and `auth_file`.",
}
"""Every variable that is read, with what it means."""

_OWN_VARIABLES = {
    "region": "TOKENDECK_REGION",
    "stack": "TOKENDECK_STACK",
    "auth_file": "TOKENDECK_AUTH_FILE",
    "read_only": "TOKENDECK_READ_ONLY",
    "theme": "TOKENDECK_THEME",
    "ca_file": "SSL_CERT_FILE",
}
_SHARED_VARIABLES = {"region": "CONTENTSTACK_REGION", "stack": "CONTENTSTACK_API_KEY"}

# By the beginnings of their names: variables that say whose and which files, hosts
# and credentials are used. They are not passed over where they can't be read.
_STEERING = (
    "TOKENDECK_",
    "CONTENTSTACK_",
    "XDG_",
    "SSL_CERT_",
    "CS_CLI_",
    "CONFIG_NAME",
    "ENC_CONFIG_NAME",
    "CREDENTIALS_DIRECTORY",
    "HOME",
    "APPDATA",
)

_TRUTHS = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(
    ("0", "false", "no", "off"), False
)


@dataclass(frozen=True)
class Flags:
    """What the command line says; None, or False, where it says nothing."""

    profile: str | None = None
    region: str | None = None
    hosts: Mapping[str, str] = field(default_factory=dict)
    stack: str | None = None
    auth_file: str | None = None
    read_only: bool = False
    demo: bool = False


@dataclass(frozen=True)
class Settings:
    """What holds for this run.

    `auth_file` is a path, or `-` for standard input; it and `auth_command` exclude each
    other. `keys` are those that differ from the commands' own. `sources` says by the
    name of a field where its value came from; what is not in it is a default.
    """

    file: Path | None = None
    demo: bool = False
    profile: str | None = None
    region: Region = REGIONS[0]
    stack: str | None = None
    auth_command: tuple[str, ...] = ()
    auth_file: str | None = None
    ca_file: str | None = None
    read_only: bool = False
    clipboard: ClipboardSetting = "auto"
    clear_after: int = 45
    theme: str | None = None
    layout: str | None = None
    keys: Keys = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def placed(self) -> str:
        """Where the file lies, and whether it is there, in words."""
        if self.file is None:
            return "there is no home to keep it in"
        return f"{shown(self.file)}{'' if self.file.exists() else ' (not there)'}"


_Layer = dict[str, tuple[Any, str]]
"""Values of one origin by the name of a setting, each with how that origin calls it."""


def settings_from(
    environ: Mapping[str, str],
    flags: Flags = Flags(),
    *,
    check_keys: CheckKeys = check_key_names,
) -> Settings:
    """Read the configuration file, and lay variables and flags over it.

    `Refused` if anything in the file is wrong, used or not, or what is used of the
    rest.
    """
    try:
        path: Path | None = config_file(environ)
    except FileAbsent:
        path = None
    config = read_config(path, check_keys) if path else Config()
    name, named_by = _profile_name(config, environ, flags, path)
    profile = config.profiles[name] if name is not None else {}
    layers = (
        _of_flags(flags),
        _of_own_variables(environ),
        _of_variables(environ, _SHARED_VARIABLES),
        _of(profile, name),
    )
    found = _uppermost(layers) | (
        {"profile": (name, named_by)} if name is not None else {}
    )
    for place in found.keys() & {"region", "hosts"}:
        value, source = found.pop(place)
        found["region"] = _region(value, source), source
    return Settings(
        file=path,
        demo=flags.demo,
        **{name: value for name, (value, _) in found.items()},
        sources={name: source for name, (_, source) in found.items()},
    )


def take_words(words: Iterable[str], environ: MutableMapping[str, str]) -> None:
    """Refuse words of the command line, and variables, that hold no valid text.

    A variable that steers nothing is taken out of the environment instead, but for the
    path to programs, which may have any name.
    """
    for word in words:
        if reason := flaw(word):
            raise ConfigWrong(
                f"{visible(word)}: this word of the command line {reason}."
            )
    for name, value in tuple(environ.items()):
        reason = flaw(name) or flaw(value)
        if reason and name.startswith(_STEERING):
            raise ConfigWrong(f"{visible(name)} {reason}.")
        if reason and name != "PATH":
            del environ[name]


def trust_ca_file(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Put the profile's certificate authorities where the transport, and all it is used for, finds them."""
    if settings.ca_file:
        environ["SSL_CERT_FILE"] = os.path.expanduser(settings.ca_file)


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that look as if they were meant for this program, and are not read."""
    return tuple(
        sorted(
            name
            for name in environ
            if name.startswith("TOKENDECK_") and name not in VARIABLES
        )
    )


def _profile_name(
    config: Config, environ: Mapping[str, str], flags: Flags, path: Path | None
) -> tuple[str | None, str]:
    """The profile's name, and what named it."""
    known = ", ".join(map(visible, config.profiles)) or "none"
    where = shown(path) if path else "the configuration, which has no place to lie in,"
    for name, origin in (
        (flags.profile, "--profile"),
        (environ.get("TOKENDECK_PROFILE"), "TOKENDECK_PROFILE"),
        (config.profile, "profile"),
    ):
        if name and name not in config.profiles:
            raise ConfigWrong(
                f"{origin}: there is no profile {visible(name)}; {where} has {known}."
            )
        if name:
            return name, origin
    if len(config.profiles) > 1:
        raise ConfigWrong(
            f"{where}: there are several profiles, {known}: choose one by --profile or TOKENDECK_PROFILE, or "
            'for always by profile = "…" at the top of the file.'
        )
    return next(iter(config.profiles), None), "the only profile"


def _of_flags(flags: Flags) -> _Layer:
    return _given(
        region=(flags.region, "--region"),
        hosts=(flags.hosts, "--cma and --cda"),
        stack=(flags.stack, "--stack"),
        auth_file=(flags.auth_file, "--auth-file"),
        read_only=(flags.read_only or None, "--read-only"),
    )


def _of_own_variables(environ: Mapping[str, str]) -> _Layer:
    named = {
        name: environ.get(f"TOKENDECK_{name.upper()}", "")
        for name in ("cma", "cda", "preview")
    }
    hosts = {name: url for name, url in named.items() if url}
    layer = _of_variables(environ, _OWN_VARIABLES)
    if "theme" in layer:
        converted(Theme, *layer["theme"])
    if "read_only" in layer:
        text, variable = layer["read_only"]
        if text.strip().lower() not in _TRUTHS:
            raise ConfigWrong(
                f"{variable}: {cleaned(text, limit=40)} is neither true nor false."
            )
        layer["read_only"] = _TRUTHS[text.strip().lower()], variable
    return layer | _given(hosts=(hosts, "TOKENDECK_CMA and TOKENDECK_CDA"))


def _of_variables(environ: Mapping[str, str], names: Mapping[str, str]) -> _Layer:
    return _given(
        **{name: (environ.get(variable), variable) for name, variable in names.items()}
    )


def _of(profile: Profile, name: str | None) -> _Layer:
    where = f"profiles.{visible(name or '')}."
    return _given(**{name: (value, where + name) for name, value in profile.items()})


def _given(**values: tuple[Any, str]) -> _Layer:
    """Only what says something: an empty variable does not.

    TOKENDECK_READ_ONLY=0 and clear_after = 0 do.
    """
    return {name: pair for name, pair in values.items() if pair[0] or pair[0] == 0}


def _uppermost(layers: Iterable[_Layer]) -> _Layer:
    """Of each setting what the uppermost layer says, which ends those below that exclude it too."""
    found: _Layer = {}
    for layer in layers:
        taken = set(found)
        for pair in EXCLUSIVE:
            if taken.intersection(pair):
                taken.update(pair)
            elif layer.keys() >= set(pair):
                raise ConfigWrong(
                    f"{' and '.join(layer[name][1] for name in pair)} exclude each other."
                )
        found |= {name: given for name, given in layer.items() if name not in taken}
    return found


def _region(place: str | Mapping[str, str], source: str) -> Region:
    try:
        return region_of(place)
    except ValueError as error:
        raise ConfigWrong(f"{source}: {cleaned(str(error))}") from None
