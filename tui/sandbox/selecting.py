"""What a reader of content asks for: languages, fields, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tui.sandbox.answers import Json, invalid
from tui.sandbox.calls import Request

_BASE_ONLY, _BASE_EXCEPT = "only[BASE][]", "except[BASE][]"
# Where a draft is published: the management host's name for it, until it is shown.
DRAFT_DETAILS = "publish_details[]"
# Fields that are there only where they are asked for.
_ON_DEMAND = {
    "_branch": "include_branch",
    "_metadata": "include_metadata",
    "dimension": "include_dimension",
    DRAFT_DETAILS: "include_publish_details",
}
_BESIDE: dict[str, tuple[str, Callable[[Json], Any]]] = {
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
# They change what the real API answers, and are not served: said, and not ignored.
_REFUSED = (
    "include",
    "only[",
    "except[",
    "tags",
    "version",
    "relative_urls",
    "include_owner",
)


class Selection(NamedTuple):
    """What a request asks of the list `key`, or of one thing in it."""

    call: Request
    key: str

    @classmethod
    def of(cls, call: Request, key: str) -> Selection:
        """Read the query; 422/141 for what the sandbox does not serve."""
        unserved = [
            name
            for name in call.query
            if name not in _SERVED and name.startswith(_REFUSED)
        ]
        if unserved:
            reason = "is not served by the sandbox."
            raise invalid({name: [reason] for name in unserved})
        return cls(call, key)

    def speaks(self, locale: str) -> bool:
        """Whether content of that language is asked for, or falls back to it."""
        wanted = self.call.query.get("locale") or locale
        return wanted == locale or self.call.flag("include_fallback")

    @property
    def counts(self) -> bool:
        """Whether the number of entries or assets is asked for, and nothing else."""
        return self.key in ("entries", "assets") and self.call.flag("count")

    def shown(self, content: Json) -> Json:
        """Return the fields of the content that are asked for.

        Its uid is always one.
        """
        fields = {
            name.removesuffix("[]"): value
            for name, value in content.items()
            if name not in _ON_DEMAND or self.call.flag(_ON_DEMAND[name])
        }
        only = self.call.values(_BASE_ONLY) or fields.keys()
        left_out = self.call.values(_BASE_EXCEPT)
        return {
            name: value
            for name, value in fields.items()
            if name == "uid" or (name in only and name not in left_out)
        }

    def beside(self, content_type: Json) -> Json:
        """Return what stands beside entries in an answer.

        Their schema and their content type.
        """
        if self.key != "entries":
            return {}
        asked = [_BESIDE[name] for name in _BESIDE if self.call.flag(name)]
        return {field: show(content_type) for field, show in asked}
