"""Finds the stack that somebody named by API key, uid or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Odd, Stack

if TYPE_CHECKING:
    from tui.contentstack.client import Client


class StackUnclear(ValueError):
    """No stack is named like this, or several are; the text lists the candidates."""


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
    if not named.startswith("blt") or " " in named:
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
