"""Finds a stack by API key, uid or name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Odd, Stack
from tui.files.refusal import Refused

if TYPE_CHECKING:
    from tui.contentstack.client import Client
    from tui.contentstack.dressing import Dressing


_API_KEY = re.compile(r"blt[0-9a-f]{8,}", re.IGNORECASE)
_SENT = re.compile(r"blt\w*", re.ASCII)


class StackUnclear(Refused):
    """No stack matches, or several do; the message lists the candidates."""


def named_stack(text: str | None) -> tuple[str | None, tuple[Dressing, ...]]:
    """Return what a stack is called, and what was removed from around an API key.

    A name may contain any character, so nothing is removed from it.
    """
    from tui.contentstack.dressing import NoValue, undress  # noqa: PLC0415 - not before the first frame

    if text is None:
        return None, ()
    with suppress(NoValue):
        found = undress(text)
        key = found.value.reveal()
        if _API_KEY.fullmatch(key):
            return key, found.removed
    return text, ()


def pick_stack(stacks: Iterable[Stack], named: str, odd: Sequence[Odd] = ()) -> Stack:
    """Return the one stack whose API key, uid or name (in any case) is `named`.

    `odd` are rows that couldn't be decoded, one of which may be the stack. Raises
    `StackUnclear` unless exactly one stack matches.
    """
    stacks = tuple(stacks)
    found = [stack for stack in stacks if named in (stack.api_key, stack.uid)]
    if not found:
        folded = named.casefold()
        found = [stack for stack in stacks if stack.name.casefold() == folded]
    if len(found) == 1:
        return found[0]
    if found:
        raise StackUnclear(
            f"{len(found)} stacks are called {named}. Choose one with --stack UID:"
            f" {_list(found)}."
        )
    raise StackUnclear(_why_none(stacks, named, odd))


def _why_none(stacks: tuple[Stack, ...], named: str, odd: Sequence[Odd]) -> str:
    for row in odd:
        if named == row.uid or named.casefold() == row.name.casefold():
            return f"Tokendeck doesn't understand the stack {named}: {row.why}."
    from tui.contentstack.dressing import stand_in  # noqa: PLC0415 - as above

    if why := stand_in(named):
        return f"The stack's name {why} You can see: {_list(stacks)}."
    if odd:
        count = f"{len(odd)} of the stacks that you can see"
        return f"No stack is called {named}, but Tokendeck doesn't understand {count}."
    if not stacks:
        return "You can't see any stacks. Ask a stack's owner to invite you."
    return f"No stack is called {named}. You can see: {_list(stacks)}."


async def find_stack(client: Client, named: str) -> Stack:
    """Ask Contentstack for the stack with this API key, uid or name.

    Raises `StackUnclear` unless exactly one matches, or a `ContentstackError`.
    """
    if not may_be_api_key(named):
        return await find_among_all(client, named)
    try:
        return await client.stack(named).stack()
    except StackNotFound as refusal:
        return await find_by_uid(client, named, refusal)


def may_be_api_key(named: str) -> bool:
    """Whether it looks like an API key; a stack's uid does too."""
    return _SENT.fullmatch(named) is not None


async def find_among_all(client: Client, named: str) -> Stack:
    """Read all stacks, and return the one with this API key, uid or name.

    Raises `StackUnclear` unless exactly one matches, or a `ContentstackError`.
    """
    stacks = await client.stacks()
    return pick_stack(stacks, named, stacks.odd)


async def find_by_uid(client: Client, named: str, refusal: StackNotFound) -> Stack:
    """Return the stack whose uid looked like an API key, or raise the `refusal`."""
    with suppress(StackUnclear):
        return await find_among_all(client, named)
    raise refusal from None


def _list(stacks: Sequence[Stack], most: int = 6) -> str:
    listed = ", ".join(f"{stack.name} ({stack.uid})" for stack in stacks[:most])
    if len(stacks) <= most:
        return listed
    return f"{listed} and {len(stacks) - most} more"
