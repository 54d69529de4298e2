"""Which region knows a stack, asked with its API key alone.

A credential never goes to another region.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from tui.contentstack.decoding import one
from tui.contentstack.errors import BadAnswer, ContentstackError, MayPass, StackNotFound
from tui.contentstack.models import Stack
from tui.contentstack.regions import Region
from tui.contentstack.transport import Transport

_SECONDS = 8.0


@dataclass(frozen=True)
class RegionAnswer:
    """What one region said of the stack."""

    region: Region
    verdict: Literal["knows", "does not know", "did not answer"]


async def ask_regions(
    api_key: str, regions: tuple[Region, ...]
) -> tuple[RegionAnswer, ...]:
    """Ask each region, side by side.

    A region that does not know the stack says so (412, code 109). One that knows it
    refuses otherwise, most likely since nobody is signed in. What is no answer of
    Contentstack's, or a failure that may pass, tells neither.
    """
    return tuple(await asyncio.gather(*(_ask(region, api_key) for region in regions)))


def the_one(findings: tuple[RegionAnswer, ...]) -> Region | None:
    """The only region that knows the stack.

    None where the answers do not tell one from the others.
    """
    knowing = [finding.region for finding in findings if finding.verdict == "knows"]
    return knowing[0] if len(knowing) == 1 else None


async def _ask(region: Region, api_key: str) -> RegionAnswer:
    try:
        transport = await asyncio.to_thread(Transport, region, deadline=_SECONDS)
    except ContentstackError:
        return RegionAnswer(region, "did not answer")
    try:
        one(await transport.request("GET", "/stacks", api_key=api_key), "stack", Stack)
    except StackNotFound:
        return RegionAnswer(region, "does not know")
    except ContentstackError as error:
        silent = error.status is None or isinstance(error, MayPass | BadAnswer)
        return RegionAnswer(region, "did not answer" if silent else "knows")
    finally:
        await transport.aclose()
    return RegionAnswer(region, "knows")
