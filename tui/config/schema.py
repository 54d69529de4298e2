"""The configuration file as types: one field for each setting.

A field's docstring and example are what docs/configuration.md, `config edit` and the
error messages say of it; a field that is None isn't set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tui.clipboard.setting import ClipboardSetting
from tui.config.key_names import Keys

# fmt: off
Layout = Literal["ru", "uk", "el", "he", "ar"]
"""The names of `tui.terminal.layouts`, as a type can't be made of them."""
Theme = Literal[
    "textual-dark", "textual-light", "ansi-dark", "ansi-light", "atom-one-dark",
    "atom-one-light", "catppuccin-frappe", "catppuccin-latte", "catppuccin-macchiato",
    "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light",
    "tokyo-night",
]
# fmt: on

Text = Annotated[str, Meta(min_length=1)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]
Seconds = Annotated[int, Meta(ge=0, le=86400)]


class Hosts(Struct, frozen=True):
    """Hosts of one's own, in place of a region's."""

    cma: Annotated[Text | None, Meta(examples=["https://cma.example.com"])] = None
    """The management API."""

    cda: Annotated[Text | None, Meta(examples=["https://cda.example.com"])] = None
    """The delivery API."""

    preview: Annotated[Text | None, Meta(examples=["https://preview.example.com"])] = (
        None
    )
    """The preview API; without it, preview tokens can't be verified."""


_HOSTS = {"cma": "https://cma.example.com", "cda": "https://cda.example.com"}


class Profile(Struct, frozen=True):
    """One way of working: where, on which stack, as whom, and how it looks."""

    region: Annotated[Text | None, Meta(examples=["eu"])] = None
    """Where the stack lives: na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu, or
    another of Contentstack's names for them. Without it, and without hosts, it is na.
    """

    hosts: Annotated[Hosts | None, Meta(examples=[_HOSTS])] = None
    """A table of own hosts in place of a region. Both cma and cda are needed; https, or
    plain http on this machine alone.
    """

    stack: Annotated[Text | None, Meta(examples=["Storefront"])] = None
    """The stack's API key, uid or name."""

    auth_command: Annotated[
        Texts | None, Meta(examples=[["pass", "show", "contentstack/authtoken"]])
    ] = None
    """A program and its arguments; the first line that it prints is the credential. It
    runs without a shell and without a terminal, and has 10 seconds.
    """

    auth_file: Annotated[Text | None, Meta(examples=["~/.secrets/contentstack"])] = None
    """A file whose first line is the credential, by a path that begins with / or ~/. It
    must be yours alone (chmod 600), and no symbolic link.
    """

    ca_file: Annotated[Text | None, Meta(examples=["~/.config/tokendeck/ca.pem"])] = (
        None
    )
    """A file of certificate authorities to trust in place of the operating system's:
    for hosts of your own, or a proxy that opens TLS. By a path that begins with / or
    ~/; SSL_CERT_FILE stands above it.
    """

    read_only: Annotated[bool | None, Meta(examples=[True])] = None
    """Refuse everything that would change the stack."""

    clipboard: Annotated[ClipboardSetting | None, Meta(examples=["osc52"])] = None
    """The way to your clipboard: auto (the first that is open), osc52, tmux, native, or
    off; docs/clipboard.md says what each can do.
    """

    clear_after: Annotated[Seconds | None, Meta(examples=[90])] = None
    """Seconds until a copy is taken off the clipboard where that can be done safely, 45
    if not set; 0 for never.
    """

    theme: Annotated[Theme | None, Meta(examples=["textual-light"])] = None
    """The colours; ansi-dark and ansi-light take the terminal's own."""

    layout: Annotated[Layout | None, Meta(examples=["ru"])] = None
    """A keyboard layout that isn't Latin: its letters are commands by the place of
    their keys, й as q. ru, uk, el, he or ar.
    """

    keys: Annotated[Keys | None, Meta(examples=[{"refresh": ["r", "f5"]}])] = None
    """A table of keys by command id: a key, or a list of them, in place of its own."""


class Config(Struct, frozen=True):
    """The whole file."""

    profile: Annotated[Text | None, Meta(examples=["work"])] = None
    """The profile to use where none is named. A single profile is used anyway."""

    profiles: Mapping[str, Profile] = {}
    """A table for each profile, [profiles.NAME]."""
