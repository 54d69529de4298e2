"""The settings for this run, and where each of them came from.

Flags take precedence over `TOKENDECK_*` variables, then come `CONTENTSTACK_REGION` and
`CONTENTSTACK_API_KEY`, which other Contentstack programs read too, and then the profile
in the configuration file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from tui.clipboard.setting import ClipboardSetting
from tui.config.flags import Flags
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
from tui.config.schema import Config, CursorSetting, Hosts, Profile, Target, Theme
from tui.contentstack.errors import cleaned
from tui.contentstack.regions import REGIONS, Region
from tui.display import visible
from tui.files.refusal import FileAbsent, shown

VARIABLES = {
    "TOKENDECK_PROFILE": "The profile to use.",
    "TOKENDECK_REGION": "Like `region`.",
    "TOKENDECK_CMA": "Like `hosts.cma`.",
    "TOKENDECK_CDA": "Like `hosts.cda`.",
    "TOKENDECK_PREVIEW": "Like `hosts.preview`.",
    "TOKENDECK_STACK": "Like `stack`.",
    "TOKENDECK_AUTH_FILE": "Like `auth_file`, with any path;"
    " overrides `auth_command` too.",
    "TOKENDECK_READ_ONLY": (
        "Like `read_only`: true or false, 1 or 0, yes or no, on or off."
    ),
    "TOKENDECK_THEME": "Like `theme`.",
    "SSL_CERT_FILE": "Like `ca_file`; overrides the profile's.",
    "CONTENTSTACK_REGION": "Like `region`; TOKENDECK_REGION overrides it.",
    "CONTENTSTACK_API_KEY": "Like `stack`; TOKENDECK_STACK overrides it.",
    "CONTENTSTACK_AUTHTOKEN": (
        "The credential itself; `auth_command` and `auth_file` override it."
    ),
}
"""Every variable that is read, and what it means."""

_OWN_VARIABLES = {
    "region": "TOKENDECK_REGION",
    "stack": "TOKENDECK_STACK",
    "auth_file": "TOKENDECK_AUTH_FILE",
    "theme": "TOKENDECK_THEME",
    "ca_file": "SSL_CERT_FILE",
}
_READ_ONLY = "TOKENDECK_READ_ONLY"
_SHARED_VARIABLES = {"region": "CONTENTSTACK_REGION", "stack": "CONTENTSTACK_API_KEY"}

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class Settings:
    """The settings for this run."""

    file: Path | None = None
    demo: bool = False
    profile: str | None = None
    region: Region = REGIONS[0]
    stack: str | None = None

    auth_command: tuple[str, ...] = ()
    """A program and its arguments; excludes `auth_file`."""

    auth_file: str | None = None
    """A path, or `-` for standard input."""

    ca_file: str | None = None
    read_only: bool = False
    clipboard: ClipboardSetting = "auto"
    clear_after: int = 45
    theme: str | None = None
    cursor: CursorSetting = "hidden"
    plain_screen: bool = False
    production_environments: tuple[str, ...] = ("production", "prod", "live")
    layout: str | None = None

    keys: Keys = field(default_factory=dict)
    """The keys that differ from the commands' defaults."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    """The programs that take a value to where it is used, by name."""

    views: Mapping[str, str] = field(default_factory=dict)
    """Filters by name."""

    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each field's value came from, by the field's name, except defaults."""

    @property
    def shows_cursor(self) -> bool:
        """Whether the terminal shows its cursor."""
        return self.cursor == "shown" or self.plain_screen

    @property
    def placed(self) -> str:
        """Where the file is, and whether it exists, in words."""
        if self.file is None:
            return "there is no home directory"
        return f"{shown(self.file)}{'' if self.file.exists() else ' (not there)'}"


_Layer = dict[str, tuple[object, str]]
"""What one source says about each setting, and what it calls the setting."""


def settings_from(
    environ: Mapping[str, str],
    flags: Flags = Flags(),
    *,
    check_keys: CheckKeys = check_key_names,
) -> Settings:
    """Read the configuration file, and apply variables and flags on top.

    Raises `Refused` if anything in the file is wrong, used or not, or if any of the
    other settings in use is.
    """
    try:
        path: Path | None = config_file(environ)
    except FileAbsent:
        path = None
    config = read_config(path, check_keys) if path else Config()
    name, named_by = _profile_name(config, environ, flags, path)
    layers = [
        _of_flags(flags),
        _of_own_variables(environ),
        _of_variables(environ, _SHARED_VARIABLES),
    ]
    if name is not None:
        layers.append(_of_profile(config.profiles[name], name))
    found = _uppermost(layers)
    values = {setting: value for setting, (value, _) in found.items()}
    sources = {setting: source for setting, (_, source) in found.items()}
    if name is not None:
        sources["profile"] = named_by
    if "hosts" in sources:
        sources["region"] = sources.pop("hosts")
    holding = msgspec.structs.replace(Profile(), **values)
    return replace(
        _settings(holding, sources),
        file=path,
        demo=flags.demo,
        profile=name,
        targets=config.targets,
        views=config.views,
    )


def _settings(holding: Profile, sources: Mapping[str, str]) -> Settings:
    """Return the settings, with defaults for what isn't set."""
    by_default = Settings()
    read_only, clear_after = holding.read_only, holding.clear_after
    plain_screen = holding.plain_screen
    if read_only is None:
        read_only = by_default.read_only
    if plain_screen is None:
        plain_screen = by_default.plain_screen
    if clear_after is None:
        clear_after = by_default.clear_after
    production = holding.production_environments
    if production is None:
        production = by_default.production_environments
    return Settings(
        region=_region(holding.hosts or holding.region, sources.get("region", "")),
        stack=holding.stack,
        auth_command=holding.auth_command or (),
        auth_file=holding.auth_file,
        ca_file=holding.ca_file,
        read_only=read_only,
        clipboard=holding.clipboard or by_default.clipboard,
        clear_after=clear_after,
        theme=holding.theme,
        cursor=holding.cursor or by_default.cursor,
        plain_screen=plain_screen,
        production_environments=production,
        layout=holding.layout,
        keys=holding.keys or {},
        sources=sources,
    )


