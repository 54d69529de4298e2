"""Status, header, tabs and keys: what gives way when it is narrow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.geometry import Size

from tests.support.pilot import wait_for
from tests.widgets.host import Host, shown
from tui.widgets.glyphs import ASCII
from tui.widgets.header_line import HeaderLine
from tui.widgets.key_hints import KeyHint, KeyHints
from tui.widgets.lines import Line, LineWidget
from tui.widgets.status_line import StatusLine
from tui.widgets.tabs_line import Tab, TabsLine


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def tones(line: Line) -> dict[str, str]:
    return {part.strip(): tone for part, tone in line}


class TestStatusLine:
    def test_warnings_and_errors_are_told_by_a_sign_and_not_by_colour_alone(
        self,
    ) -> None:
        status = StatusLine("Reading")
        assert text(status.line(0, 40)) == "Reading"
        status.say("No network.", "error")
        assert status.line(0, 40) == (("! No network.", "error"),)
        assert (status.text, status.kind) == ("No network.", "error")

    def test_a_long_sentence_takes_the_lines_it_needs_and_five_at_most(self) -> None:
        status = StatusLine("one two three four")
        assert status.get_content_height(Size(), Size(), 10) == 2
        assert [text(status.line(y, 10)) for y in range(3)] == [
            "one two",
            "three four",
            "",
        ]
        status.say("word " * 50, "warn")
        assert status.get_content_height(Size(), Size(), 10) == 5
        assert text(status.line(4, 10)).endswith("…")

    async def test_it_grows_and_shrinks(self) -> None:
        status = StatusLine()
        app = Host(status)
        async with app.run_test(size=(20, 5)) as pilot:
            await wait_for(pilot, lambda: status.size.height == 1, "a line")
            status.say("No network: the host is unknown.", "error")
            await wait_for(pilot, lambda: status.size.height == 2, "two lines")
            assert [line.strip() for line in shown(app)[:2]] == [
                "! No network: the",
                "host is unknown.",
            ]
            status.say("")
            await wait_for(pilot, lambda: status.size.height == 1, "one line again")

    async def test_it_paints_only_what_changed(self) -> None:
        status = StatusLine("one")
        app = Host(status)
        async with app.run_test(size=(40, 5)) as pilot:
            await wait_for(
                pilot, lambda: shown(app)[0].strip() == "one", "the first text"
            )
            asked = count_refreshes(status)
            status.say("one")
            assert asked == []
            status.say("two\x1b[31m")
            assert asked == [1]
            await wait_for(
                pilot, lambda: shown(app)[0].strip() == "two␛[31m", "the second text"
            )


class TestHeaderLine:
    left = ("Storefront", "AWS NA", "blt9f••")
    right = ("ana@example.com", "Admin")

    @pytest.mark.parametrize(
        ("width", "expected"),
        [
            (56, "Storefront · AWS NA · blt9f••    ana@example.com · Admin"),
            (50, "Storefront · AWS NA · blt9f••                Admin"),
            (36, "Storefront · AWS NA · blt9f••  Admin"),
            (35, "Storefront · AWS NA · blt9f••"),
            (16, "Storefront · AW…"),
            (4, "Sto…"),
        ],
    )
    def test_parts_at_the_right_give_way_one_by_one(
        self, width: int, expected: str
    ) -> None:
        header = HeaderLine()
        header.set_parts(self.left, self.right)
        assert text(header.line(0, width)) == expected

    def test_the_first_part_is_strong_and_ascii_is_kept_to(self) -> None:
        header = HeaderLine(glyphs=ASCII)
        header.set_parts(self.left, self.right)
        line = header.line(0, 80)
        assert tones(line)["Storefront"] == "strong"
        assert text(line).isascii()

    def test_it_can_be_empty_and_be_filled_later(self) -> None:
        header = HeaderLine()
        assert text(header.line(0, 20)) == ""
        header.set_parts(["Demo"], ["forgets all at exit"])
        assert text(header.line(0, 30)) == "Demo       forgets all at exit"


class TestTabsLine:
    tabs = (Tab("d", "Delivery", "7"), Tab("m", "Management", "–"))

    def test_the_active_tab_stands_out_without_colour(self) -> None:
        line = TabsLine(self.tabs, "d", "/ filter").line(0, 60)
        assert tones(line)["Delivery 7"] == "tab-active"
        assert tones(line)["Management –"] == "muted"
        assert text(line).startswith("Delivery 7 │ Management –")
        assert text(line).endswith("/ filter")

    def test_the_hint_gives_way_then_the_tabs_are_cut(self) -> None:
        tabs = TabsLine(self.tabs, "m", "/ filter")
        assert text(tabs.line(0, 26)) == "Delivery 7 │ Management –"
        assert text(tabs.line(0, 14)) == "Delivery 7 │ …"

    def test_it_changes(self) -> None:
        tabs = TabsLine(self.tabs, "d")
        tabs.active = "m"
        tabs.set_tabs([Tab("d", "Delivery", "8"), Tab("m", "Management")])
        assert tabs.active == "m"
        assert text(tabs.line(0, 40)).split("  ")[0] == "Delivery 8 │ Management"
        assert tones(tabs.line(0, 40))["Management"] == "tab-active"


HELP = KeyHint("?", "help")


class TestKeyHints:
    hints = (
        KeyHint("n", "new"),
        KeyHint("c", "copy"),
        KeyHint("p", "preview", enabled=False),
    )

    @pytest.mark.parametrize(
        ("width", "expected"),
        [
            (80, "n new  c copy  p preview  ? help"),
            (31, "n new  c copy  ? help"),
            (20, "n new  ? help"),
            (12, "? help"),
            (6, "? help"),
            (3, "?"),
            (0, ""),
        ],
    )
    def test_whole_hints_go_and_help_stays(self, width: int, expected: str) -> None:
        assert text(self.line(self.hints, width)) == expected

    def test_what_cannot_be_done_is_dim(self) -> None:
        line = self.line(self.hints, 80)
        assert tones(line)["p preview"] == "dim"
        assert tones(line)["c"] == "key"

    def test_the_last_one_may_be_another(self) -> None:
        assert (
            text(self.line([KeyHint("enter", "next")], 80, KeyHint("esc", "back")))
            == "enter next  esc back"
        )
        assert text(self.line([], 80)) == "? help"

    def line(self, hints: Sequence[KeyHint], width: int, last: KeyHint = HELP) -> Line:
        keys = KeyHints()
        keys.set_hints(hints, last)
        return keys.line(0, width)


def count_refreshes(widget: LineWidget) -> list[int]:
    """The number of lines of each repaint that the widget asks for from now on."""
    asked: list[int] = []
    refresh = widget.refresh

    def counting(*regions: object, **options: object) -> object:
        asked.append(len(regions))
        return refresh(*regions, **options)  # type: ignore[arg-type]  # handed on as they came

    widget.refresh = counting  # type: ignore[method-assign,assignment]  # watched, not replaced
    return asked
