"""Finds the region that knows a stack.

Only the API key is sent: a credential never goes to another region.
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
    """What one region said about the stack."""

    region: Region
    verdict: Literal["knows", "doesn't know", "didn't answer"]


async def ask_regions(
    api_key: str, regions: tuple[Region, ...]
) -> tuple[RegionAnswer, ...]:
    """Ask all regions at the same time.

    A region that doesn't know the stack says so (412, code 109). One that knows it
    refuses for another reason, most likely that no one is signed in. An answer that
    isn't Contentstack's, or a failure that may pass, says nothing either way.
    """
    return tuple(await asyncio.gather(*(_ask(region, api_key) for region in regions)))


def region_that_knows(answers: tuple[RegionAnswer, ...]) -> Region | None:
    """Return the region that knows the stack; None unless exactly one does."""
    knowing = [answer.region for answer in answers if answer.verdict == "knows"]
    return knowing[0] if len(knowing) == 1 else None


async def _ask(region: Region, api_key: str) -> RegionAnswer:
    transport = Transport(region, deadline=_SECONDS)
    try:
        one(await transport.request("GET", "/stacks", api_key=api_key), "stack", Stack)
    except StackNotFound:
        return RegionAnswer(region, "doesn't know")
    except ContentstackError as error:
        silent = error.status is None or isinstance(error, MayPass | BadAnswer)
        return RegionAnswer(region, "didn't answer" if silent else "knows")
    finally:
        await transport.aclose()
    return RegionAnswer(region, "knows")