def trust_ca_file(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Put the certificate authorities where every transport looks for them."""
    if settings.ca_file:
        environ["SSL_CERT_FILE"] = os.path.expanduser(settings.ca_file)


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that look meant for this program, but aren't read."""
    named_so = {name for name in environ if name.startswith("TOKENDECK_")}
    return tuple(sorted(named_so - VARIABLES.keys()))


def _profile_name(
    config: Config, environ: Mapping[str, str], flags: Flags, path: Path | None
) -> tuple[str | None, str]:
    """Return the profile's name, and where that was set."""
    known = ", ".join(map(visible, config.profiles)) or "none"
    where = shown(path) if path else "the configuration, which has no folder to be in,"
    named = (
        (flags.profile, "--profile"),
        (environ.get("TOKENDECK_PROFILE"), "TOKENDECK_PROFILE"),
        (config.profile, "profile"),
    )
    for name, origin in named:
        if name and name not in config.profiles:
            raise ConfigWrong(
                f"{origin}: there is no profile {visible(name)}; {where} has {known}."
            )
        if name:
            return name, origin
    if len(config.profiles) > 1:
        raise ConfigWrong(
            f"{where}: several profiles, {known}. Choose one with --profile or"
            ' TOKENDECK_PROFILE, or put profile = "…" at the top of the file.'
        )
    return next(iter(config.profiles), None), "the only profile"


def _of_flags(flags: Flags) -> _Layer:
    return _given(
        region=(flags.region, "--region"),
        hosts=(flags.hosts, "--cma and --cda"),
        stack=(flags.stack, "--stack"),
        auth_file=(flags.auth_file, "--auth-file"),
        read_only=(flags.read_only or None, "--read-only"),
        plain_screen=(flags.plain_screen or None, "--plain-screen"),
    )


def _of_own_variables(environ: Mapping[str, str]) -> _Layer:
    layer = _of_variables(environ, _OWN_VARIABLES)
    if "theme" in layer:
        converted(Theme, *layer["theme"])
    read_only = environ.get(_READ_ONLY)
    if read_only:
        layer["read_only"] = _truth(read_only, _READ_ONLY), _READ_ONLY
    hosts = hosts_of(
        *(environ.get(f"TOKENDECK_{name}") for name in ("CMA", "CDA", "PREVIEW"))
    )
    return layer | _given(hosts=(hosts, "TOKENDECK_CMA and TOKENDECK_CDA"))


def hosts_of(cma: str | None, cda: str | None, preview: str | None) -> Hosts | None:
    """Return the hosts that are set, None if none is."""
    if not (cma or cda or preview):
        return None
    return Hosts(cma or None, cda or None, preview or None)


def _truth(text: str, variable: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ConfigWrong(
            f"{variable}: {cleaned(text, limit=40)} is neither true nor false."
        )
    return word in _TRUE


def _of_variables(environ: Mapping[str, str], names: Mapping[str, str]) -> _Layer:
    return _given(
        **{name: (environ.get(variable), variable) for name, variable in names.items()}
    )


def _of_profile(profile: Profile, name: str) -> _Layer:
    where = f"profiles.{visible(name)}."
    values = msgspec.structs.asdict(profile)
    return _given(
        **{setting: (value, where + setting) for setting, value in values.items()}
    )


def _given(**values: tuple[object, str]) -> _Layer:
    """Return only what is set: an empty variable isn't."""
    return {
        name: pair for name, pair in values.items() if pair[0] not in (None, "", {})
    }


def _uppermost(layers: Iterable[_Layer]) -> _Layer:
    """Return what the topmost layer says about each setting.

    It also overrides what the layers below say about settings that this one excludes.
    """
    found: _Layer = {}
    for layer in layers:
        taken = set(found)
        for pair in EXCLUSIVE:
            if taken.intersection(pair):
                taken.update(pair)
            elif layer.keys() >= set(pair):
                both = " and ".join(layer[name][1] for name in pair)
                raise ConfigWrong(f"{both} can't be used together.")
        found |= {name: given for name, given in layer.items() if name not in taken}
    return found


def _region(place: str | Hosts | None, source: str) -> Region:
    if place is None:
        return REGIONS[0]
    try:
        return region_of(place)
    except ValueError as error:
        raise ConfigWrong(f"{source}: {cleaned(str(error))}") from None
