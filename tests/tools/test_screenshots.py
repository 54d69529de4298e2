"""The pictures: the same each time, and complete in themselves."""

from __future__ import annotations

import re

import pytest

from tests.support.pilot import wait_for
from tests.support.tiny_app import TinyApp
from tools.screenshots import FONTS, capture, main, png_of


async def picture_of_the_tiny_app() -> str:
    app = TinyApp()
    async with app.run_test(size=(50, 8)) as pilot:
        await wait_for(pilot, lambda: app.size.width == 50, "the app to be drawn")
        await pilot.pause()
        return capture(app, "tiny")


async def test_a_picture_reaches_for_nothing_outside_itself() -> None:
    svg = await picture_of_the_tiny_app()
    assert "ready" in svg
    assert "@font-face" not in svg
    assert "Fira" not in svg
    assert re.findall(r"url\((?!#)", svg) == []


async def test_a_picture_is_the_same_each_time() -> None:
    assert await picture_of_the_tiny_app() == await picture_of_the_tiny_app()


@pytest.mark.skipif(
    not FONTS, reason="DejaVu Sans Mono is not installed; `make system-deps` brings it"
)
async def test_a_picture_in_pixels_is_half_as_large_again() -> None:
    svg = await picture_of_the_tiny_app()
    drawn = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    assert drawn is not None
    png = png_of(svg)
    assert png.startswith(b"\x89PNG\r\n")
    assert abs(int.from_bytes(png[16:20], "big") - 1.5 * float(drawn[1])) <= 1


def test_an_unknown_picture_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokens", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().out
