"""What a token reaches, in both shapes the API gives it.

Answers hold whole environment objects where requests hold names; sending the objects back fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

_READ = {"read": True}


class ScopeError(ValueError):
    """A scope of the wrong shape; `path` is relative to the scope, as in `[0].environments[1].name`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Scope(msgspec.Struct, frozen=True):
    """Environments, branches and aliases by name.

    `other` keeps every item of a module we do not know exactly as the server sent it. The name "$all" stands
    for all branches or all aliases.
    """

    environments: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    other: tuple[dict[str, Any], ...] = ()

    def __hash__(self) -> int:
        return hash((self.environments, self.branches, self.aliases))

    @classmethod
    def from_api(cls, items: object) -> Scope:
        """Read the `scope` of an answer.

        Raises:
            ScopeError: if it is not a list of items with named environments, branches and aliases.
        """
        if items is None:
            return cls()
        found: dict[str, list[str]] = {"environment": [], "branch": [], "branch_alias": []}
        other = []
        for index, item in enumerate(_sequence(items, "")):
            if not isinstance(item, Mapping):
                raise ScopeError(f"[{index}]", f"expected `object`, got `{_kind(item)}`")
            module = item.get("module")
            if not isinstance(module, str) or module not in found:
                other.append(dict(item))
                continue
            key, name_keys = _MODULES[module]
            found[module] += _names(item.get(key), f"[{index}].{key}", name_keys)
        return cls(
            environments=tuple(dict.fromkeys(found["environment"])),
            branches=tuple(dict.fromkeys(found["branch"])),
            aliases=tuple(dict.fromkeys(found["branch_alias"])),
            other=tuple(other),
        )

    def to_api(self) -> list[dict[str, Any]]:
        """The `scope` of a request: names only, the unknown items last and unchanged."""
        items: list[dict[str, Any]] = []
        if self.environments:
            items.append({"module": "environment", "environments": [*self.environments], "acl": _READ})
        if self.branches:
            items.append({"module": "branch", "branches": [*self.branches], "acl": _READ})
        if self.aliases:
            items.append({"module": "branch_alias", "branch_aliases": [*self.aliases], "acl": _READ})
        return items + [dict(item) for item in self.other]


# For each module, the key of its list and the keys that name an entry which is an object. An alias comes
# with both: its `uid` is then the branch it points to.
_MODULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "environment": ("environments", ("name",)),
    "branch": ("branches", ("uid",)),
    "branch_alias": ("branch_aliases", ("alias", "uid")),
}


def _names(entries: object, path: str, keys: tuple[str, ...]) -> list[str]:
    names = []
    for index, entry in enumerate(_sequence(entries, path) if entries is not None else ()):
        name = entry
        if isinstance(entry, Mapping):
            name = next((entry[key] for key in keys if isinstance(entry.get(key), str)), None)
            if name is None:
                raise ScopeError(f"{path}[{index}].{keys[0]}", "a name is missing")
        if not isinstance(name, str):
            raise ScopeError(f"{path}[{index}]", f"expected `str`, got `{_kind(entry)}`")
        names.append(name)
    return names


def _sequence(value: object, path: str) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise ScopeError(path, f"expected `array`, got `{_kind(value)}`")
    return value


def _kind(value: object) -> str:
    """The JSON name of a decoded value's type."""
    names = {type(None): "null", bool: "bool", int: "int", float: "float", str: "str", list: "array"}
    return names.get(type(value), "object")
