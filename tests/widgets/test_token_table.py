from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.geometry import Region

from tests.support.pilot import wait_for
from tests.widgets.host import HOSTILE, SIZES, Host, shown
from tui.widgets.columns import Column
from tui.widgets.glyphs import ASCII
from tui.widgets.lines import Line
from tui.widgets.table_model import Row
from tui.widgets.token_table import TokenTable

COLUMNS = (
    Column("name", "NAME", None, least=10),
    Column("env", "ENVIRONMENT", 12, least=8, drop=2),
    Column("age", "UPDATED", 7, "right", least=7, drop=1),
)


def row(key: str, name: str | None = None, age: int = 0) -> Row:
    return Row(key, (name or key, "production", f"{age} h"), (name or key, None, age))


def rows(count: int) -> list[Row]:
    return [row(f"token-{index:03}", age=count - index) for index in range(count)]


class TableHost(Host[TokenTable]):
    def on_token_table_cursor_moved(self, event: TokenTable.CursorMoved) -> None:
        self.messages.append(("cursor", event.key))

    def on_token_table_arranged(self, event: TokenTable.Arranged) -> None:
        self.messages.append(("arranged", event.control.shown_count))

    def on_token_table_opened(self, event: TokenTable.Opened) -> None:
        self.messages.append(("opened", event.key))

    def on_token_table_marks_changed(self, event: TokenTable.MarksChanged) -> None:
        self.messages.append(("marks", event.control.marked))


def host(count: int = 0, empty: str = "") -> TableHost:
    app = TableHost(TokenTable(COLUMNS, empty=empty))
    app.widget.set_rows(rows(count))
    return app


async def test_rows_stand_below_a_head_with_the_cursor_shown_by_a_sign() -> None:
    app = host(2)
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.press("j")
        await wait_for(
            pilot, lambda: app.widget.cursor_key == "token-001", "the cursor below"
        )
        await pilot.pause()
        assert shown(app)[:3] == [
            "  NAME       ENVIRONMENT  UPDATED",
            "  token-000  production       2 h",
            "▌ token-001  production       1 h",
        ]
        strip = app.widget.render_line(2)
        # All of it in one tone, to the edge of the screen.
        assert [bool(part.style and part.style.reverse) for part in strip] == [True]
        assert strip.cell_length == 40
        assert app.widget.cursor_cell() == (0, 2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_hostile_names_are_drawn_within_their_line_at_every_size(
    size: tuple[int, int], ascii_only: bool
) -> None:
    table = TokenTable(COLUMNS, glyphs=ASCII) if ascii_only else TokenTable(COLUMNS)
    table.set_rows([row(str(index), name) for index, name in enumerate(HOSTILE)])
    app = TableHost(table)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "NAME" in shown(app)[0], "the head")
        drawn = "\n".join(shown(app))
        assert not any(
            ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0
            for sign in drawn.replace("\n", "")
        )
        assert "\u202e" not in drawn
        assert drawn.isascii() or not ascii_only
        for y in range(size[1]):
            assert table.render_line(y).cell_length <= size[0]
        if size[1] > 5:
            assert any(line.startswith("  [bold]x") for line in shown(app))
            assert any(line[2:].startswith("[/prod]") for line in shown(app))


async def test_a_row_opens_by_enter_and_keys_of_the_screen_come_through() -> None:
    app = host(2)
    async with app.run_test() as pilot:
        await pilot.press("down", "enter", "escape", "ctrl+c")
        await wait_for(pilot, lambda: app.let_through == 2, "two keys let through")
        assert app.messages == [
            ("cursor", "token-000"),
            ("cursor", "token-001"),
            ("opened", "token-001"),
        ]


async def test_moving() -> None:
    app = host(100)
    async with app.run_test(size=(60, 11)) as pilot:
        table = app.widget
        seen = []
        for key in [
            "G",
            "up",
            "k",
            "g",
            "up",
            "pagedown",
            "pageup",
            "end",
            "home",
            "down",
            "j",
        ]:
            await pilot.press(key)
            seen.append(int((table.cursor_key or "")[-3:]))
        assert seen == [99, 98, 97, 0, 0, 9, 0, 99, 0, 1, 2]


async def test_the_window_jumps_by_half_its_height_and_never_past_the_ends() -> None:
    app = host(30)
    async with app.run_test(size=(60, 11)) as pilot:
        table = app.widget
        tops = []
        for _ in range(29):
            await pilot.press("j")
            tops.append(table.top)
        assert tops == [0] * 9 + [5] * 5 + [10] * 5 + [15] * 5 + [20] * 5
        await pilot.resize_terminal(60, 31)
        await wait_for(pilot, lambda: table.top == 0, "all rows in view")


