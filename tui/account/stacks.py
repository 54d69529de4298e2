"""Finding the stack that somebody named by API key, uid or name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.contentstack.errors import StackNotFound
from tui.contentstack.models import Stack

if TYPE_CHECKING:
    from tui.contentstack.client import Client


class StackUnclear(ValueError):
    """No stack, or more than one, answers to the words; the text lists the candidates."""


def pick_stack(stacks: Iterable[Stack], words: str) -> Stack:
    """The one stack whose API key, uid or name is `words`; the name in any case.

    Raises:
        StackUnclear: with the candidates' names and uids.
    """
    stacks = tuple(stacks)
    exact = [stack for stack in stacks if words in (stack.api_key, stack.uid)]
    named = exact or [stack for stack in stacks if stack.name.casefold() == words.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise StackUnclear(
            f"{len(named)} stacks are called {words}. Name one by --stack and its uid: {_list(named)}."
        )
    if not stacks:
        raise StackUnclear("This login sees no stack at all. Ask the stack's owner for an invitation.")
    raise StackUnclear(f"No stack is called {words}. This login sees: {_list(stacks)}.")


async def find_stack(client: Client, words: str) -> Stack:
    """Ask Contentstack for the stack that `words` names.

    Raises:
        StackUnclear: where the words fit no stack, or several.
        ContentstackError: where Contentstack could not be asked.
    """
    if _looks_like_api_key(words):
        try:
            return await client.stack(words).stack()
        except StackNotFound as refusal:
            try:
                return pick_stack(await client.stacks(), words)
            except StackUnclear:
                raise refusal from None
    return pick_stack(await client.stacks(), words)


def _looks_like_api_key(words: str) -> bool:
    return words.startswith("blt") and " " not in words


def _list(stacks: Iterable[Stack], most: int = 6) -> str:
    stacks = tuple(stacks)
    shown = ", ".join(f"{stack.name} ({stack.uid})" for stack in stacks[:most])
    return f"{shown} and {len(stacks) - most} more" if len(stacks) > most else shown
