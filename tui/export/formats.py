"""The forms, and a token written in each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.contentstack.models import ManagementToken, Token
from tui.export import curl, dotenv, json_object
from tui.export.source import ExportValue, Source
from tui.secret import Secret

_HOSTS = frozenset({"DELIVERY_HOST", "MANAGEMENT_HOST"})
_ALL_HOSTS = _HOSTS | {"PREVIEW_HOST"}


@dataclass(frozen=True)
class Syntax:
    """How one value is written, and how written values come into a text.

    `quote` stands around a mask.
    """

    word: Callable[[str], str]
    merge: Callable[[str, Mapping[str, str]], dotenv.Merged]
    quote: str = ""

    def words(
        self, values: Mapping[str, ExportValue], *, masked: bool = False
    ) -> dict[str, str]:
        """The values as they stand in a file.

        Raises:
            Unfit: if one can't be written.
        """
        words = {}
        for key, value in values.items():
            words[key] = self.word(
                value.reveal() if isinstance(value, Secret) else value
            )
            if masked and isinstance(value, Secret):
                words[key] = f"{self.quote}{value.masked}{self.quote}"
        return words


DOTENV = Syntax(dotenv.word, dotenv.merge)
JSON = Syntax(json_object.word, json_object.merge, quote='"')


@dataclass(frozen=True)
class ExportFormat:
    """One form. Without a `syntax` it is a command for the shell, which holds no value."""

    id: str
    label: str
    note: str
    prefix: str = ""
    syntax: Syntax | None = DOTENV
    left_out: frozenset[str] = _HOSTS
    file: str = ".env"

    def values(self, source: Source) -> dict[str, ExportValue]:
        """The keys of this form, with their values."""
        parts = {
            name: value
            for name, value in source.parts().items()
            if name not in self.left_out
        }
        if self.syntax is JSON:
            return {name.lower(): value for name, value in parts.items()}
        return {self.prefix + name: value for name, value in parts.items()}

    def text(self, source: Source, *, masked: bool = False) -> str:
        """The whole text, its lines ended.

        Raises:
            Unfit: if a value can't be written in this form.
        """
        if self.syntax is None:
            return curl.command(source, preview=self.id == CURL_PREVIEW.id)
        return self.syntax.merge(
            "", self.syntax.words(self.values(source), masked=masked)
        ).text


_PREFIX = "CONTENTSTACK_"

PLAIN = ExportFormat("env", ".env", f"{_PREFIX}…  servers, scripts, CI", _PREFIX)
_JSON = ExportFormat(
    "json",
    "JSON",
    "one object",
    syntax=JSON,
    left_out=frozenset(),
    file="contentstack.json",
)
_CURL = ExportFormat(
    "curl",
    "curl",
    "reads the token from the environment",
    syntax=None,
    file="contentstack.sh",
)
CURL_PREVIEW = ExportFormat(
    "curl-preview", "curl, preview host", _CURL.note, syntax=None, file=_CURL.file
)

# Each prefix has its framework put the value into what browsers load, or leaves that
# one step away.
_FRAMEWORKS = (
    ExportFormat(
        "next", "Next.js", f"NEXT_PUBLIC_{_PREFIX}…", f"NEXT_PUBLIC_{_PREFIX}"
    ),
    ExportFormat("nuxt", "Nuxt", f"NUXT_{_PREFIX}…", f"NUXT_{_PREFIX}"),
    ExportFormat(
        "vite", "Vite", f"VITE_{_PREFIX}…", f"VITE_{_PREFIX}", left_out=_ALL_HOSTS
    ),
    ExportFormat(
        "react", "Create React App", f"REACT_APP_{_PREFIX}…", f"REACT_APP_{_PREFIX}"
    ),
    ExportFormat("vue", "Vue CLI", f"VUE_APP_{_PREFIX}…", f"VUE_APP_{_PREFIX}"),
    ExportFormat(
        "public",
        "Astro, SvelteKit",
        f"PUBLIC_{_PREFIX}…",
        f"PUBLIC_{_PREFIX}",
        left_out=_ALL_HOSTS,
    ),
    ExportFormat(
        "gatsby",
        "Gatsby",
        f"{_PREFIX}…  without region",
        _PREFIX,
        left_out=_HOSTS | {"REGION"},
        file=".env.production",
    ),
)


def forms_for(token: Token) -> tuple[ExportFormat, ...]:
    """The forms that a token may take.

    A management token none of those that end in a browser.
    """
    if isinstance(token, ManagementToken):
        return (PLAIN, _JSON, _CURL)
    previews = (CURL_PREVIEW,) if token.preview else ()
    return (PLAIN, *_FRAMEWORKS, _JSON, _CURL, *previews)
