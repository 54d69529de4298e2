from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App

from tests.support.pilot import wait_for
from tests.widgets.host import HOSTILE, SIZES, Host, shown
from tui.widgets.choice_list import Choice, ChoiceList
from tui.widgets.glyphs import ASCII

BRANCHES = [
    Choice("m", "main"),
    Choice("d", "development", "alias dev"),
    Choice("r", "release_7", "alias release"),
]


class ListHost(Host[ChoiceList]):
    def on_choice_list_marks_changed(self, event: ChoiceList.MarksChanged) -> None:
        self.messages.append(event.keys)
        assert event.control is self.widget


def list_of(
    choices: Sequence[Choice] = BRANCHES, marked: Sequence[str] = (), **options: Any
) -> ChoiceList:
    made = ChoiceList(**options)
    made.set_choices(choices)
    made.set_marked(marked)
    return made


def text(app: ListHost) -> str:
    return "\n".join(shown(app))


def marks(app: ListHost) -> tuple[str, ...]:
    return app.widget.marked


async def test_several_are_marked_in_the_order_of_the_list() -> None:
    app = ListHost(list_of())
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.press("G", "space", "g", "space")
        await wait_for(pilot, lambda: app.widget.marked == ("m", "r"), "two marks")
        await pilot.pause()
        assert app.messages == [("r",), ("m", "r")]
        assert [line.rstrip() for line in shown(app)[1:4]] == [
            "▌ [x] main",
            "  [ ] development  alias dev",
            "  [x] release_7    alias release",
        ]
        await pilot.press("space")
        assert marks(app) == ("r",)
        await pilot.press("A")
        assert marks(app) == ("m", "d", "r")
        await pilot.press("A")
        assert marks(app) == ()


async def test_one_is_marked_at_a_time() -> None:
    app = ListHost(list_of(multi=False, marked=["m", "d"], glyphs=ASCII))
    async with app.run_test(size=(50, 8)) as pilot:
        assert marks(app) == ("m",)
        await pilot.press("j", "space", "space", "A")
        assert marks(app) == ("d",)
        await wait_for(
            pilot, lambda: shown(app)[2].startswith("> (o) development"), "the mark"
        )
        assert shown(app)[1].startswith("  ( ) main")


async def test_a_handful_of_choices_has_no_filter() -> None:
    app = ListHost(list_of(filtered=False))
    async with app.run_test(size=(50, 8)) as pilot:
        await pilot.press("slash", "d", "space")
        assert marks(app) == ("m",)
        assert shown(app)[0].startswith("▌ [x] main")


async def test_the_filter_is_entered_left_and_cleared_by_keys() -> None:
    app = ListHost(list_of(marked=["m"]))
    async with app.run_test(size=(50, 8)) as pilot:
        choices = app.widget
        await pilot.press("slash", *"alias")
        await wait_for(
            pilot,
            lambda: "[ ] main" not in text(app) and "[x] main" not in text(app),
            "two choices",
        )
        assert marks(app) == ("m",)
        assert app.messages == []
        await pilot.press("enter", "j", "space")
        assert marks(app) == ("m", "r")
        await pilot.press("slash", "down", "k")
        assert choices.cursor_key == "d"
        await pilot.press("escape")
        await wait_for(pilot, lambda: "[x] main" in text(app), "all choices")
        assert app.let_through == 0
        await pilot.press("escape", "enter")
        await wait_for(pilot, lambda: app.let_through == 2, "keys of the screen")
        await pilot.press("slash", "x", "y")
        await wait_for(
            pilot, lambda: "  Nothing matches the filter." in shown(app), "the words"
        )
        await pilot.press("escape")
        await wait_for(pilot, lambda: "[x] main" in text(app), "all choices again")
        assert choices.cursor_key == "d"


async def test_marks_and_cursor_outlive_other_choices() -> None:
    app = ListHost(list_of(marked=["m", "r"]))
    async with app.run_test(size=(50, 8)) as pilot:
        choices = app.widget
        choices.move_to("r")
        choices.set_choices([Choice("x", "new"), *BRANCHES[1:]])
        assert marks(app) == ("r",)
        assert choices.cursor_key == "r"
        choices.set_choices([])
        await wait_for(
            pilot,
            lambda: "  There is nothing to choose from." in shown(app),
            "the words",
        )
        assert marks(app) == ()


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_labels_and_notes_at_every_size(size: tuple[int, int]) -> None:
    choices = [
        Choice(str(i), name, other)
        for i, (name, other) in enumerate(zip(HOSTILE, HOSTILE[::-1], strict=True))
    ]
    app = ListHost(list_of(choices))
    async with app.run_test(size=size) as pilot:
        await pilot.press("A", "G", "g")
        await wait_for(
            pilot, lambda: "[x] [/prod" in "\n".join(shown(app)), "the first choice"
        )
        rows = app.screen.focused
        assert rows is not None
        assert all(
            rows.render_line(y).cell_length <= size[0] for y in range(size[1] - 1)
        )
        assert "\x1b" not in "\n".join(shown(app))


async def test_a_screen_that_focuses_the_first_widget_passes_the_filter_by() -> None:
    class Plain(App[None]):
        def on_mount(self) -> None:
            self.mount(list_of())

    app = Plain()
    async with app.run_test() as pilot:
        await pilot.press("tab", "space")
        await wait_for(
            pilot, lambda: app.query_one(ChoiceList).marked == ("m",), "the mark"
        )
