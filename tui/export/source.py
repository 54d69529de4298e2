"""A token with the settings it is used with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from tui.contentstack.models import Token
from tui.contentstack.regions import REGIONS, Region, host_of
from tui.secret import Secret

ExportValue = str | Secret

_ALL = "$all"


class Unfit(ValueError):
    """A token can't be exported in this format.

    The text is a sentence without any secret.
    """


@dataclass(frozen=True)
class Use:
    """One environment and one branch or alias of a token's scope.

    They're empty if the scope names none.
    """

    environment: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Source:
    """What can be exported.

    Attributes:
        preview: whether to include the preview token and its host, if there's one.
    """

    token: Token
    api_key: str
    region: Region
    use: Use = Use()
    preview: bool = True

    @property
    def preview_token(self) -> Secret | None:
        """The preview token, if there's one and it's wanted."""
        return self.token.preview if self.preview else None

    def parts(self) -> dict[str, ExportValue]:
        """Return what is known, each under its own name."""
        region, preview = self.region, self.preview_token
        kind = self.token.kind.upper()
        url = region.cda if self.token.kind == "delivery" else region.cma
        preview_host = host_of(region.preview) if preview else ""
        app_host = host_of(region.app)
        parts: dict[str, ExportValue | None] = {
            "API_KEY": self.api_key,
            f"{kind}_TOKEN": self.token.value,
            "PREVIEW_TOKEN": preview,
            "ENVIRONMENT": self.use.environment,
            "BRANCH": self.use.branch,
            "REGION": _region_name(region),
            "REGION_CODE": _region_code(region),
            f"{kind}_HOST": host_of(url),
            "API_HOST": host_of(region.cma),
            "CDN": f"{region.cda}/v3" if region.cda else "",
            "PREVIEW_HOST": preview_host,
            "APP_HOST": app_host if preview else "",
            "LIVE_PREVIEW": "true" if preview else "",
        }
        if region not in REGIONS:
            parts |= {
                "OWN_DELIVERY_HOST": host_of(region.cda),
                "OWN_PREVIEW_HOST": preview_host,
                "OWN_APP_HOST": app_host,
            }
        return {name: value for name, value in parts.items() if value}


class Uses(Sequence[Use]):
    """Each environment with each branch and alias of a scope; at least an empty pair.

    Only delivery tokens serve environments. If a token names no branch itself, the
    branches that its modules are limited to are used. There may be thousands by
    thousands, so each is only created when it's asked for.
    """

    def __init__(self, token: Token) -> None:
        scope = token.scope
        environments = scope.environments if token.kind == "delivery" else ()
        named = (*scope.branches, *scope.aliases) or scope.within_modules
        self._environments = environments or ("",)
        self._branches = tuple(name for name in named if name != _ALL) or ("",)

    def __len__(self) -> int:
        return len(self._environments) * len(self._branches)

    @overload
    def __getitem__(self, index: int) -> Use: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Use, ...]: ...
    def __getitem__(self, index: int | slice) -> Use | tuple[Use, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        environment, branch = divmod(range(len(self))[index], len(self._branches))
        return Use(self._environments[environment], self._branches[branch])


def _region_name(region: Region) -> str:
    """Return the region's name in Contentstack's clients.

    They say `us` where everything else says `na`, and have none for custom hosts.
    """
    if region not in REGIONS:
        return ""
    return "us" if region.id == "na" else region.id


def _region_code(region: Region) -> str:
    """Return the region's code in Contentstack's CLI and kickstarts."""
    return region.id.upper() if region in REGIONS else ""
