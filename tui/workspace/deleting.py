"""Deleting tokens one after the other, and saying truthfully which are gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tui.contentstack.errors import ContentstackError
from tui.contentstack.models import Token


@dataclass(frozen=True)
class Deletion:
    """What came of it: `done` by us, `gone` before, and the first that failed; after it no more are tried."""

    done: tuple[Token, ...] = ()
    gone: tuple[Token, ...] = ()
    failed: Token | None = None
    error: ContentstackError | None = None
    untried: tuple[Token, ...] = ()


async def delete_each(
    delete: Callable[[Token], Awaitable[bool]],
    tokens: Sequence[Token],
    progress: Callable[[int, int], None],
    stopped: Callable[[], bool],
) -> Deletion:
    """Delete the tokens until one fails or `stopped()` says so.

    Args:
        delete: deletes one; False where it was gone already.
        tokens: in their order.
        progress: told the number of each, from 1, and how many there are, before it is deleted.
        stopped: asked before each token but the first.
    """
    done: list[Token] = []
    gone: list[Token] = []
    for number, token in enumerate(tokens):
        if number and stopped():
            return Deletion(tuple(done), tuple(gone), untried=tuple(tokens[number:]))
        progress(number + 1, len(tokens))
        try:
            (done if await delete(token) else gone).append(token)
        except ContentstackError as error:
            return Deletion(tuple(done), tuple(gone), token, error, tuple(tokens[number + 1 :]))
    return Deletion(tuple(done), tuple(gone))
