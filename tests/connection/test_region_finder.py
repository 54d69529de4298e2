from __future__ import annotations

import asyncio
import socket

import pytest

from tests.contentstack.fakes import http, raw_server
from tests.sandbox.served import serving
from tui.connection.region_finder import RegionAnswer, ask_regions, region_that_knows
from tui.contentstack.regions import REGIONS, custom_region


async def test_each_region_is_asked_with_the_api_key_alone() -> None:
    with socket.socket() as unused, serving() as sandbox:
        unused.bind(("127.0.0.1", 0))
        here = custom_region(
            cma=sandbox.info["cma"], cda=sandbox.info["cda"], name="here"
        )
        dead = custom_region(
            cma=f"http://127.0.0.1:{unused.getsockname()[1]}", cda="", name="dead"
        )
        known = await ask_regions(sandbox.api_key, (here, dead))
        unknown = await ask_regions("blt" + "0" * 16, (here,))
    assert [finding.verdict for finding in known] == ["knows", "didn't answer"]
    assert [finding.verdict for finding in unknown] == ["doesn't know"]


PAGE = b"<html><title>Blocked</title></html>"
STACK = b'{"stack": {"uid": "s", "name": "Shop", "api_key": "blt0"}}'


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        *(
            (status, PAGE, "didn't answer")
            for status in (200, 302, 401, 403, 404, 412, 451, 502)
        ),
        *((status, b"", "didn't answer") for status in (200, 401, 404, 412)),
        *(
            (status, b'{"error": "blocked"}', "didn't answer")
            for status in (200, 401, 412)
        ),
        (200, STACK[:-9], "didn't answer"),
        (503, b'{"error_message": "Unavailable", "error_code": 503}', "didn't answer"),
        (412, b'{"error_message": "No.", "error_code": 109}', "doesn't know"),
        (401, b'{"error_message": "No.", "error_code": 105}', "knows"),
        (403, b'{"error_message": "No.", "error_code": 316}', "knows"),
        (200, STACK, "knows"),
    ],
)
async def test_only_contentstacks_own_answer_tells(
    status: int, body: bytes, verdict: str
) -> None:
    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(http(body, status=f"{status} Some"))

    async with raw_server(reply) as region:
        (finding,) = await ask_regions("blt" + "0" * 16, (region,))
    assert finding.verdict == verdict


def test_region_that_knows_that_knows_is_named_and_a_draw_is_not_decided() -> None:
    first, second, third = REGIONS[:3]
    knows, other = RegionAnswer(first, "knows"), RegionAnswer(second, "doesn't know")
    silent = RegionAnswer(third, "didn't answer")
    assert region_that_knows((knows, other, silent)) is first
    assert region_that_knows((knows, RegionAnswer(second, "knows"))) is None
    assert region_that_knows((other, silent)) is None