async def test_a_step_paints_two_lines_and_an_equal_refresh_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = host(100)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await pilot.pause()
        drawn: list[int] = []
        dirty: list[Region] = []
        composed_line, refresh = TokenTable.composed_line, TokenTable.refresh

        def counting(table: TokenTable, y: int) -> Line:
            drawn.append(y)
            return composed_line(table, y)

        def noting(table: TokenTable, *regions: Region) -> TokenTable:
            dirty.extend(regions or [Region()])
            return refresh(table, *regions)

        monkeypatch.setattr(TokenTable, "composed_line", counting)
        monkeypatch.setattr(TokenTable, "refresh", noting)
        await pilot.press("j")
        await wait_for(pilot, lambda: bool(drawn), "lines drawn")
        assert sorted(drawn) == [2, 3]
        assert [(region.y, region.height) for region in dirty] == [(2, 1), (3, 1)]
        dirty.clear()
        app.widget.set_rows(rows(100))
        assert dirty == []
        changed = rows(100)
        changed[4] = row("token-004", age=7)
        app.widget.set_rows(changed)
        assert [region.y for region in dirty] == [5]


async def test_thousands_of_rows_are_made_after_those_in_view_have_been_drawn() -> None:
    made: list[int] = []

    def make(index: int) -> Row:
        made.append(index)
        return row(f"token-{index:04}")

    app = host()
    async with app.run_test(size=(60, 11)) as pilot:
        app.widget.set_lazy_rows([f"token-{index:04}" for index in range(1000)], make)
        # By the first of them the columns get their widths.
        assert made == list(range(100))
        await wait_for(pilot, lambda: len(made) == 1000, "all rows")
        app.widget.filter_text = "0777"
        assert app.widget.shown_keys == ("token-0777",)
        assert len(made) == 1000


async def test_rows_that_come_while_others_are_made_take_their_place() -> None:
    app = host()
    async with app.run_test(size=(60, 11)) as pilot:
        keys = [f"token-{index}" for index in range(1000)]
        made: list[str] = []

        def come(name: str, halfway: Callable[[], object] = lambda: None) -> None:
            def make(index: int) -> Row:
                made.append(name)
                if index == 500:
                    app.call_later(halfway)
                return row(f"token-{index}", f"{name} {index}")

            app.widget.set_lazy_rows(keys, make)

        come("old", lambda: come("new"))
        await wait_for(pilot, lambda: made.count("new") == 1000, "all new rows")
        assert 500 < made.count("old") < 1000
        app.widget.filter_text = "old"
        assert app.widget.shown_count == 0
        app.widget.filter_text = "new 999"
        assert app.widget.shown_keys == ("token-999",)
        app.widget.filter_text = ""
        come("last", app.exit)
        await wait_for(pilot, lambda: made.count("last") > 500, "half of the last rows")
    assert 500 < made.count("last") < 1000


async def test_cursor_marks_filter_and_place_on_the_screen_outlive_a_refresh() -> None:
    app = host(60)
    async with app.run_test(size=(60, 11)) as pilot:
        table = app.widget
        table.move_to("token-040")
        table.toggle_mark()
        line = 40 - table.top
        table.set_rows([row("new-1"), row("new-2"), *rows(60)])
        assert table.cursor_key == "token-040"
        assert 42 - table.top == line
        assert table.marked == {"token-040"}
        table.filter_text = "token"
        table.set_rows(rows(50))
        assert (table.shown_count, table.total_count, table.cursor_key) == (
            50,
            50,
            "token-040",
        )
        table.set_rows([item for item in rows(50) if item.key != "token-040"])
        assert table.cursor_key == "token-041"
        assert table.marked == frozenset()
        table.set_rows(rows(20))
        assert table.cursor_key == "token-019"
        await wait_for(
            pilot, lambda: app.messages[-1] == ("cursor", "token-019"), "the message"
        )


async def test_thousands_that_come_are_sorted_and_filtered_between_keys() -> None:
    app = host(3)
    async with app.run_test(size=(40, 6)) as pilot:
        table = app.widget
        table.filter_text = "token"
        table.sort_by("name", backwards=True)
        table.set_rows([*rows(2_000), row("other")])
        # Those of the last reading are shown until then, and can be moved through.
        assert (table.shown_count, table.sort_key) == (3, "name")
        table.action_step(-1)
        assert table.cursor_key == "token-001"
        await wait_for(pilot, lambda: table.shown_count == 2_000, "those that match")
        assert table.shown_keys[0] == "token-999"
        told = ("arranged", 2_000)
        await wait_for(pilot, lambda: told in app.messages, "what the screen is told")


