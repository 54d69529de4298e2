"""The configuration's fields, each with what it means: docs/configuration.md is made from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from tui.clipboard.copier import Choice

# fmt: off
Theme = Literal[
    "textual-dark", "textual-light", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light",
    "catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki",
    "gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn", "rose-pine-moon", "solarized-dark",
    "solarized-light", "tokyo-night",
]
# fmt: on

_Text = Annotated[str, Meta(min_length=1)]
KeyNames = _Text | Annotated[tuple[_Text, ...], Meta(min_length=1)]
_Seconds = Annotated[int, Meta(ge=0, le=86400)]
_Command = Annotated[tuple[_Text, ...], Meta(min_length=1)]


def _says(description: str, example: Any = None) -> Meta:
    return Meta(description=description, examples=None if example is None else [example])


class Hosts(msgspec.Struct, frozen=True, kw_only=True):
    """Base URLs of Contentstack's three APIs, in place of a region's."""

    cma: Annotated[_Text | None, _says("The management API.", "https://cma.example.com")] = None
    cda: Annotated[_Text | None, _says("The delivery API.", "https://cda.example.com")] = None
    preview: Annotated[
        _Text | None,
        _says(
            "The preview API; without it, preview tokens can't be verified.", "https://preview.example.com"
        ),
    ] = None

    def __bool__(self) -> bool:
        return bool(self.cma or self.cda or self.preview)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One way of working: where, on which stack, as whom, and how it looks."""

    region: Annotated[
        _Text | None,
        _says(
            "Where the stack lives: na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu, or another of "
            "Contentstack's names for them. Without it, and without hosts, it is na.",
            "eu",
        ),
    ] = None
    hosts: Annotated[
        Hosts | None,
        _says(
            "A table of own hosts in place of a region. Both cma and cda are needed; https, or plain http on "
            "this machine alone.",
            {"cma": "https://cma.example.com", "cda": "https://cda.example.com"},
        ),
    ] = None
    stack: Annotated[_Text | None, _says("The stack's API key, uid or name.", "Storefront")] = None
    auth_command: Annotated[
        _Command | None,
        _says(
            "A program and its arguments; the first line that it prints is the credential. It runs without a "
            "shell and without a terminal, and has 10 seconds.",
            ["pass", "show", "contentstack/authtoken"],
        ),
    ] = None
    auth_file: Annotated[
        _Text | None,
        _says(
            "A file whose first line is the credential, by a path that begins with / or ~/. It must be yours "
            "alone (chmod 600), and no symbolic link.",
            "~/.secrets/contentstack",
        ),
    ] = None
    ca_file: Annotated[
        _Text | None,
        _says(
            "A file of certificate authorities to trust in place of the operating system's: for hosts of "
            "your own, or a proxy that opens TLS. By a path that begins with / or ~/; "
            "SSL_CERT_FILE stands above it.",
            "~/.config/tokendeck/ca.pem",
        ),
    ] = None
    read_only: Annotated[bool, _says("Refuse everything that would change the stack.", True)] = False
    clipboard: Annotated[
        Choice | None,
        _says(
            "The way to your clipboard: auto (the first that is open), osc52, tmux, native, or off; "
            "docs/clipboard.md says what each can do.",
            "osc52",
        ),
    ] = None
    clear_after: Annotated[
        _Seconds | None,
        _says(
            "Seconds until a copy is taken off the clipboard where that can be done safely, 45 if not set; "
            "0 for never.",
            90,
        ),
    ] = None
    theme: Annotated[
        Theme | None, _says("The colours; ansi-dark and ansi-light take the terminal's own.", "textual-light")
    ] = None
    keys: Annotated[
        dict[str, KeyNames],
        _says(
            "A table of keys by command id: a key, or a list of them, in place of its own.",
            {"refresh": ["r", "f5"]},
        ),
    ] = {}


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    profile: Annotated[
        _Text | None,
        _says("The profile to use where none is named. A single profile is used anyway.", "work"),
    ] = None
    profiles: Annotated[dict[str, Profile], _says("A table for each profile, [profiles.NAME].")] = {}


@dataclass(frozen=True)
class Field:
    """A field as the documentation has it; `example` is None for the table of profiles."""

    name: str
    description: str
    example: Any


def fields_of(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of Config, Profile or Hosts, with what is written beside each."""
    hints = get_type_hints(kind, include_extras=True)
    described = []
    for name in kind.__struct_fields__:
        (meta,) = (extra for extra in hints[name].__metadata__ if isinstance(extra, Meta))
        described.append(Field(name, meta.description or "", (meta.examples or [None])[0]))
    return tuple(described)
