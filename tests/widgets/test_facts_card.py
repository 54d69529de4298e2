from __future__ import annotations

import pytest

from tests.support.pilot import wait_for
from tests.widgets.host import HOSTILE, SIZES, Host, shown
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.glyphs import ASCII
from tui.widgets.lines import width_of

FACTS = (
    Fact("", "Published content for the storefront."),
    Fact("Scope", "environment production · branch main"),
    Fact("Delivery", "cs••••9a2c", "c copy"),
    Fact(
        "Use with", "API key blt9f0c, environment production, region AWS NA", "y copy"
    ),
)


async def test_labels_align_hints_stand_at_the_right_and_long_values_wrap() -> None:
    app = Host(FactsCard("web-production", FACTS))
    async with app.run_test(size=(50, 12)) as pilot:
        await wait_for(pilot, lambda: shown(app)[0].startswith("──"), "the rule")
        assert shown(app)[:8] == [
            "── web-production " + "─" * 32,
            "  Published content for the storefront.",
            "  Scope     environment production · branch main",
            "  Delivery  cs••••9a2c                     c copy",
            "  Use with  API key blt9f0c, environment   y copy",
            "            production, region AWS NA",
            "",
            "",
        ]


def test_a_description_has_three_lines_at_most() -> None:
    card = FactsCard("x", [Fact("", "many words " * 50)])
    assert card.height_for(40) == 4
    assert "".join(text for text, _ in card.line(3, 40)).endswith("…")


def test_on_a_narrow_card_values_stand_below_their_labels() -> None:
    card = FactsCard("x", FACTS[2:3])
    lines = ["".join(text for text, _ in card.line(y, 20)) for y in range(3)]
    assert [line.rstrip(" ▐") for line in lines] == [
        "── x " + "─" * 15,
        "  Delivery",
        "  cs••••9a2c",
    ]


async def test_what_does_not_fit_is_reached_by_keys() -> None:
    app = Host(
        FactsCard(
            "x",
            [Fact(f"Fact {number}", "value") for number in range(20)],
            focusable=True,
        )
    )
    app.widget.styles.max_height = 6
    async with app.run_test(size=(40, 12)) as pilot:
        seen = []
        for key in ("down", "pagedown", "down", "G", "up", "pageup", "g"):
            await pilot.press(key)
            await pilot.pause()
            x, y = app.widget.cursor_cell()
            lines = [line.split("value")[0] for line in shown(app)]
            assert (x, lines[y][0]) == (0, "▌")
            assert sum(line.startswith("▌") for line in lines) == 1
            seen.append((lines[1][2:].strip(), lines[y][2:].strip()))
        assert seen == [
            ("Fact 0", "Fact 1"),
            ("Fact 4", "Fact 5"),
            ("Fact 4", "Fact 6"),
            ("Fact 15", "Fact 19"),
            ("Fact 15", "Fact 18"),
            ("Fact 11", "Fact 14"),
            ("Fact 0", "Fact 0"),
        ]
        assert shown(app)[1].endswith("▐")
        # Other values of the same thing leave the place as it is.
        await pilot.press("down")
        facts = [Fact(f"Fact {number}", "other") for number in range(20)]
        app.widget.set_facts("x", facts)
        assert app.widget.cursor_cell() == (0, 2)
        app.widget.stand_on_fact(18)
        x, y = app.widget.cursor_cell()
        await wait_for(pilot, lambda: "Fact 18" in shown(app)[y], "the fact")
        app.widget.set_facts("y", FACTS[:1])
        await wait_for(pilot, lambda: shown(app)[0].startswith("── y"), "another thing")
        await wait_for(pilot, lambda: app.widget.size.height == 2, "its height")


async def test_a_line_that_was_gone_to_before_there_is_room_is_in_view() -> None:
    facts = [Fact(f"Fact {number}", "value " * 9) for number in range(9)]
    app = Host(FactsCard("x", facts, focusable=True))
    app.widget.styles.max_height = "100%"
    app.widget.stand_on_fact(7)
    async with app.run_test(size=(40, 30)) as pilot:
        await wait_for(pilot, lambda: app.widget.cursor_cell()[1] > 7, "the line")
        x, y = app.widget.cursor_cell()
        assert shown(app)[y][x:].startswith("▌ Fact 7")
        # All is shown that has room.
        assert shown(app)[1].startswith("  Fact 0")
        await pilot.resize_terminal(40, 6)
        await wait_for(pilot, lambda: "Fact 0" not in shown(app)[1], "another height")
        x, y = app.widget.cursor_cell()
        assert shown(app)[y][x:].startswith("▌ Fact 7")


async def test_equal_facts_are_not_drawn_again() -> None:
    app = Host(FactsCard("x", FACTS))
    async with app.run_test(size=(60, 12)) as pilot:
        await wait_for(pilot, lambda: shown(app)[0].startswith("── x"), "the card")
        composed = app.widget._laid_out
        app.widget.set_facts("x", list(FACTS))
        assert app.widget._laid_out is composed


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_facts_at_every_size(size: tuple[int, int]) -> None:
    for name in HOSTILE:
        card = FactsCard(
            name,
            [Fact(name, name, name), Fact("Label", name, "c copy"), Fact("", name)],
        )
        for width in (size[0], 3, 1, 0):
            lines = [card.line(y, width) for y in range(card.height_for(width))]
            assert all(width_of(line) <= width for line in lines) or width < 4
            assert not any("\x1b" in text for line in lines for text, _ in line)
    app = Host(
        FactsCard(HOSTILE[0], [Fact("Name", name) for name in HOSTILE], glyphs=ASCII)
    )
    async with app.run_test(size=size) as pilot:
        await wait_for(
            pilot, lambda: shown(app)[0].startswith("-- [/prod]"), "the title"
        )
        assert all(
            app.widget.render_line(y).cell_length <= size[0] for y in range(size[1])
        )
        assert "\n".join(shown(app)).isascii()
