"""Whether a host answers at all, and how fast.

It needs no credential and no stack.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from tui.contentstack.errors import BadAnswer, ContentstackError, MayPass, TimedOut
from tui.contentstack.regions import host_of
from tui.contentstack.transport import Transport


@dataclass(frozen=True)
class Reach:
    """How long one host took to connect and answer.

    A refusal isn't a problem: all we want to know is whether it answers.
    """

    seconds: float
    trouble: ContentstackError | None = None


async def reach(transport: Transport, base: str, *, within: float) -> Reach:
    """Send a request to a base URL's host, and wait at most `within` seconds."""
    started = time.monotonic()
    trouble = await _trouble(transport, base, within)
    return Reach(time.monotonic() - started, trouble)


async def _trouble(
    transport: Transport, base: str, within: float
) -> ContentstackError | None:
    try:
        async with asyncio.timeout(within):
            answer = await transport.request("GET", "/user", base=base)
    except TimeoutError:
        what = f"No answer within {within:g} seconds"
        return TimedOut(what, place=host_of(base))
    except (BadAnswer, MayPass) as error:
        return error
    except ContentstackError:
        # Without a credential a refusal is the right answer.
        return None
    # No one is signed in, so the API couldn't have returned a user.
    return answer.not_contentstacks()
