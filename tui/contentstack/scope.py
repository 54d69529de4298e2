"""What a token reaches and may do: the items of its scope, kept as they came.

Tokendeck doesn't know all there is. So an item is never rebuilt: it goes back as it
came, except for what the user changed. Answers hold whole environment objects where
requests hold names, and sending the objects back fails: that is the only difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

import msgspec

Item = dict[str, Any]
"""One item as JSON. Never changed in place, since scopes share it."""

_READ = {"read": True}

# For each module, the key of its list and the keys that name an entry which is an
# object. An alias comes with both: its `uid` is then the branch it points to.
_MODULES = {
    "environment": ("environments", ("name",)),
    "branch": ("branches", ("uid",)),
    "branch_alias": ("branch_aliases", ("alias", "uid")),
}
_LANES = ("branch", "branch_alias")
_ACCESS = ("read", "write")
_TRUE = ("true", "1")


class ShapeError(ValueError):
    """JSON of the wrong shape: in which place (`$.tokens[0].name`), and why.

    `reason` quotes no value.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Names(NamedTuple):
    """What the items of a scope name. "$all" stands for all branches or all aliases."""

    environments: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Scope(msgspec.Struct, frozen=True, eq=False):
    """The items of a scope; `names` always follows from them.

    Scopes are equal where one is the other's for another token, see `anew`.
    """

    items: tuple[Item, ...] = ()
    names: Names = Names()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "names", _names_of(self.items))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scope) and self.anew().items == other.anew().items

    def __hash__(self) -> int:
        return hash(self.names)

    @classmethod
    def of(
        cls,
        environments: Iterable[str] = (),
        branches: Iterable[str] = (),
        aliases: Iterable[str] = (),
        rights: Iterable[Item] = (),
    ) -> Scope:
        """A new scope over these names, with `rights` for the items that follow."""
        named = zip(_MODULES, (environments, branches, aliases), strict=True)
        lists = (_new_item(module, tuple(names)) for module, names in named)
        return cls((*(item for item in lists if item), *rights))

    @classmethod
    def from_api(cls, items: object, at: str = "") -> Scope:
        """Read the `scope` of an answer, found `at` a path.

        Raises:
            ShapeError: if it is no such list.
        """
        if not isinstance(items, list | None):
            raise ShapeError(at, "expected `array`")
        found = enumerate(items or ())
        return cls(tuple([_read(item, f"{at}[{index}]") for index, item in found]))

    def to_api(self) -> list[Item]:
        """The `scope` of a request."""
        return [*self.items]

    def anew(self) -> Scope:
        """The scope for another token.

        Without the marks that the server gave its items.
        """
        if not any("_metadata" in item for item in self.items):
            return self
        return Scope(tuple(_without(item, "_metadata") for item in self.items))

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that items of that module name."""
        return self.names.environments

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches that items of that module name."""
        return self.names.branches

    @property
    def aliases(self) -> tuple[str, ...]:
        """The aliases that items of that module name."""
        return self.names.aliases

    @property
    def within_modules(self) -> tuple[str, ...]:
        """The branches that other modules are limited to, each by itself."""
        modules = (item for item in self.items if not _listed(item))
        return tuple(
            dict.fromkeys(chain(*(_texts(item.get("branches")) for item in modules)))
        )

    def rights(self, *, management: bool) -> tuple[Item, ...]:
        """The items that grant a module instead of naming what the token reaches.

        A management token's `environment` is such a right. A delivery token's names
        what it reads, and is one only where it names nothing.
        """
        return tuple(item for item in self.items if not _is_names(item, management))

    @property
    def writes(self) -> bool:
        """Whether one of the modules that `with_write` switches may be written."""
        return any(may_write(item) for item in self.items if _is_module(item))

    @property
    def has_modules(self) -> bool:
        """Whether there is a module that `with_write` switches."""
        return any(map(_is_module, self.items))

    def with_write(self, write: bool) -> Scope:
        """The scope with its modules written, or only read.

        Itself where they are already.

        Only the `acl` of modules changes, never that of branches and aliases.
        """
        if write == self.writes:
            return self
        return Scope(tuple(_switched(item, write) for item in self.items))

    def with_names(self, module: str, names: tuple[str, ...]) -> Scope:
        """The scope with other names in the items of a module, one of those with a list.

        It is the scope itself where it names the same in another order. An item that is
        left without a name is dropped, unless it had none before; a missing one comes last.
        """
        if set(names) == set(self._named(module)):
            return self
        left = dict.fromkeys(names)
        kept = [
            _keeping(item, left) if _listed(item) == module else item
            for item in self.items
        ]
        items = [item for item in kept if item is not None]
        held = Scope(tuple(items))._named(module)
        added = [name for name in left if name not in held]
        return Scope(_with_added(items, module, added))

    def _named(self, module: str) -> tuple[str, ...]:
        return self.names[list(_MODULES).index(module)]


