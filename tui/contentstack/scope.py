"""What a token reaches, in both shapes the API gives it.

Answers hold whole environment objects where requests hold names; sending the objects back fails.
"""

from __future__ import annotations

from typing import Any

import msgspec

_READ = {"read": True}

# For each module, the key of its list and the keys that name an entry which is an object. An alias comes
# with both: its `uid` is then the branch it points to.
_MODULES = {
    "environment": ("environments", ("name",)),
    "branch": ("branches", ("uid",)),
    "branch_alias": ("branch_aliases", ("alias", "uid")),
}


class ShapeError(ValueError):
    """JSON of the wrong shape; `path` names the place (`$.tokens[0].name`), `reason` quotes no value."""

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
    def from_api(cls, items: object, at: str = "") -> Scope:
        """Read the `scope` of an answer, found `at` a path; `ShapeError` if it is no such list."""
        names: dict[str, dict[str, None]] = {module: {} for module in _MODULES}
        other = []
        for index, item in enumerate(_list(items, at)):
            if not isinstance(item, dict):
                raise ShapeError(f"{at}[{index}]", "expected `object`")
            module = item.get("module")
            if not isinstance(module, str) or module not in _MODULES:
                other.append(item)
                continue
            key, name_keys = _MODULES[module]
            path = f"{at}[{index}].{key}"
            for number, entry in enumerate(_list(item.get(key), path)):
                names[module][_name(entry, f"{path}[{number}]", name_keys)] = None
        environments, branches, aliases = map(tuple, names.values())
        return cls(environments, branches, aliases, tuple(other))

    def to_api(self) -> list[dict[str, Any]]:
        """The `scope` of a request: names only, the unknown items last and unchanged."""
        known = zip(_MODULES.items(), (self.environments, self.branches, self.aliases), strict=True)
        items = [
            {"module": module, key: [*names], "acl": _READ} for (module, (key, _)), names in known if names
        ]
        return [*items, *self.other]


def _name(entry: object, path: str, keys: tuple[str, ...]) -> str:
    if isinstance(entry, dict):
        name = next((entry[key] for key in keys if isinstance(entry.get(key), str)), None)
        if name is None:
            raise ShapeError(f"{path}.{keys[0]}", "a name is missing")
        entry = name
    if not isinstance(entry, str):
        raise ShapeError(path, "expected `str`")
    return entry


def _list(value: object, path: str) -> list[object]:
    if not isinstance(value, list | None):
        raise ShapeError(path, "expected `array`")
    return value or []
