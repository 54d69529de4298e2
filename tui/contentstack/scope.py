"""What a token can reach and do: the items of its scope, kept as they came.

Tokendeck doesn't know every kind of item. So it never rebuilds one: each goes back as
it came, except for what the user changed. The only difference is that answers have
whole environment objects and requests only names; sending the objects back fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import msgspec

Item: TypeAlias = dict[str, Any]
"""One item as JSON. Never changed in place, since scopes share it."""

_READ = {"read": True}

# For each module, the key of its list and the keys that name an entry that is an
# object. An alias has both: its `uid` is then the branch it points to.
_MODULES = {
    "environment": ("environments", ("name",)),
    "branch": ("branches", ("uid",)),
    "branch_alias": ("branch_aliases", ("alias", "uid")),
}
_LANES = ("branch", "branch_alias")
_ACCESS = ("read", "write")
_TRUE = ("true", "1")


class ShapeError(ValueError):
    """JSON of the wrong shape: where (`$.tokens[0].name`), and why.

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

    Scopes are equal if they differ only in the server's marks, see `anew`.
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
        """Return a new scope with these names, followed by `rights`."""
        named = zip(_MODULES, (environments, branches, aliases), strict=True)
        lists = [(module, list(names)) for module, names in named]
        items = [_named_item(module, names) for module, names in lists if names]
        return cls((*items, *rights))

    @classmethod
    def from_api(cls, items: object, at: str = "") -> Scope:
        """Read the `scope` of an answer, found `at` a path.

        Raises:
            ShapeError: if it isn't a valid list of items.
        """
        if not isinstance(items, list | None):
            raise ShapeError(at, "expected `array`")
        numbered = enumerate(items or ())
        read = [_read(item, f"{at}[{index}]") for index, item in numbered]
        return cls(tuple(read))

    def to_api(self) -> list[Item]:
        """Return the `scope` of a request."""
        return [*self.items]

    def anew(self) -> Scope:
        """Return the scope for another token, without the server's marks."""
        if not any("_metadata" in item for item in self.items):
            return self
        return Scope(tuple(_without(item, "_metadata") for item in self.items))

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments named by the items of that module."""
        return self.names.environments

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches named by the items of that module."""
        return self.names.branches

    @property
    def aliases(self) -> tuple[str, ...]:
        """The aliases named by the items of that module."""
        return self.names.aliases

    @property
    def within_modules(self) -> tuple[str, ...]:
        """The branches that other modules are limited to, each by itself."""
        modules = [item for item in self.items if not _listed(item)]
        names = chain.from_iterable(_texts(item.get("branches")) for item in modules)
        return tuple(dict.fromkeys(names))

    def rights(self, *, management: bool) -> tuple[Item, ...]:
        """Return the items that grant a module and don't name what the token reaches.

        A management token's `environment` is such a right. A delivery token's names
        what it reads, and is a right only if it names nothing.
        """
        return tuple(item for item in self.items if not _is_names(item, management))

    @property
    def writes(self) -> bool:
        """Whether any module that `with_write` switches is writable."""
        return any(may_write(item) for item in self.items if _is_module(item))

    @property
    def has_modules(self) -> bool:
        """Whether there is a module that `with_write` switches."""
        return any(map(_is_module, self.items))

    def with_write(self, write: bool) -> Scope:
        """Return the scope with its modules writable, or read-only.

        If they already are, return this one. Only the `acl` of modules changes, never
        that of branches and aliases.
        """
        if write == self.writes:
            return self
        return Scope(tuple(_switched(item, write) for item in self.items))

    def with_names(self, module: str, names: tuple[str, ...]) -> Scope:
        """Return the scope with other names in the items of a module that has a list.

        If the names are the same in another order, return this one. An item that loses
        all its names is dropped; a new item goes last.
        """
        if set(names) == set(self._named(module)):
            return self
        wanted = dict.fromkeys(names)
        items: list[Item] = []
        for item in self.items:
            kept = _keeping(item, wanted) if _listed(item) == module else item
            if kept is not None:
                items.append(kept)
        held = Scope(tuple(items))._named(module)
        added = [name for name in wanted if name not in held]
        return Scope(_with_added(items, module, added))

    def _named(self, module: str) -> tuple[str, ...]:
        return self.names[list(_MODULES).index(module)]


