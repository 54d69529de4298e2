"""Whether a host answers at all, and how fast.

No credential and no stack is needed for it.
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
    """How long one host took, from connecting to its answer.

    A refusal is no trouble: that it answers is all we want to know.
    """

    seconds: float
    trouble: ContentstackError | None = None


async def reach(transport: Transport, base: str, *, within: float) -> Reach:
    """Ask the host of a base URL, and wait for it `within` seconds at most."""
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
    # Nobody signed in, so no API could have said who it was.
    return answer.not_contentstacks()
