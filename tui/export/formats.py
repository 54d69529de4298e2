"""The formats that a token is exported in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.contentstack.models import Token
from tui.export import curl, dotenv, json_object
from tui.export.source import ExportValue, Source
from tui.secret import Secret

_HOSTS = frozenset({"DELIVERY_HOST", "MANAGEMENT_HOST"})
_ALL_HOSTS = _HOSTS | {"PREVIEW_HOST"}


@dataclass(frozen=True)
class Syntax:
    """How one value is written, and how written values come into a text.

    Attributes:
        quote: what stands around a masked value.
    """

    word: Callable[[str], str]
    merge: Callable[[str, Mapping[str, str]], dotenv.Merged]
    quote: str = ""

    def words(
        self, values: Mapping[str, ExportValue], *, masked: bool = False
    ) -> dict[str, str]:
        """Return the values as they stand in a file.

        Raises:
            Unfit: if one can't be written.
        """
        words: dict[str, str] = {}
        for key, value in values.items():
            if not isinstance(value, Secret):
                words[key] = self.word(value)
                continue
            # Masked or not, what can't be written is refused.
            written = self.word(value.reveal())
            mask = f"{self.quote}{value.masked}{self.quote}"
            words[key] = mask if masked else written
        return words


DOTENV = Syntax(dotenv.word, dotenv.merge)
JSON = Syntax(json_object.word, json_object.merge, quote='"')


@dataclass(frozen=True)
class ExportFormat:
    """One format. Without a `syntax`, it is a shell command, which holds no value.

    Attributes:
        left_out: the parts that it does not name.
        file: the name that a new file is offered.
    """

    id: str
    label: str
    note: str
    prefix: str = ""
    syntax: Syntax | None = DOTENV
    left_out: frozenset[str] = _HOSTS
    file: str = ".env"

    def values(self, source: Source) -> dict[str, ExportValue]:
        """Return the keys of this format, with their values."""
        values: dict[str, ExportValue] = {}
        for name, value in source.parts().items():
            if name not in self.left_out:
                values[self._key(name)] = value
        return values

    def _key(self, name: str) -> str:
        return name.lower() if self.syntax is JSON else self.prefix + name

    def text(self, source: Source, *, masked: bool = False) -> str:
        """Return the whole text, its lines ended.

        Raises:
            Unfit: if a value can't be written in this form.
        """
        if self.syntax is None:
            return curl.command(source, preview=self.id == CURL_PREVIEW.id)
        words = self.syntax.words(self.values(source), masked=masked)
        return self.syntax.merge("", words).text


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
    """Return the formats that a token may take.

    A management token may take none of those that end in a browser.
    """
    if token.kind == "management":
        return (PLAIN, _JSON, _CURL)
    formats = (PLAIN, *_FRAMEWORKS, _JSON, _CURL)
    return (*formats, CURL_PREVIEW) if token.preview else formats
