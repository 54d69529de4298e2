"""Finds the stack that somebody named by API key, uid or name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.contentstack.dressing import Dressing, NoValue, stand_in, undress
from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Odd, Stack

if TYPE_CHECKING:
    from tui.contentstack.client import Client


_API_KEY = re.compile(r"blt[0-9a-f]{8,}", re.IGNORECASE)
_SENT = re.compile(r"blt\w*", re.ASCII)


class StackUnclear(ValueError):
    """No stack is named like this, or several are; the text lists the candidates."""


def named_stack(text: str | None) -> tuple[str | None, tuple[Dressing, ...]]:
    """Return what a stack is called, and what was taken off around an API key.

    A name may hold any sign, so nothing is taken off around it.
    """
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

    `odd` are rows that were not understood, one of which may be the stack. Raises
    `StackUnclear` unless exactly one stack fits.
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
            f"{len(found)} stacks are called {named}. "
            f"Name one by --stack and its uid: {_list(found)}."
        )
    raise StackUnclear(_why_none(stacks, named, odd))


def _why_none(stacks: tuple[Stack, ...], named: str, odd: Sequence[Odd]) -> str:
    for row in odd:
        if named == row.uid or named.casefold() == row.name.casefold():
            return f"The stack {named} is not understood: {row.why}."
    if why := stand_in(named):
        return f"The stack's name {why} This login sees: {_list(stacks)}."
    if odd:
        count = f"{len(odd)} of the stacks that this login sees"
        return f"No stack is called {named}, but {count} could not be understood."
    if not stacks:
        return (
            "This login sees no stack at all. Ask the stack's owner for an invitation."
        )
    return f"No stack is called {named}. This login sees: {_list(stacks)}."


async def find_stack(client: Client, named: str) -> Stack:
    """Ask Contentstack for the stack that is named like this.

    Raises `StackUnclear` unless exactly one is, or a `ContentstackError`.
    """
    if not _SENT.fullmatch(named):
        return await _among_all(client, named)
    # It looks like an API key, and may be a uid.
    try:
        return await client.stack(named).stack()
    except StackNotFound as refusal:
        with suppress(StackUnclear):
            return await _among_all(client, named)
        raise refusal from None


async def _among_all(client: Client, named: str) -> Stack:
    stacks = await client.stacks()
    return pick_stack(stacks, named, stacks.odd)


def _list(stacks: Sequence[Stack], most: int = 6) -> str:
    listed = ", ".join(f"{stack.name} ({stack.uid})" for stack in stacks[:most])
    if len(stacks) <= most:
        return listed
    return f"{listed} and {len(stacks) - most} more"