async def test_a_row_that_is_to_be_shown_waits_for_no_sorting() -> None:
    app = host(3)
    async with app.run_test(size=(40, 6)):
        app.widget.sort_by("name")
        app.widget.set_rows([*rows(2_000), row("zeta")])
        assert app.widget.shown_count == 3
        assert app.widget.move_to("zeta")
        assert app.widget.cursor_key == "zeta"
        assert app.widget.shown_count == 2_001


async def test_what_a_key_asks_for_is_shown_before_the_next_key() -> None:
    app = host(2_000)
    async with app.run_test(size=(40, 6)):
        app.widget.filter_text = "token-1999"
        assert app.widget.shown_keys == ("token-1999",)
        app.widget.filter_text = ""
        app.widget.set_rows(rows(3_000))
        app.widget.sort_by("name", backwards=True)
        assert app.widget.shown_count == 3_000


async def test_the_filter_keeps_the_cursor_and_comes_back_to_it() -> None:
    app = host(30)
    async with app.run_test() as pilot:
        table = app.widget
        table.move_to("token-012")
        table.filter_text = "PRODUCTION 012"
        assert table.shown_keys == ("token-012",)
        table.filter_text = "nothing like it"
        assert (table.cursor_key, table.shown_count, table.total_count) == (None, 0, 30)
        table.toggle_mark()
        await pilot.press("down", "enter", "G")
        table.filter_text = "nothing like it"
        table.filter_text = ""
        assert table.cursor_key == "token-012"
        await wait_for(
            pilot,
            lambda: ("cursor", "token-012") in app.messages[-1:],
            "the last message",
        )
        assert app.messages.count(("cursor", None)) == 1
        opened = [
            what
            for what in app.messages
            if isinstance(what, tuple) and what[0] == "opened"
        ]
        # The screen says why there is nothing to open.
        assert opened == [("opened", None)]


async def test_why_there_is_no_row_is_said_in_words() -> None:
    app = host(
        0,
        empty="No token yet.\nn makes the first one, in four steps, and this line is too long for it.",
    )
    async with app.run_test(size=(40, 12)) as pilot:
        await wait_for(pilot, lambda: "  No token yet." in shown(app), "the words")
        place = shown(app).index("  No token yet.")
        assert shown(app)[place + 1] == "  n makes the first one, in four"
        app.widget.say_empty("You may not see these.")
        await wait_for(
            pilot, lambda: "  You may not see these." in shown(app), "other words"
        )
        app.widget.set_rows(rows(3))
        app.widget.filter_text = "x"
        await wait_for(
            pilot,
            lambda: "  No matches." in shown(app),
            "the filter's words",
        )


async def test_sorting_goes_through_the_columns_and_back_to_the_given_order() -> None:
    app = host(3)
    async with app.run_test(size=(60, 6)) as pilot:
        table = app.widget
        given = table.shown_keys
        order = []
        for _ in range(4):
            table.sort_next()
            order.append(table.sort_key)
        assert order == ["name", "env", "age", None]
        table.sort_by("age")
        assert table.shown_keys == given[::-1]
        assert table.cursor_key == "token-000"
        await wait_for(pilot, lambda: shown(app)[0].endswith("▲UPDATED"), "the sign")
        table.sort_backwards()
        assert (table.shown_keys, table.backwards) == (given, True)
        await wait_for(pilot, lambda: shown(app)[0].endswith("▼UPDATED"), "the other")
        table.sort_next()
        assert (table.sort_key, table.backwards) == (None, False)
        table.sort_backwards()
        assert table.shown_keys == given[::-1]


async def test_a_title_is_not_cut_for_the_sign_and_shifts_nothing() -> None:
    for width in (24, 31, 32, 60):
        app = host(3)
        async with app.run_test(size=(width, 6)) as pilot:
            await pilot.pause()
            before = shown(app)[0]
            for _ in range(3):
                app.widget.sort_next()
                await pilot.pause()
                head = shown(app)[0]
                title = {"name": "NAME", "env": "ENV", "age": "UPD"}
                in_view = title[app.widget.sort_key or ""] in before
                assert ("▲" in head) == in_view
                assert head.replace("▲", " ").rstrip() == before


async def test_columns_grow_once_all_rows_are_known() -> None:
    app = host()
    async with app.run_test(size=(60, 11)) as pilot:
        names = [f"token-{index:04}" for index in range(999)] + ["n" * 30]
        app.widget.set_lazy_rows(names, lambda index: row(names[index]))
        assert app.widget.line(0, 60)[0][0].index("ENV") == 14
        await wait_for(pilot, lambda: shown(app)[0].index("ENV") == 34, "thirty cells")


