"""`--plain-screen`: a line by itself says what its field, cell or step is for."""

from __future__ import annotations

from tests.screens.session import Table, running
from tui.config.settings import Settings

PLAIN = Settings(plain_screen=True)


def line_with(table: Table, words: str) -> str:
    """Return the only line of the screen with these words."""
    (line,) = (line for line in table.text.splitlines() if words in line)
    return line


async def test_a_field_says_what_it_is_for() -> None:
    async with running(settings=PLAIN, wait="12 tokens") as table:
        await table.press("n")
        await table.until("Step 1 of 4: Details.")
        await table.press(*"kiosk")
        await table.until("kiosk")
        line = line_with(table, "kiosk").strip()
        assert line == "Name (required, unique in the stack): kiosk"


async def test_a_cell_of_the_map_says_its_row_and_column() -> None:
    async with running(settings=PLAIN, wait="12 tokens") as table:
        await table.press("m")
        await table.until("uncovered")
        await table.until("production, main: ")
        await table.press("right")
        await table.until("production, development: ")
        assert "production, main: " not in table.text


async def test_the_filter_says_what_it_is_for() -> None:
    async with running(settings=PLAIN, wait="12 tokens") as table:
        await table.press("slash", *"web")
        await table.until("web")
        lines = [line for line in table.text.splitlines() if ": web" in line]
        assert len(lines) == 1
