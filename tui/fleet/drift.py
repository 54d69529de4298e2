"""What changed between two inventories, with a type for each kind of change.

Only what was read both times is compared: what couldn't be read isn't called deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from tui.contentstack.models import TokenKind
from tui.fleet.inventory import Inventory, InventoryStack, InventoryToken

_ALL = "$all"
_WRITE = "write "


@dataclass(frozen=True)
class StackChange:
    """A change to a stack."""

    stack: InventoryStack


class StackCreated(StackChange):
    """A stack that wasn't there before, or couldn't be seen."""


class StackGone(StackChange):
    """A stack that is deleted, or can't be seen any more."""


@dataclass(frozen=True)
class ReadableChanged(StackChange):
    """Tokens of a kind that can't be read any more, or can be read now."""

    kind: TokenKind
    is_readable: bool


@dataclass(frozen=True)
class TokenChange:
    """A change to a token, as it is now, or was before it was deleted."""

    stack: InventoryStack
    token: InventoryToken


class TokenCreated(TokenChange):
    """A token that wasn't there before."""


class TokenGone(TokenChange):
    """A token that was deleted."""


@dataclass(frozen=True)
class TokenRenamed(TokenChange):
    """A token with a different name."""

    before: str


@dataclass(frozen=True)
class ScopeChanged(TokenChange):
    """A token with a different reach or different rights.

    Attributes:
        gained: what it reaches now and didn't before; without `lost`, the scope was
            widened.
        lost: what it doesn't reach any more; without `gained`, it was narrowed.
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class WriteChanged(TokenChange):
    """A token that may now write and could only read before, or the other way round.

    Attributes:
        what: what it may now write, or could write before.
    """

    is_gained: bool
    what: tuple[str, ...]


@dataclass(frozen=True)
class ExpiryMoved(TokenChange):
    """A token that expires at a different time; None is never."""

    before: str | None


@dataclass(frozen=True)
class PreviewChanged(TokenChange):
    """A delivery token whose preview token was created or deleted."""


Drift: TypeAlias = StackChange | TokenChange


def drift(before: Inventory, after: Inventory) -> tuple[Drift, ...]:
    """Return what changed, by stack, in the order of the inventories."""
    old = {stack.key: stack for stack in before.stacks}
    new = {stack.key: stack for stack in after.stacks}
    # If a list is missing, so are its tokens, but they may well exist.
    gone = [
        StackGone(stack)
        for key, stack in old.items()
        if key not in new and not any(gap.covers(stack) for gap in after.gaps)
    ]
    created = [_created(stack, before) for key, stack in new.items() if key not in old]
    both = [_of_stack(old[key], new[key]) for key in new if key in old]
    return (*gone, *chain(*created), *chain(*both))


def _created(stack: InventoryStack, before: Inventory) -> Iterator[Drift]:
    if any(gap.covers(stack) for gap in before.gaps):
        return
    yield StackCreated(stack)
    for token in stack.tokens:
        yield TokenCreated(stack, token)


def _of_stack(before: InventoryStack, after: InventoryStack) -> Iterator[Drift]:
    for kind in sorted({*before.not_read} ^ {*after.not_read}):
        yield ReadableChanged(after, kind, kind not in after.not_read)
    unread = {*before.not_read, *after.not_read}
    old, new = _compared(before, unread), _compared(after, unread)
    for uid, token in old.items():
        if uid not in new and uid not in after.not_understood:
            yield TokenGone(after, token)
    for uid, token in new.items():
        if uid in old:
            yield from _of_token(after, old[uid], token)
        elif uid not in before.not_understood:
            yield TokenCreated(after, token)


def _compared(
    stack: InventoryStack, unread: set[TokenKind]
) -> Mapping[str, InventoryToken]:
    return {token.uid: token for token in stack.tokens if token.kind not in unread}


def _of_token(
    stack: InventoryStack, before: InventoryToken, after: InventoryToken
) -> Iterator[Drift]:
    if before.name != after.name:
        yield TokenRenamed(stack, after, before.name)
    old, new = _grants(before), _grants(after)
    wrote, writes = _written(old), _written(new)
    gained, lost = _missing(new, old), _missing(old, new)
    if bool(wrote) != bool(writes):
        what = tuple(item.removeprefix(_WRITE) for item in writes or wrote)
        yield WriteChanged(stack, after, bool(writes), what)
        gained = tuple(item for item in gained if item not in writes)
        lost = tuple(item for item in lost if item not in wrote)
    if gained or lost:
        yield ScopeChanged(stack, after, gained, lost)
    if before.expires_on != after.expires_on:
        yield ExpiryMoved(stack, after, before.expires_on)
    if before.preview != after.preview:
        yield PreviewChanged(stack, after)


def _written(grants: set[str]) -> tuple[str, ...]:
    return tuple(sorted(grant for grant in grants if grant.startswith(_WRITE)))


def _grants(token: InventoryToken) -> set[str]:
    """Return what a token reaches and may do, one by one."""
    named = {
        "environment": token.environments,
        "branch": token.branches,
        "alias": token.aliases,
    }
    reach = (f"{what} {name}" for what, names in named.items() for name in names)
    return {*reach, *chain(*map(_of_right, token.rights))}


def _of_right(right: str) -> Iterator[str]:
    module, _, granted = right.partition(": ")
    actions, space, details = granted.partition(" ")
    for action in actions.split("+"):
        yield f"{action} {module}{space}{details}"


def _missing(wanted: Iterable[str], held: set[str]) -> tuple[str, ...]:
    """Return what isn't held, whether by name, through "all", or without a limit."""
    return tuple(sorted(what for what in wanted if not _is_held(what, held)))


def _is_held(what: str, held: set[str]) -> bool:
    kind, _, limited = what.partition(" ")
    name, space, limit = limited.partition(" ")
    wider = (
        what,
        f"{kind} {name}",
        f"{kind} {_ALL}",
        f"{kind} {_ALL}{space}{limit}",
    )
    return any(grant in held for grant in wider)
