from __future__ import annotations

import socket

from tests.sandbox.served import serving
from tui.account.region_finder import Finding, ask_regions, the_one
from tui.contentstack.regions import REGIONS, custom_region


async def test_each_region_is_asked_with_the_api_key_alone() -> None:
    with socket.socket() as unused, serving() as sandbox:
        unused.bind(("127.0.0.1", 0))
        here = custom_region(cma=sandbox.info["cma"], cda=sandbox.info["cda"], name="here")
        dead = custom_region(cma=f"http://127.0.0.1:{unused.getsockname()[1]}", cda="", name="dead")
        known = await ask_regions(sandbox.api_key, (here, dead))
        unknown = await ask_regions("blt" + "0" * 16, (here,))
    assert [finding.verdict for finding in known] == ["knows", "did not answer"]
    assert [finding.verdict for finding in unknown] == ["does not know"]


def test_the_one_that_knows_is_named_and_a_draw_is_not_decided() -> None:
    first, second, third = REGIONS[:3]
    knows, other = Finding(first, "knows"), Finding(second, "does not know")
    silent = Finding(third, "did not answer")
    assert the_one((knows, other, silent)) is first
    assert the_one((knows, Finding(second, "knows"))) is None
    assert the_one((other, silent)) is None
