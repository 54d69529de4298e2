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

CursorSetting = Literal["hidden", "shown"]
TargetForm = Literal["value", ".env", "env", "JSON", "json"]
Text = Annotated[str, Meta(min_length=1)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]
Views = Mapping[str, Text]
Seconds = Annotated[int, Meta(ge=0, le=86400)]
RunningTime = Annotated[int, Meta(ge=1, le=3600)]


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
    """Where the stack is: na, eu, au, azure-na, azure-eu, gcp-na or gcp-eu, or
    another of Contentstack's names for them. na if neither this nor hosts is set.
    """

    hosts: Annotated[Hosts | None, Meta(examples=[_HOSTS])] = None
    """A table of your own hosts instead of a region. It needs both cma and cda; https,
    or plain http only on this machine.
    """

    stack: Annotated[Text | None, Meta(examples=["Storefront"])] = None
    """The stack's API key, uid or name."""

    auth_command: Annotated[
        Texts | None, Meta(examples=[["pass", "show", "contentstack/authtoken"]])
    ] = None
    """A program and its arguments; the first line that it prints is the credential. It
    runs without a shell or a terminal, and must finish within 10 seconds.
    """

    auth_file: Annotated[Text | None, Meta(examples=["~/.secrets/contentstack"])] = None
    """A file whose first line is the credential. The path begins with / or ~/. Only you
    may have access to it (chmod 600), and it can't be a symbolic link.
    """

    ca_file: Annotated[Text | None, Meta(examples=["~/.config/tokendeck/ca.pem"])] = (
        None
    )
    """A file of certificate authorities to trust instead of the operating system's, for
    your own hosts or a proxy that intercepts TLS. The path begins with / or ~/.
    SSL_CERT_FILE overrides it.
    """

    read_only: Annotated[bool | None, Meta(examples=[True])] = None
    """Refuse anything that would change the stack."""

    clipboard: Annotated[ClipboardSetting | None, Meta(examples=["osc52"])] = None
    """How to reach your clipboard: auto (the first that works), osc52, tmux, native, or
    off. `tokendeck help clipboard` explains each.
    """

    clear_after: Annotated[Seconds | None, Meta(examples=[90])] = None
    """Seconds until a copy is cleared from the clipboard, where that's safe: 45 if not
    set, 0 for never.
    """

    theme: Annotated[Theme | None, Meta(examples=["textual-light"])] = None
    """The colours. ansi-dark and ansi-light use your terminal's own."""

    cursor: Annotated[CursorSetting | None, Meta(examples=["shown"])] = None
    """The terminal's cursor: hidden (if not set), or shown. Either way it's on the
    selected row, where braille displays, screen readers and magnifiers find it.
    """

    plain_screen: Annotated[bool | None, Meta(examples=[True])] = None
    """Like --plain-screen, for screen readers and braille: one thing per line, messages
    first, in ASCII, with the cursor shown.
    """

    production_environments: Annotated[
        tuple[Text, ...] | None, Meta(examples=[["production", "live-eu"]])
    ] = None
    """Your production environments. They stand out, and so does the header when
    deleting or rotating affects one. production, prod and live if not set.
    """

    layout: Annotated[Layout | None, Meta(examples=["ru"])] = None
    """Your keyboard layout, if it isn't Latin: its letters work by position, such as й
    for q. ru, uk, el, he or ar.
    """

    keys: Annotated[Keys | None, Meta(examples=[{"refresh": ["r", "f5"]}])] = None
    """A table of keys by command id: a key, or a list of them, instead of the default.
    """


_PUT = ["gh", "secret", "set", "CONTENTSTACK_DELIVERY_TOKEN", "--env", "{environment}"]
_GET = ["vault", "kv", "get", "-field=token", "secret/web"]


class Target(Struct, frozen=True):
    """A program that stores a token's value where it's used."""

    put: Annotated[Texts | None, Meta(examples=[_PUT])] = None
    """The program that stores the value, and its arguments. It gets the value on
    standard input, without a newline, and runs without a shell or a terminal. {name},
    {environment}, {branch}, {api_key}, {region} and {stack} are filled in.
    """

    get: Annotated[Texts | None, Meta(examples=[_GET])] = None
    """A program that prints the stored value. Only this proves a delivery: what it
    prints must be exactly what was sent.
    """

    get_newline: Annotated[bool | None, Meta(examples=[True])] = None
    """Whether get adds a newline to the value it prints. Tokendeck then ignores that
    newline.
    """

    form: Annotated[TargetForm | None, Meta(examples=[".env"])] = None
    """What put gets: value (only the token, if not set), or .env or JSON (the token
    and everything it's used with).
    """

    timeout: Annotated[RunningTime | None, Meta(examples=[60])] = None
    """Seconds that put, and then get, may take: 30 if not set."""

    confirm: Annotated[bool | None, Meta(examples=[True])] = None
    """Ask before each delivery."""


class Config(Struct, frozen=True):
    """The whole file."""

    profile: Annotated[Text | None, Meta(examples=["work"])] = None
    """The profile to use if you don't name one. If there's only one, it's used anyway.
    """

    profiles: Mapping[str, Profile] = {}
    """A table for each profile, [profiles.NAME]."""

    targets: Mapping[str, Target] = {}
    """A table for each program that stores a value where it's used, [targets.NAME]."""

    views: Views = {}
    """A table of filters by name, [views]. The palette and `list --view` offer them.
    `tokendeck help all-stacks` explains them.
    """
