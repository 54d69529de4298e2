"""What a reader of content asks for: languages, fields, and what comes with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.sandbox.requests import Request
from tui.sandbox.responses import Json, invalid

_BASE_ONLY, _BASE_EXCEPT = "only[BASE][]", "except[BASE][]"
# The management host's field for where an item is published, until it's shown.
MANAGEMENT_DETAILS = "publish_details[]"
# Fields that are there only if they're asked for.
_ON_DEMAND = {
    "_branch": "include_branch",
    "_metadata": "include_metadata",
    "dimension": "include_dimension",
    MANAGEMENT_DETAILS: "include_publish_details",
}
_BESIDE: dict[str, tuple[str, Callable[[Json], object]]] = {
    "include_schema": ("schema", lambda content_type: content_type["schema"]),
    "include_content_type": ("content_type", dict),
}
# The content has no references, embedded items or global fields, so these change
# nothing.
_EMPTY = {
    "include_embedded_items[]",
    "include_global_field_schema",
    "include_reference_content_type_uid",
}
_SERVED = {
    _BASE_ONLY,
    _BASE_EXCEPT,
    *_ON_DEMAND.values(),
    *_BESIDE,
    *_EMPTY,
    "include_count",
    "include_fallback",
}
# These change what the real API sends, but aren't supported: refuse, don't ignore.
_REFUSED = (
    "include",
    "only[",
    "except[",
    "tags",
    "version",
    "relative_urls",
    "include_owner",
)
_NOT_SERVED = "is not served by the sandbox."


class Selection(NamedTuple):
    """What a request asks of the list `key`, or of one item in it."""

    request: Request
    key: str

    @classmethod
    def of(cls, request: Request, key: str) -> Selection:
        """Read the query; 422/141 for what the sandbox doesn't support."""
        unserved = [name for name in request.query if name not in _SERVED]
        refused = [name for name in unserved if name.startswith(_REFUSED)]
        if refused:
            raise invalid({name: [_NOT_SERVED] for name in refused})
        return cls(request, key)

    def speaks(self, locale: str) -> bool:
        """Whether the request is for content in that language, or falls back to it."""
        wanted = self.request.query.get("locale") or locale
        return wanted == locale or self.request.flag("include_fallback")

    @property
    def counts(self) -> bool:
        """Whether the request asks only for the number of entries or assets."""
        return self.key in ("entries", "assets") and self.request.flag("count")

    def shown(self, content: Json) -> Json:
        """Return the requested fields of the content, which always include its uid."""
        fields = {
            name.removesuffix("[]"): value
            for name, value in content.items()
            if name not in _ON_DEMAND or self.request.flag(_ON_DEMAND[name])
        }
        wanted = set(self.request.values(_BASE_ONLY)) or fields.keys()
        wanted = wanted - set(self.request.values(_BASE_EXCEPT)) | {"uid"}
        return {name: value for name, value in fields.items() if name in wanted}

    def beside(self, content_type: Json) -> Json:
        """Return what comes with entries: their schema and their content type."""
        if self.key != "entries":
            return {}
        asked = [_BESIDE[name] for name in _BESIDE if self.request.flag(name)]
        return {field: show(content_type) for field, show in asked}
