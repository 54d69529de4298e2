"""All kinds of scopes that Contentstack may have."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.texts import kept_text

NAMES = st.lists(st.sampled_from(["main", "dev", "live", "$all", "gone"]), max_size=3)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | kept_text(max_size=3),
    lambda parts: (
        st.lists(parts, max_size=2)
        | st.dictionaries(kept_text(max_size=3), parts, max_size=2)
    ),
    max_leaves=4,
)
_RIGHT = st.sampled_from([True, False, "true", "false"])
_ACL = st.fixed_dictionaries(
    {}, optional={"read": _RIGHT, "write": _RIGHT, "publish": st.just(3)}
)
_UNKNOWN = {"_metadata": st.just({"uid": "cs1"}), "new": _JSON, "ACL": st.just([])}


def _items(modules: list[str], **lists: Any) -> st.SearchStrategy[dict[str, Any]]:
    fields = {"module": st.sampled_from(modules), "acl": _ACL}
    return st.fixed_dictionaries(fields, optional={**lists, **_UNKNOWN})


_LIST = NAMES | st.none()
ITEMS = st.one_of(
    _items(["content_type", "entry", "role", "$all", "brand new"], branches=_LIST),
    _items(["environment"], environments=_LIST),
    _items(["branch"], branches=_LIST),
    _items(["branch_alias"], branch_aliases=_LIST),
)
SCOPES: st.SearchStrategy[list[dict[str, Any]]] = st.lists(ITEMS, max_size=6)
"""The `scope` of a response, with names or objects, as responses have them."""