def may_write(item: Item) -> bool:
    """Whether an item grants writing."""
    return "write" in granted(item)


def without_names(item: Item) -> Item:
    """The item without its own list of names."""
    module = _listed(item)
    return _without(item, _MODULES[module][0]) if module else item


def granted(item: Item) -> tuple[str, ...]:
    """What an item grants: "read", "write", and what else its `acl` may hold."""
    acl = item.get("acl")
    if not isinstance(acl, dict):
        return ()
    held = [key for key, value in acl.items() if str(value).casefold() in _TRUE]
    first = [key for key in _ACCESS if key in held]
    return (*first, *(key for key in held if key not in _ACCESS))


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key != name}


def _listed(item: Item) -> str:
    """The module of an item, where it is one that may have a list of names.

    Else empty.
    """
    module = item.get("module")
    return module if isinstance(module, str) and module in _MODULES else ""


def _is_module(item: Item) -> bool:
    return _listed(item) not in _LANES


def _is_names(item: Item, management: bool) -> bool:
    module = _listed(item)
    if module == "environment":
        return not management and bool(_names(item))
    return module in _LANES and _has_list(item)


def _switched(item: Item, write: bool) -> Item:
    if not _is_module(item) or write == may_write(item):
        return item
    acl = item.get("acl")
    held = acl if isinstance(acl, dict) else {}
    # What can be written can be read as well, and so can what could only be written
    # before.
    read = {} if "read" in granted(item) else _READ
    others = {key: value for key, value in held.items() if key != "write"}
    return {**item, "acl": {**others, **read, **({"write": True} if write else {})}}


def _keeping(item: Item, names: Iterable[str]) -> Item | None:
    """The item without the names that are not among these; None if that leaves none."""
    before = _names(item)
    after = [name for name in before if name in names]
    if len(after) == len(before):
        return item
    return {**item, _MODULES[item["module"]][0]: after} if after else None


def _with_added(items: list[Item], module: str, names: list[str]) -> tuple[Item, ...]:
    """The items with more names in the first list of a module, or in a new one."""
    if not names:
        return tuple(items)
    key = _MODULES[module][0]
    for place, item in enumerate(items):
        # Without a list, branches and aliases are a right to that module.
        if _listed(item) == module and (module not in _LANES or _has_list(item)):
            items[place] = {**item, key: [*_names(item), *names]}
            return tuple(items)
    return (*items, {"module": module, key: names, "acl": _READ})


def _new_item(module: str, names: tuple[str, ...]) -> Item | None:
    return (
        {"module": module, _MODULES[module][0]: [*names], "acl": _READ}
        if names
        else None
    )


def _has_list(item: Item) -> bool:
    return isinstance(item.get(_MODULES[item["module"]][0]), list)


def _names_of(items: Iterable[Item]) -> Names:
    """What the items name, each name once."""
    found: dict[str, list[str]] = {}
    for item in items:
        module = _listed(item)
        if module and (names := _names(item)):
            found[module] = found[module] + names if module in found else names
    return Names(
        *[_once(found[module]) if module in found else () for module in _MODULES]
    )


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names)) if len(names) > 1 else tuple(names)


def _names(item: Item) -> list[str]:
    """The names in an item's own list."""
    return _texts(item.get(_MODULES[item["module"]][0]))


def _texts(names: object) -> list[str]:
    return (
        [name for name in names if isinstance(name, str)]
        if isinstance(names, list)
        else []
    )


def _read(item: object, path: str) -> Item:
    """An item of an answer: itself, or with names where its own list holds objects."""
    if not isinstance(item, dict):
        raise ShapeError(path, "expected `object`")
    module = _listed(item)
    if not module:
        return item
    key, name_keys = _MODULES[module]
    entries = item.get(key)
    if not isinstance(entries, list | None):
        raise ShapeError(f"{path}.{key}", "expected `array`")
    names = [
        entry
        if isinstance(entry, str)
        else _name(entry, f"{path}.{key}[{at}]", name_keys)
        for at, entry in enumerate(entries or ())
    ]
    return item if not names or names == entries else {**item, key: names}


def _name(entry: object, path: str, keys: tuple[str, ...]) -> str:
    if isinstance(entry, dict):
        name = next(
            (entry[key] for key in keys if isinstance(entry.get(key), str)), None
        )
        if name is None:
            raise ShapeError(f"{path}.{keys[0]}", "a name is missing")
        entry = name
    if not isinstance(entry, str):
        raise ShapeError(path, "expected `str`")
    return entry
