"""Widgets cache their own strips, which must match what Textual would render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.support.pilot import wait_for
from tests.widgets.host import Host, shown
from tui.secret import Secret
from tui.widgets.columns import Column
from tui.widgets.facts_card import Fact, FactsCard
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.lines import LineOptions, LineWidget
from tui.widgets.secret_field import SecretField
from tui.widgets.status_line import StatusLine
from tui.widgets.tabs_line import Tab, TabsLine
from tui.widgets.token_table import TokenTable


def keys() -> KeyHints:
    made = KeyHints()
    made.set_hints(
        [KeyHint("n", "new"), KeyHint("q", "quit", enabled=False)], KeyHint("?", "help")
    )
    return made


WIDGETS: dict[str, Callable[[], LineWidget]] = {
    "status": lambda: StatusLine("No network. " * 9),
    "card": lambda: FactsCard("web", [Fact("Scope", "main", "c copy")], focusable=True),
    "hints": keys,
    "tabs": lambda: TabsLine([Tab("delivery", "Delivery", "7")]),
    "secret": lambda: SecretField("Delivery token", Secret("cs0123456789abcdef")),
    "table": lambda: TokenTable([Column("name", "NAME", None)]),
}


@pytest.mark.parametrize("no_color", [False, True], ids=["colour", "no colour"])
@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
@pytest.mark.parametrize("name", WIDGETS)
async def test_a_widget_paints_as_textual_would(
    name: str, theme: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Host[LineWidget](WIDGETS[name]())
    async with app.run_test(size=(40, 9)) as pilot:
        app.theme = theme
        app.widget.styles.padding = (int(name == "card"), 2, 0, 3)
        await wait_for(pilot, lambda: any(shown(app)), "the widget")
        whole = app.widget.outer_size.region
        for crop in (
            whole,
            Region(0, 0, whole.width, 1),
            Region(3, 0, whole.width - 7, whole.height),
        ):
            ours, theirs = (
                app.widget.render_lines(crop),
                Widget.render_lines(app.widget, crop),
            )
            assert [cells(strip) for strip in ours] == [
                cells(strip) for strip in theirs
            ]


class CountingFilter(LineFilter):
    """Changes nothing, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def apply(self, segments: list[Segment], _background: Color) -> list[Segment]:
        self.count += 1
        return segments


async def test_a_tone_passes_the_filters_once_for_all_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Host[LineWidget](StatusLine("One."))
    async with app.run_test(size=(40, 9)) as pilot:
        await wait_for(pilot, lambda: any(shown(app)), "the widget")
        counting = CountingFilter()
        monkeypatch.setattr(app, "get_line_filters", lambda: [counting])
        whole = app.widget.outer_size.region
        first = app.widget.render_lines(whole)
        asked = counting.count
        assert asked > 0
        app.widget.say("Two.")  # type: ignore[attr-defined]  # a status line
        assert app.widget.render_lines(whole) != first
        assert counting.count == asked


def wrong(**options: Unpack[LineOptions]) -> StatusLine:
    line = StatusLine(**options)
    line.say("Wrong.", "error")
    return line


async def test_a_widget_has_only_the_tones_styled_that_it_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matched: set[str] = set()
    real = Stylesheet.apply

    def apply(self: Stylesheet, node: DOMNode, **how: Any) -> None:
        matched.update(node.classes)
        real(self, node, **how)

    monkeypatch.setattr(Stylesheet, "apply", apply)
    app = Host[LineWidget](wrong())
    async with app.run_test(size=(40, 9)) as pilot:
        await wait_for(pilot, lambda: "Wrong." in shown(app)[0], "the message")
        assert {name for name in matched if "line--" in name} == {"line--error"}


async def test_a_tone_that_was_drawn_follows_the_theme() -> None:
    app = Host[LineWidget](wrong())
    async with app.run_test(size=(40, 9)) as pilot:
        await wait_for(pilot, lambda: "Wrong." in shown(app)[0], "the message")
        for theme in ("textual-light", "ansi-dark", "textual-dark"):
            app.theme = theme
            await pilot.pause()
            newer = wrong(classes=theme)
            await app.mount(newer)
            for tone in LineWidget.COMPONENT_CLASSES:
                style = app.widget.get_component_rich_style(tone)
                assert style == newer.get_component_rich_style(tone)


async def test_a_tone_that_no_one_styled_is_a_mistake() -> None:
    app = Host[LineWidget](StatusLine("Wrong."))
    async with app.run_test(size=(40, 9)):
        with pytest.raises(KeyError, match="line--purple"):
            app.widget.get_component_rich_style("line--purple")


def cells(strip: Strip) -> list[tuple[str, object]]:
    return [(segment.text, segment.style) for segment in strip.simplify()]
