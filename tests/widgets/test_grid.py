from __future__ import annotations

import pytest

from tests.support.pilot import wait_for
from tests.widgets.host import HOSTILE, SIZES, Host, shown
from tui.widgets.glyphs import ASCII, UNICODE, Glyphs
from tui.widgets.grid import Grid, GridColumn
from tui.widgets.table_model import Row


def host(rows: int, columns: int, **options: object) -> Host[Grid]:
    grid = Grid(tone=lambda text: "muted" if text == "-" else "", empty="Nothing here.")
    app = Host[Grid](grid)
    fill(grid, rows, columns)
    return app


def fill(grid: Grid, rows: int, columns: int, first_column: int = 0) -> None:
    kinds = ["BRANCHES" if at < columns // 2 else "ALIASES" for at in range(columns)]
    grid.set_grid(
        [
            GridColumn(f"c{at}", f"name_{at:02}", kind)
            for at, kind in enumerate(kinds, start=first_column)
        ],
        [
            Row(
                f"r{at}",
                (f"row-{at:02}", *(f"{at}.{column}" for column in range(columns))),
            )
            for at in range(rows)
        ],
    )


async def test_heads_and_names_stand_beside_the_cells() -> None:
    app = host(2, 4)
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert shown(app)[:4] == [
            "         BRANCHES          ALIASES",
            "         name_00  name_01  name_02  name_03",
            "▌row-00 [0.0]     0.1      0.2      0.3",
            " row-01  1.0      1.1      1.2      1.3",
        ]


@pytest.mark.parametrize("keys", [("right", "down"), ("l", "j"), ("l", "l", "j", "h")])
async def test_the_cursor_moves_both_ways_and_enter_is_the_screens(
    keys: tuple[str, ...],
) -> None:
    app = host(2, 4)
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.press(*keys, "enter")
        await wait_for(pilot, lambda: app.let_through == 1, "the key of the screen")
        assert (app.widget.cursor_key, app.widget.column_key) == ("r1", "c1")


async def test_the_selected_row_is_reversed_with_brackets_at_the_selected_cell() -> (
    None
):
    app = host(2, 4)
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.press("l")
        strip = app.widget.render_line(2)
        assert [bool(part.style and part.style.reverse) for part in strip] == [True]
        assert strip.text == f"{'▌row-00  0.0     [0.1]     0.2      0.3':<60}"
        x, y = app.widget.cursor_cell()
        assert (shown(app)[y][x:][:5], y) == ("[0.1]", 2)


async def test_the_brackets_of_the_last_cell_have_room() -> None:
    app = host(2, 30)
    async with app.run_test(size=(60, 6)) as pilot:
        for _ in range(30):
            x, y = app.widget.cursor_cell()
            await pilot.pause()
            number = (app.widget.column_key or "")[1:]
            assert shown(app)[y][x:].startswith(f"[0.{number}]")
            await pilot.press("l")


@pytest.mark.parametrize("size", SIZES)
async def test_a_huge_grid_shows_every_cell_that_one_goes_to(
    size: tuple[int, int],
) -> None:
    app = host(50, 30)
    async with app.run_test(size=size) as pilot:
        for key, row, column in (
            ("end", 0, 29),
            ("G", 49, 29),
            ("home", 49, 0),
            ("g", 0, 0),
            ("l", 0, 1),
        ):
            await pilot.press(key)
            await pilot.pause()
            lines = shown(app)
            assert f"row-{row:02}"[: size[0] - 2] in "\n".join(lines)
            assert (app.widget.cursor_key, app.widget.column_key) == (
                f"r{row}",
                f"c{column}",
            )
            if size[0] > 20:
                assert f"name_{column:02}" in lines[1]
                assert f"{row}.{column}" in next(
                    line for line in lines if f"▌row-{row:02}" in line
                )


async def test_every_column_is_seen_on_the_way_to_the_last_and_back() -> None:
    app = host(3, 30)
    async with app.run_test(size=(60, 15)) as pilot:
        for key in ["l"] * 29 + ["h"] * 29:
            await pilot.press(key)
            assert f"name_{int((app.widget.column_key or '')[1:]):02}" in shown(app)[1]
        assert app.widget.column_key == "c0"
        assert "more →" in shown(app)[0]
        assert "←" not in shown(app)[0]


async def test_only_the_cells_in_view_are_composed() -> None:
    asked: list[str] = []

    def tone(text: str) -> str:
        asked.append(text)
        return ""

    grid = Grid(tone=tone)
    fill(grid, 50, 30)
    app = Host[Grid](grid)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert {text.split(".")[0] for text in asked} == {str(row) for row in range(13)}
        assert max(int(text.split(".")[1]) for text in asked) < 6


async def test_the_cursor_stays_on_its_column_when_others_come() -> None:
    app = host(3, 4)
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.press("l", "j")
        app.widget.set_grid(
            [GridColumn("new", "new"), GridColumn("c1", "name_01")],
            [Row("r0", ("row-00", "a", "b")), Row("r1", ("row-01", "c", "d"))],
        )
        assert (app.widget.cursor_key, app.widget.column_key) == ("r1", "c1")
        app.widget.set_grid([], [])
        assert (app.widget.cursor_key, app.widget.column_key) == (None, None)
        await pilot.press("l", "h", "j", "end")
        await wait_for(
            pilot,
            lambda: "Nothing here." in shown(app)[3],
            "what is said of an empty grid",
        )
        assert shown(app)[0] == ""


async def test_a_wider_screen_is_filled_again() -> None:
    app = host(3, 8)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("end")
        assert "← more" in shown(app)[0]
        await pilot.resize_terminal(100, 6)
        await wait_for(
            pilot, lambda: "name_00" in shown(app)[1], "the first column again"
        )


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_stay_in_their_columns(name: str, glyphs: Glyphs) -> None:
    grid = Grid(glyphs=glyphs)
    app = Host[Grid](grid)
    grid.set_grid(
        [GridColumn("a", name, "B"), GridColumn("b", "plain", "B")],
        [Row("r", (name, "1", "2"))],
    )
    async with app.run_test(size=(60, 6)) as pilot:
        await wait_for(pilot, lambda: "plain" in shown(app)[1], "the second column")
        drawn = "\n".join(shown(app))
        assert not any(
            ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0
            for sign in drawn.replace("\n", "")
        )
        assert "\u202e" not in drawn
        assert drawn.isascii() or not glyphs.ascii
        for y in range(6):
            assert grid.render_line(y).cell_length <= 60
