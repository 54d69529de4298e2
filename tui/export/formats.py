"""The formats that a token can be exported in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from tui.contentstack.models import Token
from tui.export import curl, dotenv, json_object
from tui.export.source import ExportValue, Source
from tui.secret import Secret

# What a format calls each part that it names; for the parts, see `Source.parts`.
_PREFIX = "CONTENTSTACK_"
_BASE = {
    name: name
    for name in (
        "API_KEY",
        "DELIVERY_TOKEN",
        "MANAGEMENT_TOKEN",
        "PREVIEW_TOKEN",
        "ENVIRONMENT",
        "BRANCH",
    )
}
_SERVER = _BASE | {"REGION": "REGION", "PREVIEW_HOST": "PREVIEW_HOST"}
_JSON_NAMES = {
    name: name.lower() for name in (*_SERVER, "DELIVERY_HOST", "MANAGEMENT_HOST")
}
# They work the hosts out from the region, and take them from the file first: the one
# that speaks GraphQL would then ask the wrong one.
_KICKSTART = _BASE | {
    "REGION_CODE": "REGION",
    "LIVE_PREVIEW": "PREVIEW",
    "OWN_DELIVERY_HOST": "CONTENT_DELIVERY",
    "OWN_PREVIEW_HOST": "PREVIEW_HOST",
    "OWN_APP_HOST": "CONTENT_APPLICATION",
}
# They work the delivery host out from that of the management API.
_STARTER_APP = _SERVER | {
    "API_HOST": "API_HOST",
    "APP_HOST": "APP_HOST",
    "LIVE_PREVIEW": "LIVE_PREVIEW",
}


@dataclass(frozen=True)
class Syntax:
    """How a value is written, and how written values are put into a text.

    Attributes:
        quote: what surrounds a masked value.
    """

    word: Callable[[str], str]
    merge: Callable[[str, Mapping[str, str]], dotenv.Merged]
    quote: str = ""

    def words(
        self, values: Mapping[str, ExportValue], *, masked: bool = False
    ) -> dict[str, str]:
        """Return the values as written in a file.

        Raises:
            Unfit: if one can't be written.
        """
        words: dict[str, str] = {}
        for key, value in values.items():
            if not isinstance(value, Secret):
                words[key] = self.word(value)
                continue
            # Refuse what can't be written, masked or not.
            written = self.word(value.reveal())
            mask = f"{self.quote}{value.masked}{self.quote}"
            words[key] = mask if masked else written
        return words


DOTENV = Syntax(dotenv.word, dotenv.merge)
JSON = Syntax(json_object.word, json_object.merge, quote='"')


@dataclass(frozen=True)
class ExportFormat:
    """One format. Without a `syntax`, it's a shell command, which contains no value.

    Attributes:
        names: what it calls each part that it names, after the prefix.
        file: the suggested name for a new file.
    """

    id: str
    label: str
    note: str
    prefix: str = ""
    syntax: Syntax | None = DOTENV
    names: Mapping[str, str] = field(default_factory=lambda: _SERVER)
    file: str = ".env"

    def values(self, source: Source) -> dict[str, ExportValue]:
        """Return this format's keys, with their values."""
        return {
            self.prefix + self.names[part]: value
            for part, value in source.parts().items()
            if part in self.names
        }

    def text(self, source: Source, *, masked: bool = False) -> str:
        """Return the whole text, with a newline at the end of each line.

        Raises:
            Unfit: if a value can't be written in this format.
        """
        if self.syntax is None:
            return curl.command(source, preview=self.id == CURL_PREVIEW.id)
        words = self.syntax.words(self.values(source), masked=masked)
        return self.syntax.merge("", words).text


PLAIN = ExportFormat("env", ".env", f"{_PREFIX}…  servers, scripts, CI", _PREFIX)
_JSON = ExportFormat(
    "json",
    "JSON",
    "one object",
    syntax=JSON,
    names=_JSON_NAMES,
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


def _starter(
    format_id: str,
    label: str,
    prefix: str,
    repositories: str,
    names: Mapping[str, str] = _KICKSTART,
    file: str = ".env",
) -> ExportFormat:
    note = f"{prefix}{_PREFIX}…  {repositories}"
    return ExportFormat(
        format_id, label, note, prefix + _PREFIX, names=names, file=file
    )


# The names that Contentstack's own starters read; see tools/starters.toml. Each prefix
# makes its framework put the value into what browsers load, or is one step away from
# that.
STARTERS = (
    _starter("next", "Next.js", "NEXT_PUBLIC_", "all kickstart-next"),
    _starter("nuxt", "Nuxt", "NUXT_", "kickstart-nuxt, -ssr"),
    _starter("vite", "React, SvelteKit", "VITE_", "kickstart-react, -sveltekit"),
    _starter("astro", "Astro", "PUBLIC_", "kickstart-astro"),
    _starter("angular", "Angular", "NG_APP_", "kickstart-angular"),
    _starter(
        "starter",
        "Starter app",
        "",
        "Next.js and Nuxt starter apps",
        _STARTER_APP,
    ),
    _starter(
        "gatsby",
        "Gatsby",
        "",
        "Gatsby starter apps",
        _STARTER_APP | {"CDN": "CDN"},
        ".env.production",
    ),
    _starter("vue", "Vue CLI", "VUE_APP_", "Vue starter app", _STARTER_APP),
    _starter("react", "Create React App", "REACT_APP_", "csdx bootstrap", _STARTER_APP),
)


def formats_named_in(
    held: Set[str], export_format: ExportFormat, source: Source
) -> tuple[ExportFormat, ...]:
    """Return the formats whose names a file has, if it has none of this one's.

    They're the ones it has the most names of; formats may share names.

    Args:
        held: The names in the file.
        export_format: The format to write there.
        source: What to export.
    """

    def named(each: ExportFormat) -> int:
        return len(each.values(source).keys() & held)

    if named(export_format):
        return ()
    known = formats_for(source.token)
    others = [each for each in known if each.syntax is export_format.syntax]
    most = max(map(named, others))
    return tuple(each for each in others if most and named(each) == most)


def formats_for_all(tokens: Sequence[Token]) -> tuple[ExportFormat, ...]:
    """Return the formats that all of these tokens can be exported in."""
    first, *others = map(formats_for, tokens)
    return tuple(each for each in first if all(each in known for known in others))


def formats_for(token: Token) -> tuple[ExportFormat, ...]:
    """Return the formats that a token can be exported in, the starters' first.

    A management token can't have any of those that end up in a browser.
    """
    if token.kind == "management":
        return (PLAIN, _JSON, _CURL)
    formats = (*STARTERS, PLAIN, _JSON, _CURL)
    return (*formats, CURL_PREVIEW) if token.preview else formats