async def test_marks_and_warnings_have_columns_of_their_own() -> None:
    app = TableHost(TokenTable(COLUMNS, signs=True))
    app.widget.set_rows(rows(3))
    async with app.run_test(size=(60, 6)) as pilot:
        table = app.widget
        await pilot.pause()
        unmarked = shown(app)
        assert unmarked[1].startswith("▌   token-000")
        table.toggle_mark()
        table.warn_about(["token-000", "token-002"])
        await wait_for(
            pilot, lambda: shown(app)[1].startswith("▌*! token-000"), "the mark"
        )
        assert shown(app)[2].startswith("    token-001")
        assert shown(app)[3].startswith("  ! token-002")
        # Amber, but not in the selected row, which is in one tone.
        assert ("!", "warn") in table.line(3, 60)
        assert len(table.line(1, 60)) == 1
        # A sign doesn't shift anything.
        assert [line[3:] for line in shown(app)] == [line[3:] for line in unmarked]
        table.filter_text = "001"
        table.mark_shown()
        assert table.marked == {"token-000", "token-001"}
        table.mark_shown()
        assert table.marked == {"token-000"}
        table.clear_marks()
        table.clear_marks()
        table.filter_text = ""
        await wait_for(
            pilot, lambda: shown(app)[2].startswith("▌   token-001"), "no mark"
        )
        await wait_for(
            pilot, lambda: ("marks", frozenset()) in app.messages, "the message"
        )


async def test_toned_rows() -> None:
    table = TokenTable([Column("name", "NAME"), Column("more", "MORE")], glyphs=ASCII)
    app = TableHost(table)
    async with app.run_test(size=(60, 6)) as pilot:
        table.set_rows(
            [
                Row("a", ("a", "y")),
                Row("b", ("soon", "z"), style="warn"),
                Row("c", ("old", "x"), style="dim"),
            ]
        )
        table.sort_by("more")
        await wait_for(pilot, lambda: shown(app)[0] == "  NAME  MORE^", "the head")
        assert table.shown_keys == ("c", "a", "b")
        assert [tone for _, tone in table.line(3, 60)] == ["warn"]
        assert not table.move_to("zzz")
        await wait_for(
            pilot,
            lambda: any(line.startswith("> a") for line in shown(app)),
            "the ASCII bar",
        )


async def test_a_thumb_shows_the_place_in_a_long_list() -> None:
    app = host(100)
    async with app.run_test(size=(40, 11)) as pilot:
        await wait_for(
            pilot, lambda: shown(app)[1].endswith("▐"), "the thumb at the top"
        )
        assert sum(line.endswith("▐") for line in shown(app)) == 1
        await pilot.press("G")
        await wait_for(
            pilot, lambda: shown(app)[10].endswith("▐"), "the thumb at the end"
        )


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_the_cursor_is_seen_in_every_theme_and_without_the_focus(
    theme: str,
) -> None:
    app = host(3)
    async with app.run_test(size=(40, 6)) as pilot:
        app.theme = theme
        await pilot.pause()
        styles = [segment.style for segment in app.widget.render_line(1)]
        assert [bool(style and style.reverse) for style in styles] == [True]
        app.screen.set_focus(None)
        await wait_for(pilot, lambda: not app.widget.has_focus, "the focus gone")
        strip = app.widget.render_line(1)
        assert strip.text.startswith("▌")
        assert all(segment.style and not segment.style.reverse for segment in strip)
        assert all(segment.style and segment.style.bold for segment in strip)


async def test_what_matters_less_is_quieter_but_never_in_the_selected_row() -> None:
    columns = [
        Column("name", "NAME"),
        Column("scope", "SCOPE"),
        Column("age", "UPDATED", quiet=True),
    ]
    table = TokenTable(columns, glyphs=ASCII)
    app = TableHost(table)
    async with app.run_test(size=(60, 6)) as pilot:
        rows = [Row("a", ("a", "all", "2 d")), Row("b", ("b", "-", "5 d"))]
        table.set_rows([*rows, Row("c", ("c", "-", "1 h"), style="warn")])
        await wait_for(pilot, lambda: "a" in shown(app)[1], "the rows")
        assert len(table.line(1, 60)) == 1
        quiet = "".join(text for text, tone in table.line(2, 60) if tone == "muted")
        assert quiet.split() == ["-", "5", "d"]
        assert [tone for _, tone in table.line(3, 60)] == ["warn"]
