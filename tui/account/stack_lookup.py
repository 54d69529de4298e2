"""Finding the stack that somebody named by API key, uid or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Odd, Stack

if TYPE_CHECKING:
    from tui.contentstack.client import Client


class StackUnclear(ValueError):
    """No stack, or more than one, answers to the words.

    The text lists the candidates.
    """


def pick_stack(stacks: Iterable[Stack], words: str, odd: Sequence[Odd] = ()) -> Stack:
    """The one stack whose API key, uid or name (in any case) is `words`, else `StackUnclear`.

    `odd` are rows that were not understood, of which one may be the stack.
    """
    stacks = tuple(stacks)
    exact = [stack for stack in stacks if words in (stack.api_key, stack.uid)]
    named = exact or [
        stack for stack in stacks if stack.name.casefold() == words.casefold()
    ]
    if len(named) == 1:
        return named[0]
    if named:
        raise StackUnclear(
            f"{len(named)} stacks are called {words}. Name one by --stack and its uid: {_list(named)}."
        )
    for row in odd:
        if words == row.uid or words.casefold() == row.name.casefold():
            raise StackUnclear(f"The stack {words} is not understood: {row.why}.")
    if odd:
        count = f"{len(odd)} of the stacks that this login sees"
        raise StackUnclear(
            f"No stack is called {words}, but {count} could not be understood."
        )
    if not stacks:
        raise StackUnclear(
            "This login sees no stack at all. Ask the stack's owner for an invitation."
        )
    raise StackUnclear(f"No stack is called {words}. This login sees: {_list(stacks)}.")


async def find_stack(client: Client, words: str) -> Stack:
    """Ask Contentstack for the stack that `words` names, else `StackUnclear` or a `ContentstackError`."""
    if not words.startswith("blt") or " " in words:
        return await _among_all(client, words)
    # It looks like an API key, and may be a uid.
    try:
        return await client.stack(words).stack()
    except StackNotFound as refusal:
        with suppress(StackUnclear):
            return await _among_all(client, words)
        raise refusal from None


async def _among_all(client: Client, words: str) -> Stack:
    stacks = await client.stacks()
    return pick_stack(stacks, words, stacks.odd)


def _list(stacks: Iterable[Stack], most: int = 6) -> str:
    stacks = tuple(stacks)
    shown = ", ".join(f"{stack.name} ({stack.uid})" for stack in stacks[:most])
    return f"{shown} and {len(stacks) - most} more" if len(stacks) > most else shown
