"""The settings of the configuration file, and what each means.

Docs/configuration.md is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from tui.clipboard.copier import ClipboardSetting

# fmt: off
Layout = Literal["ru", "uk", "el", "he", "ar"]
"""The names of `tui.terminal.layouts`, as a type can't be made of them."""
Theme = Literal[
    "textual-dark", "textual-light", "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light",
    "catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki",
    "gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn", "rose-pine-moon", "solarized-dark",
    "solarized-light", "tokyo-night",
]
# fmt: on

_Text = Annotated[str, Meta(min_length=1)]
_Texts = Annotated[tuple[_Text, ...], Meta(min_length=1)]
KeyNames = _Text | _Texts


class Setting(NamedTuple):
    """A setting: the type that msgspec makes of it, and what the documentation says.

    None for no example.
    """

    name: str
    kind: Any
    meaning: str
    example: Any


FILE = (
    Setting(
        "profile",
        _Text,
        "The profile to use where none is named. A single profile is used anyway.",
        "work",
    ),
    Setting("profiles", dict, "A table for each profile, [profiles.NAME].", None),
)

HOSTS = (
    Setting("cma", _Text, "The management API.", "https://cma.example.com"),
    Setting("cda", _Text, "The delivery API.", "https://cda.example.com"),
    Setting(
        "preview",
        _Text,
        "The preview API; without it, preview tokens can't be verified.",
        "https://preview.example.com",
    ),
)

PROFILE = (
    Setting(
        "region",
        _Text,
        "Where the stack lives: na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu, or another of "
        "Contentstack's names for them. Without it, and without hosts, it is na.",
        "eu",
    ),
    Setting(
        "hosts",
        dict,
        "A table of own hosts in place of a region. Both cma and cda are needed; https, or plain http on "
        "this machine alone.",
        {"cma": "https://cma.example.com", "cda": "https://cda.example.com"},
    ),
    Setting("stack", _Text, "The stack's API key, uid or name.", "Storefront"),
    Setting(
        "auth_command",
        _Texts,
        "A program and its arguments; the first line that it prints is the credential. It runs without a "
        "shell and without a terminal, and has 10 seconds.",
        ["pass", "show", "contentstack/authtoken"],
    ),
    Setting(
        "auth_file",
        _Text,
        "A file whose first line is the credential, by a path that begins with / or ~/. It must be yours "
        "alone (chmod 600), and no symbolic link.",
        "~/.secrets/contentstack",
    ),
    Setting(
        "ca_file",
        _Text,
        "A file of certificate authorities to trust in place of the operating system's: for hosts of "
        "your own, or a proxy that opens TLS. By a path that begins with / or ~/; "
        "SSL_CERT_FILE stands above it.",
        "~/.config/tokendeck/ca.pem",
    ),
    Setting("read_only", bool, "Refuse everything that would change the stack.", True),
    Setting(
        "clipboard",
        ClipboardSetting,
        "The way to your clipboard: auto (the first that is open), osc52, tmux, native, or off; "
        "docs/clipboard.md says what each can do.",
        "osc52",
    ),
    Setting(
        "clear_after",
        Annotated[int, Meta(ge=0, le=86400)],
        "Seconds until a copy is taken off the clipboard where that can be done safely, 45 if not set; "
        "0 for never.",
        90,
    ),
    Setting(
        "theme",
        Theme,
        "The colours; ansi-dark and ansi-light take the terminal's own.",
        "textual-light",
    ),
    Setting(
        "layout",
        Layout,
        "A keyboard layout that isn't Latin: its letters are commands by the place of their keys, "
        "й as q. ru, uk, el, he or ar.",
        "ru",
    ),
    Setting(
        "keys",
        dict,
        "A table of keys by command id: a key, or a list of them, in place of its own.",
        {"refresh": ["r", "f5"]},
    ),
)
"""One way of working: where, on which stack, as whom, and how it looks."""

Profile = Mapping[str, Any]
"""What a profile sets, by the names of `PROFILE`."""


@dataclass(frozen=True)
class Config:
    """The whole file."""

    profile: str | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
