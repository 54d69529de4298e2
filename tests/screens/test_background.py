"""A screen caches its background, which must match what Textual would render."""

from __future__ import annotations

import pytest
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from tests.screens.session import running

CROP = Region(0, 0, 80, 3)


def cells(strips: list[Strip]) -> list[list[tuple[str, object]]]:
    return [[(text, style) for text, style, _ in strip.simplify()] for strip in strips]


async def test_the_background_follows_theme_and_size() -> None:
    async with running() as table:
        screen = table.app.screen
        seen = []
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            table.app.theme = theme
            await table.pilot.pause()
            for crop in (CROP, Region(0, 0, 41, 2)):
                ours = cells(screen.render_lines(crop))
                assert ours == cells(Screen.render_lines(screen, crop))
            seen.append(ours)
        assert seen[0] != seen[1] != seen[2]


async def test_the_background_follows_its_style() -> None:
    async with running() as table:
        screen = table.app.screen
        before = cells(screen.render_lines(CROP))
        screen.styles.background = "red"
        after = cells(screen.render_lines(CROP))
        assert after == cells(Screen.render_lines(screen, CROP))
        assert after != before


async def test_a_key_does_not_have_the_background_rendered_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as table:
        await table.press("j")
        asked, render_lines = list[Region](), Screen.render_lines

        def noting(screen: Screen[object], crop: Region) -> list[Strip]:
            asked.append(crop)
            return render_lines(screen, crop)

        monkeypatch.setattr(Screen, "render_lines", noting)
        before = table.text
        await table.press("j")
        await table.until(lambda: table.text != before)
        assert asked == []
