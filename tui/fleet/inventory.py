"""Inventories of a fleet as files to keep: sorted, and without values.

They contain nothing that changes by itself, such as the time of reading or an age. Two
inventories of the same fleet are identical, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from tui.contentstack.models import Token, TokenKind
from tui.contentstack.regions import Region, host_of
from tui.contentstack.scope import Item, granted, without_names
from tui.files.refusal import Refused
from tui.fleet.rows import TOKEN_KINDS
from tui.fleet.snapshot import FleetSnapshot, FleetTrouble, StackReading

FORMAT = 1
_HIDDEN = ("module", "acl", "_metadata")


class InventoryUnusable(Refused):
    """The file isn't an inventory; the text says why."""


class InventoryToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token: what it reaches and may do, and never its value."""

    kind: TokenKind
    uid: str
    name: str
    description: str = ""
    environments: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    """Each module with what is granted on it, as in "entry: read+write"."""

    expires_on: str | None = None
    email_notice: bool = False
    preview: bool = False
    created_at: str | None = None
    created_by: str = ""

    @property
    def can_write(self) -> bool:
        """Whether it may change the stack."""
        return any("write" in _actions(right) for right in self.rights)


class InventoryStack(msgspec.Struct, frozen=True, kw_only=True):
    """A stack with its tokens."""

    region: str
    organization: str
    stack: str
    uid: str
    not_read: tuple[TokenKind, ...] = ()
    """The kinds of tokens that couldn't be read, or not in full."""

    not_understood: tuple[str, ...] = ()
    """The uids of tokens that weren't understood."""

    tokens: tuple[InventoryToken, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it, whatever it's called."""
        return self.region, self.uid


class InventoryGap(msgspec.Struct, frozen=True, kw_only=True):
    """A stack, an organization or a region that couldn't be listed.

    An empty field means all.
    """

    region: str = ""
    organization: str = ""
    uid: str = ""

    def covers(self, stack: InventoryStack) -> bool:
        """Return whether a stack may be one of these."""
        if self.uid:
            return self.uid == stack.uid
        named = (self.region, stack.region), (self.organization, stack.organization)
        return all(own in ("", its) for own, its in named)


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    format: int = FORMAT
    gaps: tuple[InventoryGap, ...] = ()
    stacks: tuple[InventoryStack, ...] = ()


def inventory_of(snapshot: FleetSnapshot) -> Inventory:
    """Return the inventory of a fleet."""
    gaps = set(map(_gap, snapshot.troubles))
    stacks = map(_stack, snapshot.readings.values())
    return Inventory(
        gaps=tuple(sorted(gaps, key=msgspec.structs.astuple)),
        stacks=tuple(sorted(stacks, key=_order)),
    )


def as_file(inventory: Inventory) -> bytes:
    """Return the file of an inventory."""
    return msgspec.json.format(msgspec.json.encode(inventory), indent=2) + b"\n"


def from_file(content: bytes) -> Inventory:
    """Return the inventory in a file.

    Raises:
        InventoryUnusable: if the file isn't one.
    """
    try:
        inventory = msgspec.json.decode(content, type=Inventory)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InventoryUnusable(f"This isn't an inventory: {error}.") from None
    if inventory.format != FORMAT:
        raise InventoryUnusable(
            f"This inventory has format {inventory.format}, but this Tokendeck reads"
            f" format {FORMAT}."
        )
    return inventory


def _gap(trouble: FleetTrouble) -> InventoryGap:
    place = trouble.place
    return InventoryGap(
        region=_region_id(place.region),
        organization=place.organization,
        uid=trouble.uid,
    )


def _region_id(region: Region | None) -> str:
    """Return a stable name for a region: all custom hosts share one id."""
    if region is None:
        return ""
    return host_of(region.cma) if region.id in ("custom", "demo") else region.id


def _order(stack: InventoryStack) -> tuple[str, str, str, str]:
    return stack.region, stack.organization, stack.stack, stack.uid


def _stack(reading: StackReading) -> InventoryStack:
    place, listings = reading.stack, [reading.tokens(kind) for kind in TOKEN_KINDS]
    tokens = [_token(token) for listing in listings for token in listing.items]
    odd = [row.uid for listing in listings for row in listing.odd]
    by_kind = zip(TOKEN_KINDS, listings, strict=True)
    not_read = [
        kind for kind, it in by_kind if not it.read or it.error is not None or it.cut
    ]
    return InventoryStack(
        region=_region_id(place.region),
        organization=place.organization,
        stack=place.stack_name,
        uid=place.stack.uid,
        not_read=tuple(sorted(not_read)),
        not_understood=tuple(sorted(odd)),
        tokens=tuple(sorted(tokens, key=lambda token: (token.kind, token.uid))),
    )


def _token(token: Token) -> InventoryToken:
    scope = token.scope
    return InventoryToken(
        kind=token.kind,
        uid=token.uid,
        name=token.name,
        description=token.description,
        environments=tuple(sorted(scope.environments)),
        branches=tuple(sorted(scope.branches)),
        aliases=tuple(sorted(scope.aliases)),
        rights=rights_of(token.rights),
        expires_on=_moment(token.expires_on),
        email_notice=token.kind == "management" and token.as_request().email_notice,
        preview=bool(token.preview),
        created_at=_moment(token.created_at),
        created_by=token.created_by,
    )


def rights_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Return what a scope's items grant, with the same words for the same rights."""
    return tuple(sorted(set(map(_right, items))))


def _right(item: Item) -> str:
    right = f"{item.get('module')}: {'+'.join(granted(item)) or 'nothing'}"
    details = {
        key: value
        for key, value in without_names(item).items()
        if key not in _HIDDEN and value not in (None, [], {}, "")
    }
    if not details:
        return right
    return f"{right} {json.dumps(details, sort_keys=True, ensure_ascii=False)}"


def _actions(right: str) -> list[str]:
    _, _, actions = right.partition(": ")
    return actions.partition(" ")[0].split("+")


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