def may_write(item: Item) -> bool:
    """Whether an item grants writing."""
    return "write" in granted(item)


def without_names(item: Item) -> Item:
    """Return the item without its own list of names."""
    return _without(item, _list_key(item)) if _listed(item) else item


def granted(item: Item) -> tuple[str, ...]:
    """Return what an item grants: "read", "write", and anything else in its `acl`."""
    acl = item.get("acl")
    if not isinstance(acl, dict):
        return ()
    held = [key for key, value in acl.items() if str(value).casefold() in _TRUE]
    first = [key for key in _ACCESS if key in held]
    return (*first, *(key for key in held if key not in _ACCESS))


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key != name}


def _listed(item: Item) -> str:
    """Return the module of an item that may have a list of names, else ""."""
    module = item.get("module")
    return module if isinstance(module, str) and module in _MODULES else ""


def _list_key(item: Item) -> str:
    """Return the key of the list of names, for an item that may have one."""
    key, _ = _MODULES[_listed(item)]
    return key


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
    switched = {key: value for key, value in held.items() if key != "write"}
    # A writable module is readable too, even if it was write-only before.
    if "read" not in granted(item):
        switched |= _READ
    if write:
        switched["write"] = True
    return {**item, "acl": switched}


def _keeping(item: Item, names: Collection[str]) -> Item | None:
    """Return the item with only these of its names; None if that leaves none."""
    before = _names(item)
    after = [name for name in before if name in names]
    if len(after) == len(before):
        return item
    return {**item, _list_key(item): after} if after else None


def _with_added(items: list[Item], module: str, names: list[str]) -> tuple[Item, ...]:
    """Return the items with more names in a module's first list, or in a new one."""
    if not names:
        return tuple(items)
    for place, item in enumerate(items):
        # Without a list, branches and aliases are rights to that module.
        if _listed(item) == module and (module not in _LANES or _has_list(item)):
            items[place] = {**item, _list_key(item): [*_names(item), *names]}
            return tuple(items)
    return (*items, _named_item(module, names))


def _named_item(module: str, names: list[str]) -> Item:
    key, _ = _MODULES[module]
    return {"module": module, key: names, "acl": _READ}


def _has_list(item: Item) -> bool:
    return isinstance(item.get(_list_key(item)), list)


def _names_of(items: Iterable[Item]) -> Names:
    """Return what the items name, each name once."""
    found: dict[str, list[str]] = {}
    for item in items:
        module = _listed(item)
        if module:
            found.setdefault(module, []).extend(_names(item))
    return Names(*[tuple(dict.fromkeys(found.get(module, ()))) for module in _MODULES])


def _names(item: Item) -> list[str]:
    """Return the names in an item's own list."""
    return _texts(item.get(_list_key(item)))


def _texts(names: object) -> list[str]:
    if not isinstance(names, list):
        return []
    return [name for name in names if isinstance(name, str)]


def _read(item: object, path: str) -> Item:
    """Return an item of an answer, with names where its own list holds objects."""
    if not isinstance(item, dict):
        raise ShapeError(path, "expected `object`")
    module = _listed(item)
    if not module:
        return item
    key, name_keys = _MODULES[module]
    entries = item.get(key)
    if not isinstance(entries, list | None):
        raise ShapeError(f"{path}.{key}", "expected `array`")
    numbered = enumerate(entries or ())
    names = [_name(entry, f"{path}.{key}[{at}]", name_keys) for at, entry in numbered]
    return item if not names or names == entries else {**item, key: names}


def _name(entry: object, path: str, keys: tuple[str, ...]) -> str:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict):
        raise ShapeError(path, "expected `str`")
    for key in keys:
        name = entry.get(key)
        if isinstance(name, str):
            return name
    raise ShapeError(f"{path}.{keys[0]}", "a name is missing")
