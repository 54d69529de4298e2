"""Reads the body of an answer, decompressing no more than the limit."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from tui.contentstack.connecting import BROKEN
from tui.contentstack.errors import BadAnswer, Interrupted
from tui.contentstack.exchange import Answer

if TYPE_CHECKING:
    # This name exists only in the type stubs.
    from zlib import _Decompress


async def inflated(
    answer: Answer, encoding: str, chunks: AsyncIterator[bytes], largest: int
) -> bytes:
    """Return the body of an answer from its raw chunks.

    httpx would inflate each whole chunk.

    Raises:
        BadAnswer: if it has more than `largest` octets, or is compressed in a way that
            Tokendeck didn't ask for.
        Interrupted: if it ends too early.
    """
    inflater = _inflater(answer, encoding)
    body = bytearray()
    try:
        async for chunk in chunks:
            room = largest - len(body) + 1
            body += inflater.decompress(chunk, room) if inflater else chunk
            if len(body) > largest:
                raise _too_large(answer, largest)
    except zlib.error:
        raise answer.call.lost(Interrupted, BROKEN) from None
    if body and inflater and not inflater.eof:
        raise answer.call.lost(Interrupted, BROKEN)
    return bytes(body)


def _inflater(answer: Answer, encoding: str) -> _Decompress | None:
    """Return a decompressor for the body; None if it isn't compressed."""
    named = encoding.strip().casefold()
    if named in ("", "identity"):
        return None
    if named in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    raise answer.bad("$", f"compressed as {named}, which Tokendeck didn't ask for")


def _too_large(answer: Answer, largest: int) -> BadAnswer:
    return BadAnswer(
        f"The answer is larger than {largest:,} bytes",
        place=answer.call.place,
        status=answer.status,
        may_have_happened=answer.call.write,
    )
