"""Whether a host answers at all, how fast, and by which proxy.

Asked without a credential or a stack.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from tui.contentstack.errors import BadAnswer, ContentstackError, MayPass, TimedOut
from tui.contentstack.regions import host_of, is_loopback
from tui.contentstack.transport import Transport


@dataclass(frozen=True)
class Reach:
    """What came of asking one host, making the connection included.

    No trouble if it refused.
    """

    seconds: float
    trouble: ContentstackError | None = None


async def reach(transport: Transport, base: str, *, within: float) -> Reach:
    """Ask the host of a base URL, and wait for it `within` seconds at most."""
    began = time.monotonic()
    trouble: ContentstackError | None = None
    try:
        async with asyncio.timeout(within):
            answer = await transport.request("GET", "/user", base=base)
        # Nobody signed in, so that nobody can be told who they are.
        trouble = answer.not_contentstacks()
    except TimeoutError:
        trouble = TimedOut(f"No answer within {within:g} seconds ({host_of(base)}).")
    except ContentstackError as error:
        # Without a credential a refusal is the right answer.
        if isinstance(error, BadAnswer | MayPass):
            trouble = error
    return Reach(time.monotonic() - began, trouble)


def proxies_to(*urls: str) -> tuple[str, ...]:
    """Host and port of each proxy that leads to one of these hosts, without the password it may carry."""
    proxies = getproxies()
    found = set()
    for url in urls:
        address = urlsplit(url)
        proxy = proxies.get(address.scheme) or proxies.get("all")
        if proxy and not is_loopback(url) and not proxy_bypass(address.hostname or ""):
            found.add(proxy.partition("://")[2] or proxy)
    return tuple(
        sorted(address.rpartition("@")[2].partition("/")[0] for address in found)
    )
